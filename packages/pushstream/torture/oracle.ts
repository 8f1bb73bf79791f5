import type { Filter } from '../src/filter.ts';
import type { Tags } from '../src/log.ts';
import type { Wanderer } from './wanderer.ts';

export interface Published {
  n: number;
  /** `null` for everyone. */
  user: number | null;
  name: string;
  tags: Tags;
  about: number | null;
  erased: boolean;
}

/** A filter, and the same as a plain function: what is right is decided without the engine. */
export interface KnownFilter {
  filter: Filter;
  passes: (event: Published) => boolean;
}

export function randomFilter(random: (below: number) => number, depth = 2): KnownFilter {
  const kind = random(depth > 0 ? 6 : 3);
  if (kind === 0) {
    const value = random(10);
    return {
      filter: { field: 'tags.size', op: 'gte', value },
      passes: ({ tags }) => typeof tags.size === 'number' && tags.size >= value,
    };
  }
  if (kind === 1)
    return { filter: { field: 'name', op: 'eq', value: 'test.b' }, passes: ({ name }) => name === 'test.b' };
  if (kind === 2) {
    const value = String(random(10));
    return { filter: { field: 'tags.size', op: 'ne', value }, passes: ({ tags }) => tags.size !== value };
  }
  const [one, other] = [randomFilter(random, depth - 1), randomFilter(random, depth - 1)];
  if (kind === 3) return { filter: { not: one.filter }, passes: (event) => !one.passes(event) };
  if (kind === 4)
    return {
      filter: { and: [one.filter, other.filter] },
      passes: (event) => one.passes(event) && other.passes(event),
    };
  return { filter: { or: [one.filter, other.filter] }, passes: (event) => one.passes(event) || other.passes(event) };
}

/** What one reader must have seen. What was erased meanwhile it may have seen before. */
export interface Expectation {
  reader: Pick<Wanderer, 'name' | 'seen' | 'connections' | 'fault'>;
  concerns: (event: Published) => boolean;
  /** It began after the last erasure: nothing erased may come. */
  late?: boolean;
}

/** The first thing that is wrong, or `null`. `incomplete` is the only one that time may mend. */
export function judge(
  { reader, concerns, late }: Expectation,
  events: readonly Published[],
): { wrong: string; incomplete: boolean } | null {
  if (reader.fault) return { wrong: `${reader.name} ${reader.fault}`, incomplete: false };
  let at = 0;
  for (const event of events) {
    if (!concerns(event)) continue;
    if (reader.seen[at] === event.n) {
      if (event.erased && late) return { wrong: `${reader.name} saw ${event.n}, which was erased`, incomplete: false };
      at += 1;
    } else if (!event.erased) {
      const found = reader.seen[at];
      const where = `after ${at} events, on connection ${reader.connections}`;
      return found === undefined
        ? { wrong: `${reader.name} never saw ${event.n} (${where})`, incomplete: true }
        : { wrong: `${reader.name} should have seen ${event.n} and saw ${found} (${where})`, incomplete: false };
    }
  }
  if (at === reader.seen.length) return null;
  return { wrong: `${reader.name} saw ${reader.seen[at]}, which is not for it or came too late`, incomplete: false };
}
