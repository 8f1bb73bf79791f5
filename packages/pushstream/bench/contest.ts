import { Child } from './child.ts';
import type { Ages, CrowdOrder } from './crowd-process.ts';
import { Nchan } from './nchan.ts';
import type { ServerOrder } from './server.ts';
import { cpuMicrosOf, forgetPeakOf, type ModeTicks, modeTicksOf, peakBytesOf, residentBytesOf } from './usage.ts';

export interface Load {
  events: number;
  /** Published together, in one turn of the event loop. */
  perTick: number;
  bytes: number;
}

export interface Storm {
  /** From the first request to the last event all had missed. */
  untilLiveMs: number;
  cpuMs: number;
  peakBytes: number;
}

interface Server {
  readonly pid: number;
  readonly port: number;
  publish(events: number, bytes: number, timed: boolean): void;
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** One server and its readers. */
export class Contest {
  readonly name: string;
  readonly #server: Server;
  readonly #crowd: Child;
  #readers = 0;

  static async start(name: string): Promise<Contest> {
    const server = name === 'nchan' ? await Nchan.start() : await startOwn(name);
    const protocol = name.startsWith('pushstream,') ? 'pushstream' : name.startsWith('socket.io') ? 'socket.io' : name;
    return new Contest(name, server, new Child('./crowd-process.ts', [protocol, `${server.port}`]));
  }

  private constructor(name: string, server: Server, crowd: Child) {
    this.name = name;
    this.#server = server;
    this.#crowd = crowd;
  }

  async grow(to: number): Promise<void> {
    await this.#order({ kind: 'grow', to });
    this.#readers = to;
  }

  async shrink(to: number): Promise<void> {
    await this.#order({ kind: 'shrink', to });
    this.#readers = to;
  }

  /** CPU of the server per delivered event. A tick follows when the one before was received by all, so no server can join two. */
  async costOf({ events, perTick, bytes }: Load): Promise<number> {
    const before = cpuMicrosOf(this.#server.pid);
    for (let left = events; left > 0; left -= perTick) await this.#tick(Math.min(left, perTick), bytes, false);
    return (cpuMicrosOf(this.#server.pid) - before) / (events * this.#readers);
  }

  /** CPU of the server so far, its own and the kernel's. */
  get ticks(): ModeTicks {
    return modeTicksOf(this.#server.pid);
  }

  /** How old events are when they are received, published at a steady rate. */
  async agesAt(perSecond: number, seconds: number, bytes: number): Promise<Ages> {
    const events = perSecond * seconds;
    const received = this.#order({ kind: 'expect', events: events * this.#readers });
    const start = performance.now();
    for (let sent = 1; sent <= events; sent += 1) {
      this.#server.publish(1, bytes, true);
      await until(start + (sent * 1_000) / perSecond);
    }
    await received;
    return this.#order<Ages>({ kind: 'ages' });
  }

  /** Resident memory of the server, garbage collected where there is such a thing. */
  async memory(): Promise<number> {
    await this.#server.settle();
    return residentBytesOf(this.#server.pid);
  }

  /** All leave, miss so many events, and come back at once. */
  async storm(missed: number, bytes: number): Promise<Storm> {
    const readers = this.#readers;
    await this.#tick(1, bytes, false);
    const { cursor } = await this.#order<{ cursor: string }>({ kind: 'cursor' });
    await this.shrink(0);
    for (let sent = 0; sent < missed; sent += 1) {
      this.#server.publish(1, bytes, false);
      await until(performance.now() + 1);
    }
    await this.#server.settle();
    forgetPeakOf(this.#server.pid);
    const before = cpuMicrosOf(this.#server.pid);
    const start = performance.now();
    await this.#order({ kind: 'grow', to: readers, cursor });
    this.#readers = readers;
    const { more } = await this.#order<{ more: number }>({ kind: 'expect', events: missed * readers });
    const untilLiveMs = performance.now() - start;
    const cpuMs = (cpuMicrosOf(this.#server.pid) - before) / 1_000;
    if (more > 0) throw new Error(`${this.name} sent ${more} events twice.`);
    // Whoever is live receives the next one.
    await this.#tick(1, bytes, false);
    return { untilLiveMs, cpuMs, peakBytes: peakBytesOf(this.#server.pid) };
  }

  async end(): Promise<void> {
    await this.#crowd.end();
    await this.#server.close();
  }

  async #tick(events: number, bytes: number, timed: boolean): Promise<void> {
    const received = this.#order<{ more: number }>({ kind: 'expect', events: events * this.#readers });
    this.#server.publish(events, bytes, timed);
    const { more } = await received;
    if (more > 0) throw new Error(`${this.name} sent ${more} events too many.`);
  }

  #order<Answer>(order: CrowdOrder): Promise<Answer> {
    return this.#crowd.ask<Answer>(order);
  }
}

async function startOwn(name: string): Promise<Server> {
  const child = new Child('./server.ts', [name]);
  const { port } = await child.hear<{ port: number }>();
  return {
    pid: child.pid,
    port,
    publish: (events, bytes, timed) => child.tell({ kind: 'publish', events, bytes, timed } satisfies ServerOrder),
    settle: () => child.ask({ kind: 'settle' } satisfies ServerOrder),
    close: () => child.end(),
  };
}

function until(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, time - performance.now())));
}
