import type { Condition, Json } from '../generated.ts';
import { type Expression, isExpression, pathOf } from './expression.ts';

type Primitive = string | number | boolean | null;
type Operand<T> =
  | T
  | Expression<T>
  | Expression<T | null>
  | Expression<T | undefined>
  | Expression<T | null | undefined>;

/** True when both are the same. */
export function eq<T extends Primitive>(a: Operand<T>, b: Operand<T>): Condition {
  return { '==': [json(a), json(b)] };
}

export function ne<T extends Primitive>(a: Operand<T>, b: Operand<T>): Condition {
  return { '!=': [json(a), json(b)] };
}

/** Numbers with numbers, texts with texts; what cannot be compared, such as a missing amount, is not greater. */
export function gt<T extends number | string>(a: Operand<T>, b: Operand<T>): Condition {
  return { '>': [json(a), json(b)] };
}

export function gte<T extends number | string>(a: Operand<T>, b: Operand<T>): Condition {
  return { '>=': [json(a), json(b)] };
}

export function lt<T extends number | string>(a: Operand<T>, b: Operand<T>): Condition {
  return { '<': [json(a), json(b)] };
}

export function lte<T extends number | string>(a: Operand<T>, b: Operand<T>): Condition {
  return { '<=': [json(a), json(b)] };
}

/** True when the list has the value. */
export function oneOf<T extends Primitive>(one: Operand<T>, list: readonly T[] | Expression<T[]>): Condition {
  return { in: [json(one), json(list)] };
}

/** True unless it is missing, null, false, 0, or an empty text or list. */
export function truthy(one: { toString(): string }): Condition {
  return { '!!': [json(one)] };
}

export function and(...all: readonly Condition[]): Condition {
  return { and: [...all] };
}

export function or(...any: readonly Condition[]): Condition {
  return { or: [...any] };
}

export function not(condition: Condition): Condition {
  return { '!': [condition] };
}

function json(operand: unknown): Json {
  return isExpression(operand) ? { var: pathOf(operand) } : (operand as Json);
}
