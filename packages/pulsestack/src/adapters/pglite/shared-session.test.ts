import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from './engine.ts';
import type { Answer } from './outbox.ts';
import { From, message, messages, query, sync } from './protocol.ts';
import { SharedSession } from './shared-session.ts';

/** A client that speaks the protocol by hand, so it can speak it badly. */
class RawClient {
  readonly id: number;
  private readonly session: SharedSession;
  private readonly inbox: string[] = [];
  private wake: () => void = () => {};
  ended = false;

  constructor(session: SharedSession, id: number) {
    this.session = session;
    this.id = id;
    session.connect(id);
  }

  send(...parts: Buffer[]): this {
    this.session.receive(this.id, Buffer.concat(parts));
    return this;
  }

  deliver({ bytes, last }: Answer): void {
    for (const { type, body } of messages(bytes)) this.inbox.push(describeMessage(type, body));
    if (last) this.ended = true;
    this.wake();
  }

  /** What arrives up to the message given, that included. */
  async until(end: string): Promise<string[]> {
    for (;;) {
      const at = this.inbox.findIndex((line) => line.startsWith(end));
      if (at !== -1) return this.inbox.splice(0, at + 1);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  peek(): string[] {
    return [...this.inbox];
  }

  ready(): Promise<string[]> {
    return this.until('ready');
  }

  leave(): void {
    this.session.disconnect(this.id);
  }
}

describe('the shared session', () => {
  let engine: Engine;
  let session: SharedSession;
  let clients: Map<number, RawClient>;
  let idle: { statement: string }[];
  let flushed: Promise<void> | undefined;

  const connect = (): RawClient => {
    const client = new RawClient(session, clients.size + 1);
    clients.set(client.id, client);
    return client;
  };
  const ask = async (client: RawClient, sql: string) => client.send(query(sql)).ready();

  beforeAll(async () => {
    engine = await openEngine({ cluster: undefined, isDurable: false });
  });
  afterAll(() => engine.close());
  beforeEach(async () => {
    clients = new Map();
    idle = [];
    flushed = undefined;
    session?.stop();
    engine.execute(query('rollback; deallocate all; unlisten *'));
    session = new SharedSession({
      execute: engine.execute,
      flush: engine.flush,
      flushBehind: () => flushed,
      idleTransactionMs: 200,
      release: (answers) => {
        for (const answer of answers) clients.get(answer.connection)?.deliver(answer);
      },
      onIdleTransaction: (_, statement) => idle.push({ statement }),
    });
    await ask(connect(), 'drop table if exists t; create table t (n int primary key)');
  });
  afterAll(() => session.stop());

  it('answers a message that arrives byte by byte', async () => {
    const client = connect();
    for (const byte of query('select 7')) client.send(Buffer.from([byte]));
    expect(await client.ready()).toEqual(['columns', 'row 7', 'complete SELECT 1', 'ready I']);
  });

  it('is not held by a client that stops in the middle of a message', async () => {
    connect().send(query('select 1').subarray(0, 6));
    connect().send(parse('', 'select 1'), bind('', ''));
    expect(await ask(connect(), 'select 2')).toContain('row 2');
  });

  it('gives each of several cycles sent at once its own answer, and others their turn between', async () => {
    const [greedy, other] = [connect(), connect()];
    greedy.send(...Array.from({ length: 10 }, (_, n) => query(`select ${n}`)));
    other.send(query(`select 'other'`));
    expect(await other.ready()).toContain('row other');
    for (let n = 0; n < 10; n++) expect(await greedy.ready()).toContain(`row ${n}`);
  });

  it('skips to the sync after an error, as the protocol says', async () => {
    const client = connect();
    client.send(parse('', 'selec'), bind('', ''), execute('', 0), sync);
    expect(await client.ready()).toEqual(['error 42601', 'ready I']);
    client.send(parse('', 'selec'), flush);
    expect(await client.until('error')).toEqual(['error 42601']);
    const other = ask(connect(), 'select 1');
    client.send(bind('', ''), execute('', 0), flush).send(sync);
    expect(await client.ready()).toEqual(['ready I']);
    expect(await other).toContain('row 1');
  });

  it('keeps the session with a client that reads a result in pieces, until its sync', async () => {
    const [reader, other] = [connect(), connect()];
    reader.send(parse('', 'select generate_series(1, 3)'), bind('', ''), execute('', 2), flush);
    expect(await reader.until('suspended')).toEqual(['parsed', 'bound', 'row 1', 'row 2', 'suspended']);
    other.send(parse('', 'select 9'), bind('', ''), execute('', 0), sync);
    reader.send(execute('', 2), sync);
    expect(await reader.ready()).toEqual(['row 3', 'complete SELECT 1', 'ready I']);
    expect(await other.ready()).toContain('row 9');
  });

  it('never lets a client run the unnamed statement of another', async () => {
    const [one, two] = [connect(), connect()];
    await one.send(parse('', `select 'secret of one'`), sync).ready();
    expect(await two.send(bind('', ''), execute('', 0), sync).ready()).toEqual(['error 26000', 'ready I']);
  });

  it('never lets a client run or close the named statement of another', async () => {
    const [one, two] = [connect(), connect()];
    await one.send(parse('mine', 'select 1'), sync).ready();
    expect(await two.send(bind('', 'mine'), execute('', 0), sync).ready()).toEqual(['error 26000', 'ready I']);
    expect(await two.send(close('mine'), sync).ready()).toEqual(['closed', 'ready I']);
    expect(await two.send(bind('', 's1'), sync).ready()).toEqual(['error 26000', 'ready I']);
    expect(await one.send(bind('', 'mine'), execute('', 0), sync).ready()).toEqual([
      'bound',
      'row 1',
      'complete SELECT 1',
      'ready I',
    ]);
  });

  it('refuses to prepare a name twice, and keeps the first', async () => {
    const client = connect();
    await client.send(parse('a', 'select 1'), sync).ready();
    expect(await client.send(parse('a', 'select 2'), sync).ready()).toEqual(['error 42P05', 'ready I']);
    expect(await client.send(bind('', 'a'), execute('', 0), sync).ready()).toContain('row 1');
  });

  it('prepares one text once for many clients, and forgets it with the last of them', async () => {
    const many = Array.from({ length: 8 }, connect);
    for (const client of many)
      expect(
        await client.send(parse('same', 'select 5 as five'), bind('', 'same'), execute('', 0), sync).ready(),
      ).toEqual(['parsed', 'bound', 'row 5', 'complete SELECT 1', 'ready I']);
    const watcher = connect();
    const prepared = async () =>
      (await ask(watcher, `select count(*) from pg_prepared_statements where statement = 'select 5 as five'`))[1];
    expect(await prepared()).toBe('row 1');
    for (const client of many.slice(1)) client.leave();
    expect(await prepared()).toBe('row 1');
    many[0]?.leave();
    expect(await prepared()).toBe('row 0');
  });

  it('rolls back what a client leaves open, and goes on with the next', async () => {
    const quitter = connect();
    await ask(quitter, 'begin');
    await ask(quitter, 'insert into t values (1)');
    const next = ask(connect(), 'select count(*) from t');
    quitter.leave();
    expect(await next).toContain('row 0');
  });

  it('runs nothing a client sends after it was ended', async () => {
    const client = connect();
    await ask(client, 'begin');
    await expect.poll(() => idle).toEqual([{ statement: 'begin' }]);
    client.send(query('insert into t values (1)'));
    client.send(query('insert into t values (2)'));
    expect(await client.until('error')).toEqual(['error 25P03']);
    expect(client.ended).toBe(true);
    client.send(query('insert into t values (3)'));
    expect(await ask(connect(), 'select count(*) from t')).toContain('row 0');
  });

  it.each([
    ['set role pg_monitor', '0A000'],
    ['select 1; set search_path = x', '0A000'],
    [`select set_config('search_path', 'x', false)`, '0A000'],
    ['copy t from stdin', '0A000'],
    ['copy (select 1) to stdout', '0A000'],
    ['prepare p as select 1', '0A000'],
    ['deallocate all', '0A000'],
    ['discard all', '0A000'],
    ['create temp table x (n int)', '0A000'],
    ['/* why */ reset all', '0A000'],
  ])('refuses %s, because it would reach other connections', async (sql, code) => {
    const client = connect();
    expect(await ask(client, sql)).toEqual([`error ${code}`, 'ready I']);
    expect(await client.send(parse('', sql), bind('', ''), execute('', 0), sync).ready()).toEqual([
      `error ${code}`,
      'ready I',
    ]);
    expect(await ask(client, 'select 1')).toContain('row 1');
  });

  it.each([
    `begin; set local role pg_monitor; select set_config('search_path', 'public', true); commit`,
    `update t set n = n where 'set role x; copy t from stdin' <> ''`,
    `do $$ begin perform 1; execute 'select 1'; end $$`,
    'begin; create temp table x (n int) on commit drop; commit',
    'set transaction isolation level read committed',
    `insert into t values (1) on conflict (n) do update set n = excluded.n; truncate t`,
  ])('allows %s', async (sql) => {
    expect((await ask(connect(), sql)).filter((line) => line.startsWith('error'))).toEqual([]);
  });

  it('lets no answer to a commit leave before the disk has it, not even when the next transaction has begun', async () => {
    const { promise: onDisk, resolve: reachDisk } = Promise.withResolvers<void>();
    const client = connect();
    flushed = onDisk;
    client.send(
      query('begin'),
      query('insert into t values (1)'),
      query('commit; begin'),
      query('select count(*) from t'),
    );
    expect(await client.until('complete INSERT')).toContain('complete BEGIN');
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(client.peek()).toEqual(['ready T']);
    flushed = undefined;
    reachDisk();
    expect(await client.until('row')).toEqual([
      'ready T',
      'complete COMMIT',
      'complete BEGIN',
      'ready T',
      'columns',
      'row 1',
    ]);
  });

  it('fails the transaction of a statement it refuses', async () => {
    const client = connect();
    await ask(client, 'begin');
    await ask(client, 'insert into t values (1)');
    expect(await ask(client, 'set role pg_monitor')).toEqual(['error 0A000', 'ready E']);
    expect(await ask(client, 'commit')).toEqual(['complete ROLLBACK', 'ready I']);
    expect(await ask(client, 'select count(*) from t')).toContain('row 0');
  });

  it('ends a client that does not speak the protocol, and nobody else', async () => {
    const [vandal, other] = [connect(), connect()];
    await ask(vandal, 'begin');
    vandal.send(message(0x7a, 'nonsense'));
    expect(await vandal.until('error')).toEqual(['error 08P01']);
    expect(vandal.ended).toBe(true);
    expect(await ask(other, 'select 1')).toContain('row 1');
    const giant = connect().send(Buffer.from([From.query, 0x7f, 0xff, 0xff, 0xff, 0x20]));
    expect(await giant.until('error')).toEqual(['error 08P01']);
  });

  it('brings a notification to those who listen, and to nobody else', async () => {
    const [one, two, three] = [connect(), connect(), connect()];
    await ask(one, 'listen a');
    await ask(two, 'listen a; listen "B"');
    await ask(three, `notify a, 'x'`);
    await ask(three, `notify "B", 'y'`);
    expect(await one.until('notification')).toEqual(['notification a x']);
    expect(await two.until('notification B')).toEqual(['notification a x', 'notification B y']);
    await ask(two, 'unlisten a');
    two.leave();
    expect(await ask(three, `notify a, 'z'`)).toEqual(['complete NOTIFY', 'ready I']);
    expect(await one.until('notification')).toEqual(['notification a z']);
  });

  it('survives a crowd of clients that leave whenever they like', { timeout: 60_000 }, async () => {
    let state = 7;
    const random = (below: number) => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    const honest = connect();
    const answers: string[] = [];
    for (let n = 0; n < 300; n++) {
      const client = connect();
      const moves = [
        () => client.send(query(`begin; insert into t values (${10_000 + n})`)),
        () => client.send(parse(`s${random(3)}`, `select ${random(5)}`), sync),
        () => client.send(parse('', 'select generate_series(1, 100)'), bind('', ''), execute('', 5), flush),
        () => client.send(query('begin'), query('selec'), query('listen chaos')),
        () => client.send(query('select 1 / 0').subarray(0, random(10))),
        () => client.send(bind('', 'nowhere'), flush),
        () => client.send(query('set role nobody'), parse('', 'copy t from stdin'), flush),
        () => client.send(message(random(256), 'x')),
      ];
      for (let move = 0; move <= random(3); move++) moves[random(moves.length)]?.();
      client.leave();
      if (n % 10 === 0) answers.push(...(await ask(honest, `insert into t values (${n})`)));
    }
    expect(new Set(answers)).toEqual(new Set(['complete INSERT 0 1', 'ready I']));
    expect(await ask(honest, 'select count(*) from t')).toContain('row 30');
    expect(await ask(honest, 'select count(*) from pg_prepared_statements')).toContain('row 0');
    expect(await ask(honest, 'select count(*) from pg_listening_channels()')).toContain('row 0');
  });
});

const flush = message(From.flush);
const parse = (name: string, sql: string) => message(From.parse, `${name}\0${sql}\0`, Buffer.alloc(2));
const bind = (portal: string, name: string) => message(From.bind, `${portal}\0${name}\0`, Buffer.alloc(6));
const close = (name: string) => message(From.close, `S${name}\0`);

function execute(portal: string, rows: number): Buffer {
  const limit = Buffer.alloc(4);
  limit.writeUInt32BE(rows);
  return message(From.execute, `${portal}\0`, limit);
}

function describeMessage(type: number, body: Buffer): string {
  switch (String.fromCharCode(type)) {
    case 'T':
      return 'columns';
    case 'D':
      return `row ${body.toString('utf8', 6)}`;
    case 'C':
      return `complete ${body.toString('utf8', 0, body.length - 1)}`;
    case 'Z':
      return `ready ${body.toString()}`;
    case 'E':
      return `error ${/\0C(\w{5})/.exec(body.toString())?.[1]}`;
    case 'A':
      return `notification ${body.toString('utf8', 4, body.length - 1).replace('\0', ' ')}`;
    case '1':
      return 'parsed';
    case '2':
      return 'bound';
    case '3':
      return 'closed';
    case 's':
      return 'suspended';
    case 'N':
      return 'notice';
    default:
      return String.fromCharCode(type);
  }
}
