import { z } from 'zod';

// PostgreSQL stores no NUL, and half a surrogate pair is not text: both are refused at the door instead of silently changed.
const isStorable = (text: string) => !text.includes('\u0000') && text.isWellFormed();

/** Text a person reads: length within bounds, no NUL, no broken surrogates. */
export function text(max: number, min = 0) {
  return z.string().min(min).max(max).refine(isStorable, 'must be well-formed Unicode without NUL characters');
}

/** A name or a heading: something to read, on one line. */
export function line(max: number) {
  // An empty one is too short already, and one complaint is enough.
  const fits = (value: string) => value === '' || (/\S/.test(value) && !/[\r\n]/.test(value));
  return text(max, 1).refine(fits, 'must be one line and not blank');
}

/** A link a person may follow: absolute http(s), or a path inside the host application. Never `javascript:`. */
export const Link = text(2048, 1).refine(
  (link) => /^\/(?![/\\])/.test(link) || isHttpUrl(link),
  'must be an http(s) URL or a path that begins with /',
);

/** An image address: https or http only. */
export const ImageUrl = text(2048, 1).refine(isHttpUrl, 'must be an http(s) URL');

function isHttpUrl(link: string): boolean {
  return z.url({ protocol: /^https?$/ }).safeParse(link).success;
}

const MAX_JSON_BYTES = 16_384;

/** Free data of the host application: a JSON object of at most 16 KiB. */
export const JsonObject = z
  .record(z.string().max(128), z.json())
  .refine(
    (value) => JSON.stringify(value).length <= MAX_JSON_BYTES,
    `must not exceed ${MAX_JSON_BYTES} characters of JSON`,
  )
  .refine(holdsStorableText, 'must be well-formed Unicode without NUL characters');

function holdsStorableText(value: unknown): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, inner]) => isStorable(key) && holdsStorableText(inner));
}

/** An instant on the wire: ISO-8601 in UTC. */
export const Instant = z.iso
  .datetime({ offset: true })
  .meta({ description: 'ISO-8601 instant', examples: ['2026-11-20T08:00:00.000Z'] });

/** A lower-case word such as `billing` or `deploy.failed`. */
export const Slug = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'must be 1–64 characters of a–z, 0–9, dot, dash or underscore and begin with a letter or digit',
  );
