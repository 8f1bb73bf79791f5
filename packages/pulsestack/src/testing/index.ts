import { randomBytes } from 'node:crypto';
import { Permission } from '@pulsestack/core';
import { createMailbox } from '../adapters/mailbox/index.ts';
import { type App, type AppParts, createApp } from '../app.ts';
import { createWorkspace, issueApiKey, mintUserToken } from '../features/accounts/index.ts';
import type { Settings } from '../kernel/runtime.ts';
import type { Bus } from '../ports/bus.ts';
import type { Database } from '../ports/database.ts';
import { silentLog } from '../ports/log.ts';
import { advance } from './advance.ts';
import { createTestClock, type TestClock } from './clock.ts';
import { type DatabaseKind, openTestDatabase } from './databases.ts';

export { advance } from './advance.ts';
export { createTestClock, type TestClock } from './clock.ts';
export { type DatabaseKind, databases } from './databases.ts';

/** Who makes a call: a bearer token, or nobody. */
export type Caller = string | null;

/** JSON as it came; reading a missing field gives undefined, as in the caller's own code. */
export type Loose = ReturnType<typeof JSON.parse>;

/** What came back. Tests look into bodies freely, so their shape is not declared again here. */
export interface Answer<Body = Loose> {
  status: number;
  body: Body;
  headers: Record<string, string | string[] | number | undefined>;
}

/** A workspace to test with: its owner, and an API key that may do everything. */
export interface TestWorkspace {
  id: string;
  key: string;
  owner: { token: string; memberId: string; email: string; refreshToken: string };
  /** A token for one user's browser. */
  user(id: string): Promise<string>;
  /** Another member, with a role. */
  member(role?: string): Promise<{ token: string; memberId: string; email: string }>;
}

export interface TestApp extends App {
  readonly clock: TestClock;
  readonly mails: { to: string; subject: string; text: string }[];
  /** The first workspace; `newWorkspace` makes strangers to it. */
  readonly home: TestWorkspace;
  newWorkspace(): Promise<TestWorkspace>;
  /** Calls the API as its callers do. By default with the home workspace's API key. */
  call<Body = Loose>(method: string, path: string, options?: CallOptions): Promise<Answer<Body>>;
  /** The address once it listens. */
  url(): Promise<string>;
  /**
   * Moves the clock by a length of time such as `3w`, from one wake to the next, so that everything in between happens at its
   * own time. Resolves to how often it stopped. For an app without timers.
   */
  advance(by: string): Promise<number>;
}

export interface CallOptions {
  as?: Caller;
  body?: unknown;
  headers?: Record<string, string>;
  /** Sends these bytes instead of JSON. */
  raw?: string | Buffer;
}

export interface TestAppOptions {
  /** A kind, of which a fresh one is made, or one that is open and migrated. Default: embedded. */
  database?: DatabaseKind | Database;
  /** A workspace that is in the database already. Default: a new one. */
  home?: Pick<TestWorkspace, 'id' | 'key'>;
  settings?: Partial<Settings>;
  /** With timers the app works by itself, as in production; without, call `settle`. Default: true. */
  timers?: boolean;
  clock?: TestClock;
  bus?: Bus;
  /** Who carries messages, and with what credentials where none are connected. Default: those of production, and none. */
  providers?: AppParts['providers'];
  standIns?: AppParts['standIns'];
}

export const testSettings: Settings = {
  publicUrl: 'http://localhost:4000',
  development: false,
  signUp: 'open',
  allowPrivateNetworks: true,
  retentionDays: 90,
  streams: { retentionDays: 7, heartbeatMs: 15_000, maxConnections: 10_000 },
  passwordCost: 10,
  accessTokenMinutes: 10,
  sessionDays: 30,
  bus: { topic: null, allowedTopics: ['{workspace}.*'] },
  rateLimits: {
    ipPerMinute: 1_000_000,
    keyPerMinute: 10_000_000,
    workspacePerMinute: 10_000_000,
    signInPerMinute: 100_000,
  },
};

