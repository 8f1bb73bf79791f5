const path = Symbol('path');
declare const value: unique symbol;

/**
 * A value that is known only when the workflow runs, such as `payload.post.title`. Inside a text it becomes Liquid; in a
 * condition, a list to loop over or a key it is a path.
 */
export type Expression<T> = 0 extends 1 & T ? Unknown : { readonly [value]: T; toString(): string } & Inside<T>;

// oxlint-disable-next-line typescript/no-explicit-any -- of what no schema describes, anything may be asked
type Unknown = any;

type Inside<T> =
  NonNullable<T> extends readonly (infer Item)[]
    ? { readonly [index: number]: Expression<Item> }
    : NonNullable<T> extends object
      ? { readonly [Name in keyof NonNullable<T>]-?: Expression<NonNullable<T>[Name]> }
      : unknown;

/** Whatever the value of an expression is. */
export type AnyExpression = { readonly [value]: unknown; toString(): string };

/** What a list consists of, as an expression; never for what is no list. */
export type ItemOf<List> = 0 extends 1 & List
  ? Unknown
  : List extends { readonly [value]: infer Value }
    ? NonNullable<Value> extends readonly (infer Item)[]
      ? Expression<Item>
      : never
    : never;

/** The expression at a path of the data that a run sees. */
export function expressionAt<T>(...names: readonly string[]): Expression<T> {
  return new Proxy(
    {},
    {
      get(_target, name) {
        if (name === path) return names;
        if (name === Symbol.toPrimitive || name === 'toString' || name === 'toJSON') return () => liquidOf(names);
        return typeof name === 'string' ? expressionAt(...names, name) : undefined;
      },
      has: (_target, name) => name === path,
    },
  ) as Expression<T>;
}

export function isExpression(given: unknown): given is AnyExpression {
  return typeof given === 'object' && given !== null && path in given;
}

/** The path of an expression, or a path as it was written. */
export function pathOf(given: AnyExpression | string): string {
  if (!isExpression(given)) return given;
  const names = (given as unknown as { [path]: readonly string[] })[path];
  const odd = names.find((name) => !/^[\w-]+$/.test(name));
  if (odd !== undefined)
    throw new TypeError(`"${odd}" cannot stand in a path, which takes letters, digits, _ and - only.`);
  return names.join('.');
}

/** An expression with filters behind it: `filtered(payload.total, "currency: 'EUR'")`. */
export function filtered(expression: AnyExpression, filters: string): string {
  return `${String(expression).slice(0, -' }}'.length)} | ${filters} }}`;
}

function liquidOf([root = '', ...names]: readonly string[]): string {
  const inner = names.map((name) =>
    /^[a-zA-Z_][\w-]*$/.test(name) ? `.${name}` : /^\d+$/.test(name) ? `[${name}]` : `[${JSON.stringify(name)}]`,
  );
  return `{{ ${root}${inner.join('')} }}`;
}

/** JSON with Liquid where expressions stood. */
export function plain<T>(given: unknown): T {
  return JSON.parse(JSON.stringify(given)) as T;
}
