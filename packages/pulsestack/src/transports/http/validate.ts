import type { FieldError } from '@pulsestack/core';
import type { z } from 'zod';
import { fail } from '../../kernel/errors.ts';

const MAX_FIELDS = 20;

/** Parses one part of a request; every field at fault is named. */
export function validate(schema: z.ZodType | undefined, value: unknown, part: FieldError['in']): unknown {
  if (!schema) {
    if (part === 'body' && value !== undefined)
      throw invalid([{ in: 'body', field: '', message: 'this operation takes no body' }]);
    if (part === 'query' && Object.keys(value as object).length > 0) {
      throw invalid(
        Object.keys(value as object).map((name) => ({ in: 'query', field: `/${name}`, message: 'is not known' })),
      );
    }
    return undefined;
  }
  if (part === 'body' && value === undefined && !schema.safeParse(undefined).success) {
    // Where everything may be left out, so may the body.
    const empty = schema.safeParse({});
    if (empty.success) return empty.data;
    throw invalid([{ in: 'body', field: '', message: 'is missing; send JSON' }]);
  }
  const result = schema.safeParse(part === 'body' ? value : (value ?? {}));
  if (result.success) return result.data;
  throw invalid(result.error.issues.flatMap((issue) => toFields(issue, part)));
}

export function invalid(fields: FieldError[]) {
  const [first] = fields;
  return fail('request.invalid', first && `${first.in}${first.field ? ` ${first.field}` : ''}: ${first.message}`, {
    fields: fields.slice(0, MAX_FIELDS),
  });
}

function toFields(issue: z.core.$ZodIssue, part: FieldError['in']): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ in: part, field: pointer([...issue.path, key]), message: 'is not known' }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The alternative that got furthest, and misses least, explains best what is wrong.
    const deepest = issue.errors.toSorted((a, b) => depth(b) - depth(a) || a.length - b.length)[0] ?? [];
    if (depth(deepest) > 0)
      return deepest.flatMap((inner) => toFields({ ...inner, path: [...issue.path, ...inner.path] }, part));
  }
  return [{ in: part, field: pointer(issue.path), message: issue.message }];
}

function depth(issues: readonly { path: readonly PropertyKey[] }[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

/** A JSON pointer of RFC 6901. */
export function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
