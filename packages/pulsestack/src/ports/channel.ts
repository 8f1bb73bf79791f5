import type { Channel, MessageContent } from '@pulsestack/core';
import type { z } from 'zod';
import type { HttpClient } from './http-client.ts';

/** A message on its way to a provider. */
export interface OutgoingMessage {
  id: string;
  workspaceId: string;
  userId: string;
  /** The address in the terms of the channel. */
  to: string;
  category: string;
  workflow: string | null;
  content: MessageContent;
  createdAt: Date;
  /** Where one click ends messages of this kind (RFC 8058). */
  unsubscribeUrl: string | null;
}

/**
 * What a provider said. `address`: nobody is there, so nothing is to be sent there again. `content`: this message, not the
 * address. `auth`: our credentials. A refusal is for good; `retry` asks for another time.
 */
export type SendOutcome =
  | { outcome: 'accepted'; id: string | null; status?: number; detail?: string }
  | {
      outcome: 'refused';
      class: 'address' | 'content' | 'auth' | 'other';
      status?: number;
      detail: string;
      /** The other side wants nothing more, ever: the integration is switched off. */
      gone?: boolean;
    }
  | {
      outcome: 'retry';
      class: 'rate' | 'server' | 'network';
      status?: number;
      detail: string;
      retryAfterMs?: number;
    };

export interface SendOptions {
  /** The same for every try of one message. */
  idempotencyKey: string;
  signal: AbortSignal;
}

/** An open way to a provider: sockets and sessions live here. */
export interface Connection {
  /** Never rejects for what the provider or the network does; secrets never stand in `detail`. */
  send(message: OutgoingMessage, options: SendOptions): Promise<SendOutcome>;
  close(): Promise<void> | void;
}

/** What connections stand on. */
export interface Tools {
  http: HttpClient;
  nowMs(): number;
}

/** A vendor or protocol that carries messages, as data. */
export interface Provider {
  id: string;
  channel: Channel;
  name: string;
  credentials: z.ZodObject;
  settings: z.ZodObject;
  /** How many messages are on their way at once. */
  concurrency: number;
  /** What may be shown of the credentials. */
  hints(credentials: Record<string, unknown>): Record<string, string>;
  /** Credentials and settings were checked by the schemas. */
  connect(config: { credentials: unknown; settings: unknown }, tools: Tools): Connection;
}

/** Declares a provider; its connection gets what the schemas read. */
export function provider<C extends z.ZodObject, S extends z.ZodObject>(spec: {
  id: string;
  channel: Channel;
  name: string;
  credentials: C;
  settings: S;
  concurrency?: number;
  hints?(credentials: z.output<C>): Record<string, string>;
  connect(config: { credentials: z.output<C>; settings: z.output<S> }, tools: Tools): Connection;
}): Provider {
  return {
    concurrency: 16,
    ...spec,
    hints: (credentials) => spec.hints?.(spec.credentials.parse(credentials)) ?? lastFours(credentials),
    connect: (config, tools) =>
      spec.connect(
        { credentials: spec.credentials.parse(config.credentials), settings: spec.settings.parse(config.settings) },
        tools,
      ),
  };
}

const MIN_SECRET_CHARS = 12;

/** The last four characters of a secret that is long enough to keep the rest unguessable. */
export function lastFour(secret: string): string {
  return secret.length < MIN_SECRET_CHARS ? '••••' : `••••${secret.slice(-4)}`;
}

function lastFours(credentials: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(credentials).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, lastFour(value)]] : [],
    ),
  );
}

const MAX_DETAIL_CHARS = 500;

/** What the other side said, short and without our secrets, which some servers repeat. */
export function detailOf(text: string, secrets: readonly (string | undefined)[] = []): string {
  let clean = text.replaceAll(/\s+/g, ' ').trim();
  for (const secret of secrets) {
    if (!secret) continue;
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
      clean = clean.replaceAll(form, '••••');
  }
  // What a stranger answers is kept with the results of others: the database takes neither NUL nor half a character.
  return clean.replaceAll('\u0000', '\uFFFD').slice(0, MAX_DETAIL_CHARS).toWellFormed();
}
