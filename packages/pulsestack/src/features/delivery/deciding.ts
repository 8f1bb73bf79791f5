import {
  type Channel,
  type Decision,
  type MessageContent,
  type Priority,
  REASONS,
  type ReasonCode,
} from '@pulsestack/core';
import type { Context } from '../../kernel/context.ts';
import { findUsers } from '../audience/index.ts';
import {
  cadenceOf,
  countSend,
  decide,
  isCritical,
  loadCapUsage,
  loadPreferences,
  recordSends,
  type Subject,
} from '../preferences/index.ts';
import { addressOf } from './rules.ts';
import { lastDigests } from './store/digests.ts';
import { connectedChannels } from './store/integrations.ts';

/** What is asked about. */
export interface Question {
  userId: string;
  category: string;
  workflow: string | null;
  priority: Priority;
  critical: boolean;
  content: { channel: MessageContent['channel'] };
  sendAt?: Date | undefined;
  expiresAt?: Date | undefined;
  /** A digest does not join another one. */
  isDigest?: boolean;
}

/** What is to become of a message, and where it would go. */
export interface Outcome {
  decision: Decision;
  address: string | null;
  /** Its sender, its workflow or its category says that nobody may turn it off. */
  critical: boolean;
}

/**
 * Decides about messages, one after the other, so that each counts against the caps of those behind it. With `record` what is
 * sent is counted for good; without, as for explanations, nothing changes.
 */
export async function decideAll(
  ctx: Pick<Context, 'tx' | 'workspaceId' | 'clock' | 'providers' | 'standIns'>,
  questions: readonly Question[],
  options: { record: boolean },
): Promise<Outcome[]> {
  if (questions.length === 0) return [];
  const { tx, workspaceId } = ctx;
  const now = ctx.clock.now();
  const userIds = [...new Set(questions.map((question) => question.userId))];
  const users = new Map((await findUsers(tx, workspaceId, userIds)).map((user) => [user.id, user]));
  const connected = await connectedChannels(ctx);
  const wishes = await loadPreferences(tx, workspaceId, userIds);
  const inDigests = questions.filter(({ userId, category }) => {
    const wish = wishes.get(userId);
    return wish !== undefined && cadenceOf(wish, category).every !== 'instant';
  });
  const readers = [...new Set(inDigests.map((question) => question.userId))];
  const marks = readers.length > 0 ? await lastDigests(tx, workspaceId, readers) : [];
  const last = new Map(marks.map((mark) => [`${mark.channel} ${mark.category} ${mark.user_id}`, mark.at]));
  const subjects = questions.map((question): Subject => {
    const { userId, category, workflow, priority, critical, sendAt, content } = question;
    const user = users.get(userId);
    const address = user ? addressOf(content.channel, user) : null;
    const { channel } = content;
    const lastDigestAt = last.get(`${channel} ${category} ${userId}`);
    return { userId, channel, address, category, workflow, priority, critical, at: now, sendAt, lastDigestAt };
  });
  const usage = await loadCapUsage(tx, workspaceId, subjects);
  const sends: { userId: string; channel: Channel; category: string; at: Date }[] = [];
  const outcomes = questions.map((question, i): Outcome => {
    const subject = subjects[i] as Subject;
    const { address, channel } = subject;
    const wish = wishes.get(subject.userId);
    const critical = wish ? isCritical(wish.rules, subject) : subject.critical;
    const become = (decision: Decision): Outcome => ({ address, decision, critical });
    if (question.expiresAt && question.expiresAt <= now) return become(skip('message.expired'));
    if (!wish?.known) return become(skip('user.unknown'));
    const decision = leave(decide(wish, subject, usage), question);
    if (decision.outcome === 'skip') return become(decision);
    // The person comes first: who wants no SMS is not told that there would be no provider for it.
    if (address === null) return become({ ...skip('user.no_address'), lines: decision.lines });
    if (!connected.has(channel)) return become({ ...skip('channel.no_provider'), lines: decision.lines });
    if (decision.outcome === 'send') {
      countSend(usage, subject, now);
      sends.push({ userId: subject.userId, channel, category: subject.category, at: now });
    }
    return become(decision);
  });
  if (options.record) await recordSends(tx, workspaceId, sends);
  return outcomes;
}

/** A digest is what the cadence waited for. */
function leave(decision: Decision, { isDigest }: Question): Decision {
  return isDigest && decision.outcome === 'digest' ? { outcome: 'send', lines: decision.lines } : decision;
}

function skip(code: ReasonCode): Extract<Decision, { outcome: 'skip' }> {
  return { outcome: 'skip', code, lines: [] };
}

/** The reason in words: what the layer that decided said, or what the code means. */
export function sentenceOf(code: ReasonCode | null, lines: Decision['lines']): string | null {
  if (code === null) return null;
  return lines.find((line) => line.code === code)?.sentence ?? REASONS[code];
}
