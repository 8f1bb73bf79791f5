import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Clock, systemClock } from './clock.ts';
import type { Connection } from './contract.ts';
import type { Grant } from './http.ts';
import { findCookie } from './request.ts';

export interface TicketsOptions {
  /** The same in every process that should accept the others' tickets. Default: a random one, for this process alone. */
  secret?: string;
  /** How long a ticket waits for its first use, at most 600,000. Default: 60,000. */
  ttlMs?: number;
  /** How long the connection may come back with it, unless the grant ends before. Default: 43,200,000 (12 hours). */
  lifetimeMs?: number;
  clock?: Clock;
}

/** What a ticket opens; `expiresAt` is always set. */
export interface TicketGrant extends Grant {
  expiresAt: number;
}

export interface Admission {
  grant: TicketGrant;
  /** What proves, when it comes back, that it is the same connection: a value for Set-Cookie. */
  cookie: string;
  /** False when it was revoked, or used by another, since it was admitted. */
  stillValid(): boolean;
  opened(connection: Connection): void;
}

/**
 * Tickets for readers that cannot send a header, such as a bare `EventSource`: fetched with the reader's real credentials,
 * put in the address, good for one connection.
 */
export interface Tickets {
  /** Makes a ticket. Put it in the address: `new EventSource('/events?ticket=' + ticket)`. */
  issue(grant: Grant): string;
  /** Accepts a ticket for a request, or returns `null`. `serveEvents` asks this. */
  admit(ticket: string, request: IncomingMessage): Admission | null;
  /** Refuses the tickets issued until now whose grant matches, and closes what they opened. Returns the connections closed. */
  revoke(match: (grant: TicketGrant) => boolean): number;
}

const MAX_TTL_MS = 600_000;
// A first connection that broke sooner may never have reached the client, who then comes again as if for the first time.
const SETTLE_MS = 2_000;

interface Sealed {
  id: string;
  issuedAt: number;
  grant: TicketGrant;
}

interface Use {
  grant: TicketGrant;
  firstAt: number;
  connection: Connection;
}

export function createTickets(options: TicketsOptions = {}): Tickets {
  const clock = options.clock ?? systemClock;
  const ttlMs = Math.min(options.ttlMs ?? 60_000, MAX_TTL_MS);
  const lifetimeMs = options.lifetimeMs ?? 43_200_000;
  const key = createHash('sha256')
    .update(options.secret ?? randomBytes(32))
    .digest();
  const uses = new Map<string, Use>();
  let revocations: { match: (grant: TicketGrant) => boolean; at: number }[] = [];
  let pruneAt = 1_024;

  /** What no ticket can need any more. */
  function prune(now: number): void {
    revocations = revocations.filter(({ at }) => at + lifetimeMs > now);
    for (const [id, { grant }] of uses) if (grant.expiresAt <= now) uses.delete(id);
    pruneAt = Math.max(1_024, 2 * uses.size);
  }

  const isRevoked = ({ issuedAt, grant }: Sealed) =>
    revocations.some(({ match, at }) => issuedAt <= at && match(grant));

  return {
    issue(grant) {
      const now = clock.now();
      const ticket: Sealed = {
        id: randomBytes(9).toString('base64url'),
        issuedAt: now,
        grant: { ...grant, expiresAt: Math.min(grant.expiresAt ?? Number.POSITIVE_INFINITY, now + lifetimeMs) },
      };
      return seal(key, JSON.stringify(ticket));
    },

    admit(text, request) {
      const now = clock.now();
      const ticket = open(key, text);
      if (!ticket || ticket.grant.expiresAt <= now || isRevoked(ticket)) return null;
      const { id, grant } = ticket;
      const cookie = `pushstream-${id}`;
      const conn = createHmac('sha256', key).update(id).digest('base64url');
      const returns = same(findCookie(request, cookie), conn);
      const use = uses.get(id);
      if (!returns && (now > ticket.issuedAt + ttlMs || (use && !isUnsettled(use, now)))) return null;
      const secure =
        'encrypted' in request.socket || request.headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
      const maxAge = Math.ceil((grant.expiresAt - now) / 1_000);
      if (uses.size >= pruneAt) prune(now);
      const before = use?.connection;
      return {
        grant,
        cookie: `${cookie}=${conn}; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure}`,
        stillValid: () => !isRevoked(ticket) && (returns || uses.get(id)?.connection === before),
        opened(connection) {
          const known = uses.get(id);
          // One at a time; the one before is the client's own, whose end was not yet noticed.
          known?.connection.close('gone');
          uses.set(id, { grant, connection, firstAt: returns && known ? known.firstAt : now });
        },
      };
    },

    revoke(match) {
      const now = clock.now();
      prune(now);
      revocations.push({ match, at: now });
      let closed = 0;
      for (const { grant, connection } of uses.values()) {
        if (connection.state === 'closed' || connection.state === 'closing' || !match(grant)) continue;
        connection.close('expired');
        closed += 1;
      }
      return closed;
    },
  };
}

/** The first connection is gone before it could be sure to have arrived. */
function isUnsettled({ connection, firstAt }: Use, now: number): boolean {
  return now - firstAt < SETTLE_MS && connection.state === 'closed';
}

function seal(key: Buffer, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

function open(key: Buffer, text: string): Sealed | null {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length <= 28) return null;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
    decipher.setAuthTag(bytes.subarray(12, 28));
    return JSON.parse(decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8'));
  } catch {
    return null;
  }
}

function same(given: string | null, wanted: string): boolean {
  if (given === null) return false;
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
