import { createTickets, type Grant, type Tickets } from 'pushstream';
import { type Runtime, resource } from '../../kernel/runtime.ts';

const TTL_MS = 60_000;

/** Tickets of all workspaces of this installation; every process accepts those of the others. */
const all = resource((runtime: Runtime) => ({
  tickets: createTickets({
    secret: (runtime.seal.digests('stream tickets', 'streams')[0] as Buffer).toString('base64url'),
    ttlMs: TTL_MS,
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
    issue: (grant) => issueTicket(runtime, workspaceId, grant),
    admit(ticket, request) {
      const admission = tickets.admit(ticket.slice(ticket.indexOf('~') + 1), request);
      return admission?.grant.meta?.workspace === workspaceId ? admission : null;
    },
    revoke: (match) => tickets.revoke(match),
  };
}

/** Refuses what was issued to whoever has lost the right to read. */
export function revokeTickets(
  runtime: Runtime,
  { kind, id, workspaceId }: { kind: 'session' | 'user' | 'key' | 'workspace'; id: string; workspaceId: string },
): void {
  all.of(runtime).tickets.revoke(({ meta }) => {
    if (kind === 'session') return meta?.session === id;
    return meta?.workspace === workspaceId && (kind === 'workspace' || meta[kind] === id);
  });
}
