import { Temporal } from 'temporal-polyfill';

/** A stretch of time in which a zone keeps one distance to UTC; half open. */
export interface Span {
  fromMs: number;
  toMs: number;
  offsetMs: number;
}

const MAX_ZONES = 1200;
const MAX_SPANS_PER_ZONE = 64;

const spansOf = new Map<string, Span[]>();

/**
 * The stretch an instant lies in. Temporal knows the transitions; keeping them makes every further question plain
 * arithmetic, which matters where a decision is made for each message.
 */
export function spanAt(zone: string, ms: number): Span {
  let spans = spansOf.get(zone);
  if (!spans) {
    // More names than there are zones can only come from other spellings; they are not worth keeping.
    if (spansOf.size >= MAX_ZONES) spansOf.clear();
    spansOf.set(zone, (spans = []));
  }
  const known = spans.find((span) => span.fromMs <= ms && ms < span.toMs);
  if (known) return known;
  const span = findSpan(zone, ms);
  if (spans.length >= MAX_SPANS_PER_ZONE) spans.shift();
  spans.push(span);
  return span;
}

function findSpan(zone: string, ms: number): Span {
  const at = Temporal.Instant.fromEpochMilliseconds(Math.floor(ms)).toZonedDateTimeISO(zone);
  const next = at.getTimeZoneTransition('next');
  // A transition is itself the first moment of its stretch, and `previous` looks strictly before.
  const since = at.add({ nanoseconds: 1 }).getTimeZoneTransition('previous');
  return {
    fromMs: since?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    toMs: next?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: Math.round(at.offsetNanoseconds / 1e6),
  };
}
