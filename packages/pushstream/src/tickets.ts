import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Clock, systemClock } from './clock.ts';
import type { Connection } from './contract.ts';
import type { Grant } from './http.ts';
import { findCookie } from './request.ts';
import { createMemoryUses, type KeptTicket, type TicketUses } from './ticket-uses.ts';
import { Belongings, Revocations, type Whose } from './whose.ts';

export interface TicketsOptions {
  /** The same in every process that should accept the others' tickets. Default: a random one, for this process alone. */
  secret?: string;
  /** How long a ticket waits for its first use, at most 600,000. Default: 60,000. */
  ttlMs?: number;
  /** How long the connection may come back with it, unless the grant ends before. Default: 43,200,000 (12 hours). */
  lifetimeMs?: number;
  /**
   * Asked whenever a ticket is shown, besides what `revoke` was told: has the right behind it ended? What `revoke` was told
   * is in memory; this is how a revocation holds after a restart and in other processes.
   */
  isRevoked?: (ticket: { grant: TicketGrant; issuedAt: number }) => boolean | Promise<boolean>;
  /** Where it is kept which tickets were used. Default: in memory, for this process alone. */
  uses?: TicketUses;
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
  /** Whether it is a connection that comes back, and proves it. */
  returns: boolean;
  /** Takes the ticket for this connection; false when another was faster, or it was revoked meanwhile. Call `ended` afterwards. */
  take(): Promise<boolean>;
  opened(connection: Connection): void;
  ended(): void;
}

/**
 * Tickets for readers that cannot send a header, such as a bare `EventSource`: fetched with the reader's real credentials,
 * put in the address, good for one connection.
 */
export interface Tickets {
  /** Makes a ticket. Put it in the address: `new EventSource('/events?ticket=' + ticket)`. */
  issue(grant: Grant): string;
  /** Accepts a ticket for a request, or resolves to `null`. `serveEvents` asks this. */
  admit(ticket: string, request: IncomingMessage): Promise<Admission | null>;
  /**
   * Refuses the tickets issued until now whose grant has all of these in its `meta` (`{}`: every ticket), and closes what
   * they opened here. Returns the connections closed.
   */
  revoke(whose: Whose): number;
}

const MAX_TTL_MS = 600_000;
// A first connection that broke sooner may never have reached the client, who then comes again as if for the first time.
const SETTLE_MS = 2_000;

interface Sealed {
  id: string;
  issuedAt: number;
  grant: TicketGrant;
}

export function createTickets(options: TicketsOptions = {}): Tickets {
  const clock = options.clock ?? systemClock;
  const ttlMs = Math.min(options.ttlMs ?? 60_000, MAX_TTL_MS);
  const lifetimeMs = options.lifetimeMs ?? 43_200_000;
  const uses = options.uses ?? createMemoryUses(clock);
  const key = createHash('sha256')
    .update(options.secret ?? randomBytes(32))
    .digest();
  const revocations = new Revocations();
  const open = new Map<string, Connection>();
  const owners = new Belongings<Connection>();

  function close(id: string, connection: Connection): void {
    if (open.get(id) === connection) open.delete(id);
    owners.delete(connection);
  }

  function admission(ticket: Sealed, returns: boolean, secure: boolean): Admission {
    const { id, grant } = ticket;
    const kept: KeptTicket = { id, grant, usableUntil: ticket.issuedAt + ttlMs };
    const maxAge = Math.ceil((grant.expiresAt - clock.now()) / 1_000);
    let firstAt: number | null = null;
    let own: Connection | null = null;
    return {
      grant,
      returns,
      cookie: `pushstream-${id}=${proofOf(key, id)}; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`,
      async take() {
        if (!returns) {
          if (!(await uses.take(kept))) return false;
          firstAt = clock.now();
        }
        return !revocations.concern(grant.meta, ticket.issuedAt);
      },
      opened(connection) {
        own = connection;
        const before = open.get(id);
        open.set(id, connection);
        owners.add(connection, grant.meta);
        // One at a time; the one before is the client's own, whose end was not yet noticed.
        before?.close('gone');
      },
      ended() {
        if (own) close(id, own);
        // Lost, it costs a client whose first connection broke another ticket.
        if (firstAt !== null && clock.now() - firstAt < SETTLE_MS)
          uses.giveBack(kept, firstAt + SETTLE_MS).catch(() => {});
      },
    };
  }

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

    async admit(text, request) {
      const now = clock.now();
      const ticket = unseal(key, text);
      if (!ticket || ticket.grant.expiresAt <= now) return null;
      const returns = same(findCookie(request, `pushstream-${ticket.id}`), proofOf(key, ticket.id));
      if (!returns && now > ticket.issuedAt + ttlMs) return null;
      if (revocations.concern(ticket.grant.meta, ticket.issuedAt)) return null;
      if (await options.isRevoked?.({ grant: ticket.grant, issuedAt: ticket.issuedAt })) return null;
      return admission(
        ticket,
        returns,
        'encrypted' in request.socket || request.headers['x-forwarded-proto'] === 'https',
      );
    },

    revoke(whose) {
      const now = clock.now();
      // No ticket lives longer.
      revocations.forget(now - lifetimeMs);
      revocations.add(whose, now);
      let closed = 0;
      for (const connection of owners.of(whose)) {
        owners.delete(connection);
        if (connection.state === 'closed' || connection.state === 'closing') continue;
        connection.close('expired');
        closed += 1;
      }
      return closed;
    },
  };
}

/** What whoever opened the first connection can show when it comes back. */
function proofOf(key: Buffer, id: string): string {
  return createHmac('sha256', key).update(id).digest('base64url');
}

function seal(key: Buffer, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

function unseal(key: Buffer, text: string): Sealed | null {
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
