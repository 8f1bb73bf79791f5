import { type Cycle, CycleReader } from './cycles.ts';
import { type Answer, Outbox } from './outbox.ts';
import { PreparedStatements, type StatementNames } from './prepared-statements.ts';
import {
  errorResponse,
  From,
  messages,
  query,
  type Refusal,
  readErrorText,
  readString,
  readyForQuery,
  Status,
  sync,
  To,
} from './protocol.ts';
import type { Listening } from './statement-rules.ts';

/** The one session of the database: runs messages to the end and returns what it answered. */
export type Execute = (bytes: Buffer) => Buffer;

export interface SharedSessionOptions {
  execute: Execute;
  /** Makes what was committed durable before it returns. */
  flush(): void;
  /** The same without holding up the session; undefined when there is nothing to wait for. */
  flushBehind(): Promise<void> | undefined;
  release(answers: Answer[]): void;
  idleTransactionMs: number;
  onIdleTransaction(idleMs: number, statement: string): void;
}

interface Connection {
  id: number;
  reader: CycleReader;
  cycles: Cycle[];
  leaving: boolean;
  statements: StatementNames;
  channels: Set<string>;
  /** The session has not said ReadyForQuery since the last cycle. */
  continuing: boolean;
  /** A cycle was refused before its Sync; everything up to the Sync is dropped, as PostgreSQL does. */
  skipping: boolean;
  doomed: Refusal | undefined;
  lastText: string;
}

// More answers share an fsync, but the first of them waits for the last.
const MAX_CYCLES_PER_FLUSH = 64;

/**
 * Lets many connections take turns on one session. A turn is one cycle of the protocol, up to Sync or a simple query;
 * a connection inside a transaction keeps the session until it ends. Whatever a connection leaves behind (an open
 * transaction, statements, channels) goes with it.
 */
export class SharedSession {
  private readonly connections = new Map<number, Connection>();
  private readonly waiting = new Set<Connection>();
  private readonly statements = new PreparedStatements();
  private readonly idleTimer: NodeJS.Timeout;
  private owner: Connection | undefined;
  private ownerSince = 0;
  private outbox = new Outbox();
  private drainScheduled = false;
  private paused = false;
  private errands: (() => void)[] = [];
  private readonly options: SharedSessionOptions;

  constructor(options: SharedSessionOptions) {
    this.options = options;
    this.idleTimer = setInterval(() => this.endIdleTransaction(), Math.min(1_000, options.idleTransactionMs / 4));
  }

  connect(id: number): void {
    this.connections.set(id, {
      id,
      reader: new CycleReader(),
      cycles: [],
      leaving: false,
      statements: new Map(),
      channels: new Set(),
      continuing: false,
      skipping: false,
      doomed: undefined,
      lastText: '',
    });
  }

  receive(id: number, bytes: Buffer): void {
    const connection = this.connections.get(id);
    // What a connection sends after it was ended must not run as if it were somebody new.
    if (!connection || connection.leaving) return;
    try {
      for (const cycle of connection.reader.read(bytes)) {
        connection.cycles.push(cycle);
        this.waiting.add(connection);
      }
    } catch (error) {
      this.doom(connection, {
        severity: 'FATAL',
        code: '08P01',
        message: `the connection broke the protocol: ${(error as Error).message}`,
      });
    }
    this.schedule();
  }

  /** The connection has gone; what it sent before still runs, as on a server that reads its socket to the end. */
  disconnect(id: number): void {
    const connection = this.connections.get(id);
    if (!connection) return;
    connection.leaving = true;
    this.waiting.add(connection);
    this.schedule();
  }

