import {
  createTickets,
  type Grant,
  type KeptTicket,
  type TicketGrant,
  type Tickets,
  type TicketUses,
} from 'pushstream';
import { ProductError } from '../../kernel/errors.ts';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import { sql } from '../../kernel/sql.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import { principalOf } from '../accounts/index.ts';
import { grantOf } from './access.ts';

const TTL_MS = 60_000;

/** Tickets of all workspaces of this installation; every process accepts those of the others. */
const all = resource((runtime: Runtime) => ({
  tickets: createTickets({
    secret: (runtime.seal.digests('stream tickets', 'streams')[0] as Buffer).toString('base64url'),
    ttlMs: TTL_MS,
    isRevoked: (ticket) => isRevoked(runtime, ticket),
    uses: usesOf(runtime),
    clock: { now: () => runtime.clock.nowMs(), every: () => () => {} },
  }),
}));

/** A ticket for one connection: `<workspace>~<sealed>`. */
export function issueTicket(runtime: Runtime, workspaceId: string, grant: Grant): string {
  return `${workspaceId}~${all.of(runtime).tickets.issue({ ...grant, meta: { ...grant.meta, workspace: workspaceId } })}`;
}

/** The workspace that a ticket says it is for; the ticket itself is judged when it is used. */
export function workspaceOfTicket(ticket: string): string | null {
  return /^(wsp_[0-9a-z]{26})~/.exec(ticket)?.[1] ?? null;
}

/** The tickets as the streams of one workspace accept them. */
export function ticketsOf(runtime: Runtime, workspaceId: string): Tickets {
  const { tickets } = all.of(runtime);
  return {
    ...tickets,
    issue: (grant) => issueTicket(runtime, workspaceId, grant),
    async admit(ticket, request) {
      const admission = await tickets.admit(ticket.slice(ticket.indexOf('~') + 1), request);
      return admission?.grant.meta?.workspace === workspaceId ? admission : null;
    },
  };
}

/**
 * A ticket is worth what a token of that moment would be now: it ends with the session, with the user, with the
 * subscription to one of its topics, and whenever its holder may read less than it says. Nothing of that is in memory only.
 */
async function isRevoked(
  runtime: Runtime,
  { grant, issuedAt }: { grant: TicketGrant; issuedAt: number },
): Promise<boolean> {
  const { workspace: workspaceId = '', user = '', session, topics } = grant.meta ?? {};
  const said = { workspaceId, issuedAtMs: issuedAt, expiresAtMs: grant.expiresAt };
  try {
    const principal = await principalOf(
      runtime,
      session === undefined
        ? { audience: 'user', userId: user, ...said }
        : { audience: 'member', memberId: user, sessionId: session, ...said },
    );
    const current = await grantOf({ db: runtime.db, principal, workspaceId }, topics?.split(' ') ?? []);
    return !grant.streams.every((stream) => current.streams.includes(stream));
  } catch (error) {
    if (error instanceof ProductError && error.status < 500) return true;
    throw error;
  }
}

/** Used tickets are rows, so that all processes together open one connection for each. */
function usesOf(runtime: Runtime): TicketUses {
  const inWorkspace = ({ grant }: KeptTicket, statement: (workspaceId: string) => ReturnType<typeof sql>) => {
    const workspaceId = grant.meta?.workspace ?? '';
    return runtime.db.inWorkspace(workspaceId, (tx) => tx.run(statement(workspaceId)));
  };
  return {
    async take(ticket) {
      const taken = await inWorkspace(
        ticket,
        (workspaceId) => sql`
          insert into stream_tickets (workspace_id, id, usable_until)
          values (${workspaceId}, ${ticket.id}, ${new Date(ticket.usableUntil)})
          on conflict (workspace_id, id) do update
          set free_until = null
          where stream_tickets.free_until > ${runtime.clock.now()}`,
      );
      return taken === 1;
    },
    async giveBack(ticket, until) {
      await inWorkspace(
        ticket,
        (workspaceId) => sql`
          update stream_tickets set free_until = ${new Date(until)}
          where workspace_id = ${workspaceId} and id = ${ticket.id}`,
      );
    },
  };
}

/** Forgets tickets that nobody can use for the first time any more. */
export async function forgetUnusable(tx: Transaction, now: Date): Promise<void> {
  // The clocks of two processes may differ by as much.
  await tx.run(sql`delete from stream_tickets where usable_until < ${new Date(now.getTime() - 10 * TTL_MS)}`);
}