/** Boots the whole product on a fresh database with a clock that stands still and mails that are caught. Close it when done. */
export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  const clock = options.clock ?? createTestClock();
  const mailbox = createMailbox(clock, silentLog);
  const { database: wanted = 'embedded' } = options;
  const database = typeof wanted === 'string' ? await openTestDatabase(wanted) : wanted;
  const app = await createApp({
    database,
    secrets: ['a master secret that only tests use, 32+ chars'],
    settings: { ...testSettings, ...options.settings },
    log: silentLog,
    clock,
    mailer: mailbox,
    ...(options.bus ? { bus: options.bus } : {}),
    ...(options.providers ? { providers: options.providers } : {}),
    ...(options.standIns ? { standIns: options.standIns } : {}),
    timers: options.timers ?? true,
    checkAnswers: true,
    migrate: false,
  });
  let listening: Promise<number> | undefined;

  async function call(
    method: string,
    path: string,
    { as, body, headers = {}, raw }: CallOptions = {},
  ): Promise<Answer> {
    const token = as === undefined ? tested.home.key : as;
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await app.http.inject({
      method: method as 'GET',
      url: path,
      headers: {
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(payload === undefined ? {} : { payload }),
    });
    const isJson = String(response.headers['content-type'] ?? '').includes('json');
    return { status: response.statusCode, body: isJson ? response.json() : response.body, headers: response.headers };
  }

  async function newWorkspace(): Promise<TestWorkspace> {
    if (!app.http.hasRoute({ method: 'POST', url: '/v1/auth/sign-up' })) return bareWorkspace();
    const email = `${randomBytes(6).toString('hex')}@example.com`;
    const signedUp = must(
      await call('POST', '/v1/auth/sign-up', {
        as: null,
        body: { email, password: 'correct horse battery', name: 'Olga Owner', workspaceName: `Workspace ${email}` },
      }),
    );
    const token: string = signedUp.body.accessToken;
    const key = must(await call('POST', '/v1/api-keys', { as: token, body: { name: 'tests' } }));
    const { workspaceId, memberId, refreshToken } = signedUp.body;
    return knownWorkspace({ id: workspaceId, key: key.body.secret }, { token, memberId, email, refreshToken });
  }

  function knownWorkspace(
    { id, key }: Pick<TestWorkspace, 'id' | 'key'>,
    owner: TestWorkspace['owner'] = { token: '', memberId: '', email: '', refreshToken: '' },
  ): TestWorkspace {
    return {
      id,
      key,
      owner,
      async user(userId) {
        const path = `/v1/users/${encodeURIComponent(userId)}/tokens`;
        return must(await call('POST', path, { as: key, body: { ttlMinutes: 1440 } })).body.token;
      },
      async member(role = 'member') {
        const address = `${randomBytes(6).toString('hex')}@example.com`;
        must(await call('POST', '/v1/invitations', { as: owner.token, body: { email: address, role } }));
        const mail = mailbox.mails().find((one) => one.to === address);
        const invitation = /invitations\/([\w-]+)/.exec(mail?.text ?? '')?.[1];
        const accepted = must(
          await call('POST', '/v1/invitations/accept', {
            as: null,
            body: { token: invitation, name: 'Max Member', password: 'correct horse battery' },
          }),
        );
        return { token: accepted.body.accessToken, memberId: accepted.body.memberId, email: address };
      },
    };
  }

  async function bareWorkspace(): Promise<TestWorkspace> {
    const { id, secret } = await app.runtime.db.inSystem(async (tx) => {
      const work = { ...app.runtime, tx };
      const { workspaceId } = await createWorkspace(work, { name: 'Bare' });
      const made = await issueApiKey(work, {
        workspaceId,
        name: 'tests',
        permissions: Permission.options,
        kind: 'live',
      });
      return { id: workspaceId, secret: made.secret };
    });
    return {
      id,
      key: secret,
      owner: { token: '', memberId: '', email: '', refreshToken: '' },
      user: async (userId) => (await mintUserToken(app.runtime, id, userId, 1440)).token,
      member: () => Promise.reject(new Error('accounts has no operations yet')),
    };
  }

  const tested: TestApp = Object.assign(Object.create(app), {
    ...app,
    clock,
    get mails() {
      return mailbox.mails();
    },
    home: undefined as unknown as TestWorkspace,
    newWorkspace,
    call,
    async url() {
      listening ??= app.listen({ host: '127.0.0.1', port: 0 });
      return `http://127.0.0.1:${await listening}`;
    },
    advance: (by: string) => advance(tested, by),
  });
  Object.assign(tested, { home: options.home ? knownWorkspace(options.home) : await newWorkspace() });
  return tested;
}

function must(answer: Answer): Answer {
  if (answer.status >= 400)
    throw new Error(`a test could not be arranged: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}
