import type { Clock } from '../ports/clock.ts';

/** What one draw from a bucket says, in the terms of the RateLimit header fields. */
export interface Draw {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Seconds until one more request is allowed, or until the bucket is full again. */
  resetSeconds: number;
}

interface Bucket {
  perMinute: number;
  tokens: number;
  atMs: number;
}

const MAX_BUCKETS = 100_000;
// Room is made for many at once: a flood of new addresses must not look through all buckets for each of them.
const KEPT_BUCKETS = 90_000;

/**
 * Token buckets in memory: a burst of a whole minute's worth, refilled evenly. Each process counts on its own.
 * Memory is bounded: when there are too many buckets, those that are full again (and so say nothing) are dropped first, then the oldest.
 */
export class RateLimiter {
  #buckets = new Map<string, Bucket>();
  #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  draw(key: string, perMinute: number, cost = 1): Draw {
    const nowMs = this.#clock.nowMs();
    const perMs = perMinute / 60_000;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      if (this.#buckets.size >= MAX_BUCKETS) this.#makeRoom(nowMs);
      bucket = { perMinute, tokens: perMinute, atMs: nowMs };
      this.#buckets.set(key, bucket);
    }
    const tokens = Math.min(perMinute, bucket.tokens + Math.max(0, nowMs - bucket.atMs) * perMs);
    const allowed = tokens >= cost;
    bucket.tokens = allowed ? tokens - cost : tokens;
    bucket.atMs = nowMs;
    const missing = allowed ? perMinute - bucket.tokens : cost - bucket.tokens;
    return {
      allowed,
      limit: perMinute,
      remaining: Math.floor(bucket.tokens),
      resetSeconds: Math.ceil(missing / perMs / 1000),
    };
  }

  #makeRoom(nowMs: number): void {
    for (const [key, { perMinute, tokens, atMs }] of this.#buckets) {
      if (tokens + ((nowMs - atMs) * perMinute) / 60_000 >= perMinute) this.#buckets.delete(key);
    }
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size <= KEPT_BUCKETS) return;
      this.#buckets.delete(key);
    }
  }
}

const IPV6_GROUPS = 8;
const NETWORK_GROUPS = 4;

/** Whom an address counts as: whoever has one address of IPv6 has the whole /64 around it. */
export function networkOf(ip: string): string {
  if (!ip.includes(':') || ip.startsWith('::ffff:')) return ip;
  const [head, tail] = ip.split('::').map((half) => half.split(':').filter(Boolean)) as [
    string[],
    string[] | undefined,
  ];
  const missing = Math.max(0, IPV6_GROUPS - head.length - (tail?.length ?? 0));
  const groups = tail ? [...head, ...Array<string>(missing).fill('0'), ...tail] : head;
  return `${groups.slice(0, NETWORK_GROUPS).join(':')}::/64`;
}
