import type pg from 'pg';
import type { Database } from '../../packages/pulsestack/src/ports/database.ts';

export interface Payload {
  n: number;
  note: string;
}

/** A queue on trial. What it cannot do it leaves out. */
export interface Queue {
  addOne(payload: Payload): Promise<void>;
  /** A row of the business and a job, or neither. */
  addInTransaction?(payload: Payload): Promise<void>;
  addMany(payloads: readonly Payload[]): Promise<void>;
  /** Works until `stop`: each job calls `done` after `ioMs` of waiting for something outside. */
  work(ioMs: number, done: () => void): Promise<{ stop(): Promise<void> }>;
  close(): Promise<void>;
}

export interface Contender {
  name: string;
  open(place: { database: Database; redisUrl: string }): Promise<Queue>;
}

export const ORDERS =
  'create table if not exists bench_orders (id bigint generated always as identity primary key, note text not null)';

export async function placeOrder(client: Pick<pg.PoolClient, 'query'>, note: string): Promise<void> {
  await client.query({ name: 'bench_order', text: 'insert into bench_orders (note) values ($1)', values: [note] });
}

export function payloadOf(n: number): Payload {
  return { n, note: 'a payload of an ordinary length, as jobs have' };
}

export const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
