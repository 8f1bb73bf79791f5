type Data = Record<string, unknown>;

// What Liquid makes of values: nothing is false but false and what is missing, and data has own properties only.

export function own(value: unknown, name: string): unknown {
  if (value === null || value === undefined) return value;
  return Object.hasOwn(Object(value) as object, name) ? (value as Data)[name] : undefined;
}

export function sizeOf(value: unknown): unknown {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, 'size') ? (value as Data).size : Object.keys(value).length;
}

export function toList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return value === '' ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

export const isTrue = (value: unknown) => value !== false && value !== undefined && value !== null;

export function isEmpty(value: unknown): boolean {
  if (typeof value === 'string' || Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
