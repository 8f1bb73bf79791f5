import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { MortalOptions, Order } from './mortal-process.ts';
import type { Ending } from './tale.ts';
import type { Transition } from './transitions.ts';

export interface Done {
  ending: Ending;
  commits: Transition[][];
  unknown: string[];
}

export interface Mortals {
  /** Carries an order out; null when the process died over it, or was killed so long after. The next order starts another. */
  follow(order: Order, killAfterMs?: number): Promise<Done | null>;
  close(): Promise<void>;
}

/** Longer than any lease, so that the next process may take up at once what the dead one held. */
const LEASE_MS = 61_000;

/** One process at a time on one database, each beginning at the moment at which the one before died. */
export function mortals(database: MortalOptions['database'], allowPrivateNetworks = true): Mortals {
  let now = new Date('2026-06-15T08:00:00.000Z');
  let home: MortalOptions['home'];
  let living: { child: ChildProcess; lines: AsyncIterator<string>; gone: Promise<unknown>; input: Interface } | null =
    null;

  async function next(): Promise<(Partial<Done> & { now?: string; home?: MortalOptions['home'] }) | null> {
    const { value, done } = (await living?.lines.next()) ?? { done: true, value: undefined };
    if (done) return null;
    const said = JSON.parse(value);
    if (said.now) now = new Date(said.now);
    if (said.home) home = said.home;
    return said;
  }

  async function live(): Promise<void> {
    const options: MortalOptions = {
      database,
      now: now.toISOString(),
      allowPrivateNetworks,
      ...(home ? { home } : {}),
    };
    const child = spawn(
      process.execPath,
      [
        '--conditions=source',
        '--disable-warning=ExperimentalWarning',
        new URL('./mortal-process.ts', import.meta.url).pathname,
        JSON.stringify(options),
      ],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
        // A hundred processes read the same sources.
        env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'pulsestack-compile-cache') },
      },
    );
    const input = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    living = { child, input, lines: input[Symbol.asyncIterator](), gone: once(child, 'exit') };
    if (!(await next())) throw new Error('the process ended before it began');
  }

  return {
    async follow(order, killAfterMs) {
      if (!living) await live();
      living?.child.stdin?.write(`${JSON.stringify(order)}\n`);
      const { child } = living ?? {};
      const killing = killAfterMs === undefined ? undefined : setTimeout(() => child?.kill('SIGKILL'), killAfterMs);
      for (;;) {
        const said = await next();
        if (said?.ending) {
          clearTimeout(killing);
          return said as Done;
        }
        if (said) continue;
        await living?.gone;
        const signal = living?.child.signalCode;
        living = null;
        if (signal !== 'SIGKILL') throw new Error('the process ended by itself');
        now = new Date(now.getTime() + LEASE_MS);
        return null;
      }
    },
    async close() {
      living?.child.kill('SIGKILL');
      await living?.gone;
    },
  };
}