  /** Runs statements of our own between two turns, never inside somebody's transaction. */
  between<T>(errand: (run: (sql: string) => Buffer) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.errands.push(() => {
        try {
          resolve(errand((sql) => this.runOrThrow(sql)));
        } catch (error) {
          reject(error);
        }
      });
      this.schedule();
    });
  }

  /** Has the session to itself for something that takes several turns of the event loop; prepared statements are restored after. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    await this.between(() => {
      this.paused = true;
    });
    try {
      return await work();
    } finally {
      const again = this.statements.prepareAgain([...this.connections.values()].map(({ statements }) => statements));
      if (again.length > 0) this.options.execute(Buffer.concat([...again, sync]));
      this.paused = false;
      this.schedule();
    }
  }

  stop(): void {
    clearInterval(this.idleTimer);
  }

  private schedule(): void {
    if (this.drainScheduled) return;
    this.drainScheduled = true;
    setImmediate(() => this.drain());
  }

  private drain(): void {
    this.drainScheduled = false;
    for (let turns = 0; turns < MAX_CYCLES_PER_FLUSH && this.takeTurn(); turns++);
    this.release(this.outbox.takeEager());
    this.releaseDurably();
    if (this.canTakeTurn()) this.schedule();
  }

  // While somebody is inside a transaction the disk works beside it; otherwise waiting here is the shortest way.
  private releaseDurably(): void {
    if (this.outbox.isFlushing || this.outbox.isEmpty) return;
    if (!this.owner) this.options.flush();
    const flushed = this.options.flushBehind();
    if (!flushed) {
      this.release(this.outbox.takeHeld());
      return;
    }
    const batch = this.outbox.beginFlush();
    void flushed.then(() => {
      this.release(batch);
      this.outbox.endFlush();
      this.releaseDurably();
    });
  }

  private canTakeTurn(): boolean {
    if (this.paused) return false;
    if (this.owner) return this.waiting.has(this.owner);
    return this.errands.length > 0 || this.waiting.size > 0;
  }

  private takeTurn(): boolean {
    if (!this.canTakeTurn()) return false;
    if (!this.owner) {
      const errand = this.errands.shift();
      if (errand) {
        errand();
        return true;
      }
    }
    const connection = this.owner ?? (this.waiting.values().next().value as Connection);
    this.waiting.delete(connection);
    const cycle = connection.cycles.shift();
    if (cycle) this.run(connection, cycle);
    else if (connection.leaving) this.cleanUpAfter(connection);
    // At the end of the line, so that a connection that sends many cycles at once does not keep the others waiting.
    if (connection.cycles.length > 0 || (connection.leaving && this.connections.has(connection.id)))
      this.waiting.add(connection);
    return true;
  }

  private run(connection: Connection, cycle: Cycle): void {
    connection.lastText = cycle.text || connection.lastText;
    if (connection.doomed) {
      this.doom(connection, connection.doomed);
      return;
    }
    if (connection.skipping) {
      if (cycle.messages.at(-1)?.type !== From.sync) return;
      connection.skipping = false;
      this.answer(connection, readyForQuery(this.owner === connection ? Status.failed : Status.idle));
      return;
    }
    if (cycle.refusal) {
      this.refuse(connection, cycle, cycle.refusal);
      return;
    }

    const { bytes, prefix, settle } = this.statements.translate(
      cycle.messages,
      connection.statements,
      connection.continuing,
    );
    const output = this.options.execute(Buffer.concat(bytes));
    const report = read(output);
    settle(report.parsed);
    this.passOwnership(connection, report.status);
    const answer = Buffer.concat(prefix ? [prefix, ...report.own] : report.own);
    this.outbox.add(
      { connection: connection.id, bytes: answer, last: false },
      this.owner === connection && !report.committed,
    );
    if (!report.failed && report.status !== undefined) this.followChannels(connection, cycle.listening);
    for (const notification of report.notifications) this.notify(notification);
  }

  // Inside a transaction a refusal must fail it, as any error does; outside there is nothing to fail.
  private refuse(connection: Connection, cycle: Cycle, refusal: Refusal): void {
    if (connection.continuing) this.passOwnership(connection, read(this.options.execute(sync)).status);
    const owned = this.owner === connection;
    if (owned) this.runOwn(FAILING_STATEMENT);
    const ready = cycle.continues ? [] : [readyForQuery(owned ? Status.failed : Status.idle)];
    connection.skipping = cycle.continues;
    this.answer(connection, Buffer.concat([errorResponse(refusal), ...ready]));
    this.ownerSince = performance.now();
  }

  // Without ReadyForQuery the session is in the middle of something, or waits for the Sync after an error.
  private passOwnership(connection: Connection, status: number | undefined): void {
    connection.continuing = status === undefined;
    if (connection.continuing || status === Status.inTransaction || status === Status.failed) {
      this.owner = connection;
      this.ownerSince = performance.now();
    } else if (this.owner === connection) {
      this.owner = undefined;
    }
  }

  private followChannels(connection: Connection, listening: Listening[]): void {
    for (const { verb, channel } of listening) {
      if (verb === 'listen') connection.channels.add(channel);
      else this.stopListening(connection, channel === '*' ? [...connection.channels] : [channel]);
    }
  }

  // The session has stopped listening for everybody, so it begins again for those who still want to hear.
  private stopListening(connection: Connection, channels: string[]): void {
    for (const channel of channels) connection.channels.delete(channel);
    const wanted = new Set([...this.connections.values()].flatMap((other) => [...other.channels]));
    for (const channel of wanted) this.runOwn(`listen "${channel.replaceAll('"', '""')}"`);
  }

  private notify(notification: Buffer): void {
    const channel = readString(notification, 9);
    for (const connection of this.connections.values())
      if (connection.channels.has(channel)) this.answer(connection, notification);
  }

  private answer(connection: Connection, bytes: Buffer, last = false): void {
    if (bytes.length > 0 || last)
      this.outbox.add({ connection: connection.id, bytes, last }, this.owner === connection);
  }

  private release(answers: Answer[]): void {
    if (answers.length > 0) this.options.release(answers);
  }

  private cleanUpAfter(connection: Connection): void {
    this.endTransactionOf(connection);
    const forget = this.statements.releaseAll(connection.statements);
    if (forget.length > 0) this.options.execute(Buffer.concat([...forget, sync]));
    this.connections.delete(connection.id);
    if (connection.channels.size > 0) {
      for (const channel of connection.channels) this.runOwn(`unlisten "${channel.replaceAll('"', '""')}"`);
      this.stopListening(connection, []);
    }
  }

  private endTransactionOf(connection: Connection): void {
    if (this.owner !== connection) return;
    if (connection.continuing) this.options.execute(sync);
    this.runOwn('rollback');
    connection.continuing = false;
    this.owner = undefined;
  }

  /** Ends a connection with an error: at once for the session, and for the client with its next read. */
  private doom(connection: Connection, refusal: Refusal): void {
    this.endTransactionOf(connection);
    connection.cycles = [];
    connection.doomed = refusal;
    this.answer(connection, errorResponse(refusal), true);
    connection.leaving = true;
    this.waiting.add(connection);
  }

  private endIdleTransaction(): void {
    const { owner } = this;
    if (!owner || this.waiting.has(owner)) return;
    const idleMs = performance.now() - this.ownerSince;
    if (idleMs < this.options.idleTransactionMs) return;
    const statement = owner.lastText;
    this.endTransactionOf(owner);
    // The client learns of it from its next statement: an error nobody waits for would be nobody's to handle.
    owner.doomed = {
      severity: 'FATAL',
      code: '25P03',
      message: `the transaction was rolled back: it did nothing for ${Math.round(this.options.idleTransactionMs / 100) / 10} s while every other connection waited; its last statement was: ${statement.slice(0, 200)}`,
      hint: 'Do not await anything but the database inside a transaction.',
    };
    this.options.onIdleTransaction(idleMs, statement);
    this.schedule();
  }

  private runOrThrow(sql: string): Buffer {
    const answer = this.runOwn(sql);
    for (const { type, body } of messages(answer))
      if (type === To.error) throw new Error(`"${sql}" failed: ${readErrorText(body)}`);
    return answer;
  }

  private runOwn(sql: string): Buffer {
    const report = read(this.options.execute(query(sql)));
    for (const notification of report.notifications) this.notify(notification);
    return Buffer.concat(report.own);
  }
}

const FAILING_STATEMENT = 'select 1 / 0';

interface Report {
  own: Buffer[];
  notifications: Buffer[];
  status: number | undefined;
  failed: boolean;
  /** A transaction ended well, also when the next has begun in the same breath. */
  committed: boolean;
  parsed: number;
}

// Notifications arrive in the middle of whichever answer is under way, but belong to whoever listens.
function read(output: Buffer): Report {
  const report: Report = { own: [], notifications: [], status: undefined, failed: false, committed: false, parsed: 0 };
  let from = 0;
  let at = 0;
  for (const { type, bytes, body } of messages(output)) {
    const end = at + bytes.length;
    if (type === To.notification) {
      report.own.push(output.subarray(from, at));
      report.notifications.push(bytes);
      from = end;
    } else if (type === To.ready) report.status = body[0];
    else if (type === To.error) report.failed = true;
    else if (type === To.parseComplete) report.parsed++;
    else if (type === To.complete && readString(body) === 'COMMIT') report.committed = true;
    at = end;
  }
  report.own.push(from === 0 ? output : output.subarray(from));
  return report;
}
