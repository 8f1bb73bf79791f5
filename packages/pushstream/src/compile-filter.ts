import { type Condition, checkFilter, type Filter, type FilterValue } from './filter.ts';
import type { LogEvent } from './log.ts';

/** What a filter can see of an event. */
export type FilterableEvent = Pick<LogEvent, 'stream' | 'name' | 'data' | 'tags'>;

/** An event while it is looked at; the content is read when a filter first asks for it. */
export interface Subject {
  readonly event: FilterableEvent;
  readonly content: unknown;
}

export type Test = (subject: Subject) => boolean;
type Read = (subject: Subject) => unknown;

/**
 * Makes a function of a filter. Throws a `FilterError`.
 *
 * ```ts
 * const urgent = compileFilter({ field: 'data.priority', op: 'gte', value: 7 });
 * urgent({ stream: 't.news', name: 'story.published', data: '{"priority":9}' }); // true
 * ```
 */
export function compileFilter(filter: Filter): (event: FilterableEvent) => boolean {
  const test = compileTest(checkFilter(filter));
  return (event) => {
    let content: { value: unknown } | null = null;
    return test({
      event,
      get content() {
        content ??= { value: parseContent(event.data) };
        return content.value;
      },
    });
  };
}

/** Only for what `checkFilter` returned. */
export function compileTest(filter: Filter): Test {
  if ('and' in filter) return every(filter.and.map(compileTest));
  if ('or' in filter) return some(filter.or.map(compileTest));
  if ('not' in filter) {
    const test = compileTest(filter.not);
    return (subject) => !test(subject);
  }
  const read = reader(filter.field);
  const holds = comparison(filter);
  return (subject) => holds(read(subject));
}

/** The content of an event, or `undefined` when it is no JSON. */
export function parseContent(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

function every(tests: readonly Test[]): Test {
  const [first, second] = tests;
  if (tests.length === 1 && first) return first;
  if (tests.length === 2 && first && second) return (subject) => first(subject) && second(subject);
  return (subject) => {
    for (const test of tests) if (!test(subject)) return false;
    return true;
  };
}

function some(tests: readonly Test[]): Test {
  const [first, second] = tests;
  if (tests.length === 1 && first) return first;
  if (tests.length === 2 && first && second) return (subject) => first(subject) || second(subject);
  return (subject) => {
    for (const test of tests) if (test(subject)) return true;
    return false;
  };
}

function reader(field: string): Read {
  if (field === 'name') return ({ event }) => event.name;
  if (field === 'stream') return ({ event }) => event.stream;
  if (field === 'topic') return ({ event }) => (event.stream.startsWith('t.') ? event.stream.slice(2) : undefined);
  if (field === 'data') return ({ content }) => content;
  if (field.startsWith('tags.')) {
    const key = field.slice(5);
    return ({ event: { tags } }) => (tags && Object.hasOwn(tags, key) ? tags[key] : undefined);
  }
  const names = field.slice(5).split('.');
  return ({ content }) => {
    let at = content;
    for (const name of names) {
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
      // A list has a length of its own, which nobody wrote.
      if (name === 'length' && Array.isArray(at)) return undefined;
      at = (at as Record<string, unknown>)[name];
    }
    return at;
  };
}

/** What must hold of a field; `undefined` is a missing one. */
function comparison(condition: Condition): (found: unknown) => boolean {
  switch (condition.op) {
    case 'exists':
      return (found) => found !== undefined;
    case 'nexists':
      return (found) => found === undefined;
    case 'eq': {
      const { value } = condition;
      return (found) => found === value;
    }
    case 'ne': {
      const { value } = condition;
      return (found) => found !== value;
    }
    case 'in': {
      const values = new Set<unknown>(condition.value);
      return (found) => values.has(found);
    }
    case 'nin': {
      const values = new Set<unknown>(condition.value);
      return (found) => !values.has(found);
    }
    case 'prefix': {
      const { value } = condition;
      return (found) => typeof found === 'string' && found.startsWith(value);
    }
    case 'suffix': {
      const { value } = condition;
      return (found) => typeof found === 'string' && found.endsWith(value);
    }
    case 'contains':
      return containing(condition.value);
    default:
      return ordering(condition.op, condition.value);
  }
}

function containing(value: FilterValue): (found: unknown) => boolean {
  return (found) => {
    if (typeof found === 'string') return typeof value === 'string' && found.includes(value);
    return Array.isArray(found) && found.includes(value);
  };
}

function ordering(op: 'gt' | 'gte' | 'lt' | 'lte', value: number | string): (found: unknown) => boolean {
  const type = typeof value;
  switch (op) {
    case 'gt':
      return (found) => typeof found === type && (found as number | string) > value;
    case 'gte':
      return (found) => typeof found === type && (found as number | string) >= value;
    case 'lt':
      return (found) => typeof found === type && (found as number | string) < value;
    default:
      return (found) => typeof found === type && (found as number | string) <= value;
  }
}
