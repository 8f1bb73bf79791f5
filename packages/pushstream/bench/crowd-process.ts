import { Crowd } from './crowd.ts';
import { STAMP_BYTES, STAMP_MARK, stampedAt } from './stamp.ts';

// The readers of one server, in a process of their own.

export type CrowdOrder =
  /** With `cursor`, all come at once and resume there. */
  | { kind: 'grow'; to: number; cursor?: string }
  | { kind: 'shrink'; to: number }
  /** Answers when so many events were counted since the last `expect`, and how many more there were. */
  | { kind: 'expect'; events: number }
  /** Answers with the last id the first reader was told. */
  | { kind: 'cursor' }
  /** Answers with how old events were on arrival, in milliseconds, since the last `ages`. */
  | { kind: 'ages' };

export interface Ages {
  p50: number;
  p99: number;
}

const [protocol = '', port] = process.argv.slice(2);
let ages: number[] = [];
let awaited = Number.POSITIVE_INFINITY;
const crowd = new Crowd(protocol, Number(port), {
  text: STAMP_MARK,
  bytes: STAMP_BYTES,
  found(bytes, at) {
    const sentAt = stampedAt(bytes, at);
    if (sentAt > 0) ages.push(Number(process.hrtime.bigint() / 1_000n) / 1_000 - sentAt);
  },
});
crowd.onProgress = () => {
  if (crowd.seen < awaited) return;
  const more = crowd.seen - awaited;
  crowd.seen = 0;
  awaited = Number.POSITIVE_INFINITY;
  process.send?.({ more });
};

process.on('message', async (order: CrowdOrder) => {
  if (order.kind === 'expect') {
    awaited = order.events;
    crowd.onProgress();
    return;
  }
  if (order.kind === 'grow') await crowd.grow(order.to - crowd.size, order.cursor);
  if (order.kind === 'shrink') crowd.shrink(order.to);
  process.send?.(order.kind === 'cursor' ? { cursor: crowd.cursor } : order.kind === 'ages' ? summary() : {});
});
process.on('disconnect', () => process.exit());

function summary(): Ages {
  const sorted = Float64Array.from(ages).sort();
  ages = [];
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
