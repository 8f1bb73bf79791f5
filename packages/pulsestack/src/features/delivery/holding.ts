import { type Decision, PRIORITIES, REASONS } from '@pulsestack/core';
import type { Context } from '../../kernel/context.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import { chooseWinners } from '../preferences/index.ts';
import { decideAll, type Outcome, type Question } from './deciding.ts';
import { act, stateOf } from './enqueue.ts';
import { type HeldRow, postponeHolds, takeCapped, takeDueHolds, workspacesWithDueHolds } from './store/holding.ts';
import { type MessageRow, moveMessages } from './store/messages.ts';
import { removeWaiting } from './store/queue.ts';
import { workOffDue } from './work-off.ts';

const PAGE = 200;

/** Releases messages whose waiting is over, a page of each workspace; true when more may be waiting. */
export function releaseDue(runtime: Runtime): Promise<boolean> {
  return workOffDue(runtime, {
    name: 'held messages',
    page: PAGE,
    workspaces: workspacesWithDueHolds,
    take: takeDueHolds,
    run: release,
    postpone: (tx, workspaceId, due, tryAt) =>
      postponeHolds(
        tx,
        workspaceId,
        due.map((message) => message.id),
        tryAt,
      ),
  });
}

/**
 * Decides again about what has waited, because the night may have changed everything: the user may have unsubscribed, the
 * address come back, the next quiet hours begun. What waited for a place under a cap competes for it with everything else that
 * waits for one: the most important goes, and the rest joins the digest instead of waiting for ever.
 */
async function release(ctx: Context, due: readonly HeldRow[]): Promise<void> {
  const { tx, workspaceId } = ctx;
  // One that failed before goes alone, so that it spoils nothing for the others.
  const capped = due.filter((message) => isCapped(message) && message.tries === 0);
  const rivals = await takeCapped(tx, workspaceId, [...new Set(capped.map((message) => message.user_id))], PAGE);
  const pending = [...new Map([...due, ...rivals].map((message) => [message.id, message])).values()];
  const ranked = rank(pending);
  const outcomes = await decideAll(ctx, ranked.map(toQuestion), { record: true });
  const decided = ranked.map((message, i) => {
    const { decision, address } = outcomes[i] as Outcome;
    const final = isCapped(message) ? withoutSecondWait(message, decision) : decision;
    return { ...message, address, ...stateOf(ctx, message.channel, final) };
  });
  await removeWaiting(
    tx,
    workspaceId,
    decided.map((message) => message.id),
  );
  await moveMessages(tx, workspaceId, decided);
  await act(ctx, decided);
}

function rank(messages: readonly MessageRow[]): MessageRow[] {
  const pending = messages.map((message) => ({
    message,
    priority: PRIORITIES[message.priority] ?? 'normal',
    createdAt: message.created_at,
  }));
  return chooseWinners(pending, pending.length).winners.map(({ message }) => message);
}

/** Who lost the place to a more important message does not wait for the next one: it joins the digest. */
function withoutSecondWait(message: MessageRow, decision: Decision): Decision {
  const code = 'digest.attention_budget';
  const bundles = message.channel !== 'in_app' && message.channel !== 'webhook' && !message.is_digest;
  if (!bundles || decision.outcome !== 'hold' || !decision.code.startsWith('cap.')) return decision;
  const line = { layer: 'digest' as const, verdict: 'digest' as const, code, sentence: REASONS[code] };
  return { outcome: 'digest', code, until: decision.until, lines: [...decision.lines, line] } as Decision;
}

const isCapped = ({ reason }: MessageRow) => reason?.startsWith('cap.') ?? false;

export function toQuestion(message: MessageRow): Question {
  return {
    userId: message.user_id,
    category: message.category,
    workflow: message.workflow,
    priority: PRIORITIES[message.priority] ?? 'normal',
    critical: message.critical,
    content: { channel: message.channel },
    expiresAt: message.expires_at ?? undefined,
    isDigest: message.is_digest,
  };
}
