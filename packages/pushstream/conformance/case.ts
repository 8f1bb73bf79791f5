import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { dataEvents, openRaw, type RawReader } from '../src/testing/raw-reader.ts';
import type { Abilities, Introduction, Publication, Receipt, Target } from './target.ts';

/** Numbers are those of the list in README.md. */
export interface Case {
  number: number;
  title: string;
  needs: readonly (keyof Abilities)[];
  /** Throws what is wrong; may resolve to a remark. */
  run(run: Run): Promise<string | void>;
}

/** How much a run asks for. The full one is as the list of cases has it. */
export interface Size {
  events: number;
  clients: number;
  cycles: number;
  slowBytes: number;
  /** How long something that must come is waited for. */
  patienceMs: number;
}

export const QUICK: Size = { events: 1_000, clients: 12, cycles: 120, slowBytes: 20_000_000, patienceMs: 10_000 };
export const FULL: Size = { events: 10_000, clients: 50, cycles: 10_000, slowBytes: 100_000_000, patienceMs: 60_000 };

export interface Opening extends Introduction {
  cursor?: string | undefined;
  method?: string;
  path?: string;
}

/** One case being run on one target: its own event name keeps it apart from whatever else is on the stream. */
export class Run {
  readonly target: Target;
  readonly size: Size;
  readonly name = `conformance.c${randomBytes(6).toString('hex')}`;
  readonly #undo: (() => unknown)[] = [];

  constructor(target: Target, size: Size) {
    this.target = target;
    this.size = size;
  }

  /** The same case on another target, ended together with this one. */
  on(target: Target): Run {
    const other = new Run(target, this.size);
    this.#undo.push(() => other.end().finally(() => target.close()));
    return other;
  }

  afterwards(step: () => unknown): void {
    this.#undo.push(step);
  }

  async end(): Promise<void> {
    for (const step of this.#undo.splice(0).toReversed()) await step();
  }

  /** An ability that `needs` names. */
  can<Name extends keyof Abilities>(name: Name): Abilities[Name] {
    const ability = this.target.can[name];
    if (ability === undefined) throw new Error(`The case does not say that it needs ${name}.`);
    return ability as Abilities[Name];
  }

  /** Sends a request; what comes is kept as it is. */
  request({ cursor, query, headers, method, path }: Opening = {}): RawReader {
    const url = new URL(path ?? this.target.url, this.target.url);
    const anybody = this.target.reader ?? {};
    for (const [name, value] of Object.entries({ ...anybody.query, ...query })) url.searchParams.append(name, value);
    const reader = openRaw({
      patienceMs: this.size.patienceMs,
      port: Number(url.port || 80),
      address: url.hostname,
      host: url.host,
      path: url.pathname + url.search,
      ...(method ? { method } : {}),
      headers: {
        Accept: 'text/event-stream',
        ...(cursor === undefined ? {} : { 'Last-Event-ID': cursor }),
        ...anybody.headers,
        ...headers,
      },
    });
    this.#undo.push(() => reader.cut());
    return reader;
  }

  /** A reader that the server has let in. */
  async read(opening: Opening = {}): Promise<RawReader> {
    const reader = this.request(opening);
    const { controls } = this.target.can;
    await reader.until(
      (r) => r.ended || (controls ? r.events.some(({ name }) => name === 'ps.open') : r.head !== ''),
      'the beginning of the stream',
    );
    check(reader.status === 200, `the stream is answered with ${reader.status}: ${reader.text.slice(0, 300)}`);
    return reader;
  }

  /** Publishes what must be accepted. */
  async say(text: string, to: Publication['to'] = 'everyone', more: Partial<Publication> = {}): Promise<void> {
    const receipt = await this.publish({ to, name: this.name, data: this.dataOf(text), ...more });
    check(receipt.status >= 200 && receipt.status < 300, `a publication is answered with ${receipt.status}`);
  }

  publish(publication: Publication): Promise<Receipt> {
    return this.target.publish(publication);
  }

  dataOf(text: string): unknown {
    return this.target.data === 'json' ? { text } : text;
  }

  /** The texts of this case that have arrived. */
  heard(reader: { events: RawReader['events'] }): string[] {
    return this.eventsOf(reader).map(({ data }) => {
      if (this.target.data === 'text') return data;
      return String((JSON.parse(data) as { text?: unknown }).text);
    });
  }

  eventsOf(reader: { events: RawReader['events'] }): RawReader['events'] {
    return dataEvents(reader).filter(({ name }) => name === this.name);
  }

  hears(reader: RawReader, count: number): Promise<RawReader> {
    return reader.until((r) => this.eventsOf(r).length >= count, `${count} events of the case`);
  }

  /** A place in the stream with nothing of this case behind it: the id of an event of another name, or of the opening. */
  async place(as: Introduction = {}): Promise<string> {
    const reader = await this.read(as);
    if (this.target.can.controls) {
      reader.cut();
      return reader.events[0]?.id ?? '';
    }
    await this.publish({ to: 'everyone', name: `${this.name}.mark`, data: this.dataOf('mark') });
    await reader.until((r) => r.events.some(({ name }) => name === `${this.name}.mark`), 'a mark');
    reader.cut();
    return reader.events.findLast(({ name }) => name === `${this.name}.mark`)?.id ?? '';
  }
}

export function check(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

export function same(found: unknown, expected: unknown, what: string): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  check(one === other, `${what} should be ${brief(other)} and is ${brief(one)}`);
}

function brief(text: string | undefined): string {
  const shown = text ?? 'undefined';
  return shown.length > 300 ? `${shown.slice(0, 200)} … ${shown.slice(-80)}` : shown;
}

export async function eventually(what: string, holds: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await holds())) {
    check(Date.now() < deadline, `did not see ${what}`);
    await wait(20);
  }
}

export const numbers = (count: number, from = 1): string[] => Array.from({ length: count }, (_, i) => String(from + i));
