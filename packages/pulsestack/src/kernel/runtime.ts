import type { IdKind } from '@pulsestack/core';
import type { Bus } from '../ports/bus.ts';
import type { Provider } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database } from '../ports/database.ts';
import type { Log } from '../ports/log.ts';
import type { MailCompiler } from '../ports/mail-compiler.ts';
import type { Mailer } from '../ports/mailer.ts';
import type { PubSub } from '../ports/pubsub.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { TemplateEngine } from '../ports/template-engine.ts';
import type { Seal } from './seal.ts';
import type { TenantDatabase } from './tenancy.ts';

/** What the features may know of the configuration. */
export interface Settings {
  /** The address people reach this installation at, without a trailing slash. */
  publicUrl: string;
  /** Development conveniences are on: open sign-up, development key, mailbox. Only ever true on loopback. */
  development: boolean;
  signUp: 'open' | 'invited';
  /** Addresses that users name may be on private networks and this machine. */
  allowPrivateNetworks: boolean;
  retentionDays: number;
  streams: { retentionDays: number; heartbeatMs: number; maxConnections: number };
  /** Cost of password hashing as a power of two; tests lower it. */
  passwordCost: number;
  accessTokenMinutes: number;
  sessionDays: number;
  bus: {
    /** Gets the events of every workspace; null when there is none. */
    topic: string | null;
    /** Patterns of topics that a workspace may use; `{workspace}` stands for its id. */
    allowedTopics: readonly string[];
  };
  rateLimits: { ipPerMinute: number; keyPerMinute: number; workspacePerMinute: number; signInPerMinute: number };
}

/** A provider that is there without having been connected. */
export interface StandIn {
  provider: string;
  credentials: Record<string, unknown>;
  settings: Record<string, unknown>;
}

/** The running product, as the features see it. One per process; tests build their own. */
export interface Runtime {
  settings: Settings;
  database: Database;
  db: TenantDatabase;
  clock: Clock;
  log: Log;
  pubsub: PubSub;
  bus: Bus;
  mailer: Mailer;
  seal: Seal;
  telemetry: Telemetry;
  templates: TemplateEngine;
  mailCompiler: MailCompiler;
  /** Every provider that can be connected. */
  providers: readonly Provider[];
  /** Carry the messages of channels for which a workspace has connected nothing; in development only. */
  standIns: readonly StandIn[];
  newId(kind: IdKind): string;
  randomBytes(size: number): Buffer;
}

/** Something that lives as long as the process and must be closed: a cache, a batcher, a hub. */
export interface Resource<T> {
  /** The one instance of this runtime, made on first use. */
  of(runtime: Runtime): T;
}

interface Living {
  close?(): Promise<void> | void;
}

const living = new WeakMap<object, Map<symbol, unknown>>();

/** Declares a resource of a room: `const publisher = resource((runtime) => createPublisher(runtime))`. */
export function resource<T extends object>(create: (runtime: Runtime) => T): Resource<T> {
  const key = Symbol('resource');
  return {
    of(runtime) {
      // A context is a runtime with a request; the database handle is what both share.
      const owner = runtime.db;
      let all = living.get(owner);
      if (!all) living.set(owner, (all = new Map()));
      if (!all.has(key)) all.set(key, create(runtime));
      return all.get(key) as T;
    },
  };
}

/** Closes every resource of a runtime, the youngest first. */
export async function closeResources(runtime: Runtime): Promise<void> {
  const all = [...(living.get(runtime.db)?.values() ?? [])].reverse();
  living.delete(runtime.db);
  for (const one of all) await (one as Living).close?.();
}
