import type { Channel, Decision, Priority } from '@pulsestack/core';
import type { Context } from '../../kernel/context.ts';
import { notFound } from '../../kernel/errors.ts';
import { findTopic, listSubscribers, userIdsAfter } from '../audience/index.ts';
import { decideAll, type Outcome, sentenceOf } from './deciding.ts';

const PAGE = 500;

export interface Explained {
  channels: Channel[];
  category: string;
  workflow: string | null;
  priority: Priority;
  critical: boolean;
  sendAt?: Date | undefined;
}

/** What would become of a message to one user, channel by channel. Nothing is sent and nothing counted. */
export async function explainOne(ctx: Context, userId: string, asked: Explained) {
  const outcomes = await decideFor(ctx, [userId], asked);
  return outcomes.map(({ channel, outcome: { address, decision } }) => ({
    channel,
    to: address,
    decision,
    sentence: decision.outcome === 'send' ? null : sentenceOf(decision.code, decision.lines),
  }));
}

export interface Histogram {
  channel: Channel;
  outcome: Decision['outcome'];
  code: string | null;
  sentence: string | null;
  users: number;
  /** A few of them, to look closer. */
  examples: string[];
}

/** How many of an audience would get a message, and what keeps it from the others; at most `limit` of them are asked about. */
export async function explainMany(
  ctx: Context,
  audience: { users: string[] } | { topic: string } | { everyone: true },
  asked: Explained,
  limit: number,
): Promise<{ examined: number; complete: boolean; reasons: Histogram[] }> {
  const counted = new Map<string, Histogram>();
  let examined = 0;
  let after = '';
  let complete = false;
  while (examined < limit) {
    const size = Math.min(PAGE, limit - examined);
    const ids = await membersAfter(ctx, audience, after, size, examined);
    for (const { channel, userId, outcome } of await decideFor(ctx, ids, asked))
      count(counted, channel, userId, outcome);
    examined += ids.length;
    after = ids.at(-1) ?? after;
    if (ids.length < size) {
      complete = true;
      break;
    }
  }
  if (!complete) complete = (await membersAfter(ctx, audience, after, 1, examined)).length === 0;
  return { examined, complete, reasons: [...counted.values()].sort((a, b) => b.users - a.users) };
}

async function decideFor(ctx: Context, userIds: readonly string[], asked: Explained) {
  const { channels, ...subject } = asked;
  const questions = userIds.flatMap((userId) =>
    channels.map((channel) => ({ ...subject, userId, content: { channel } })),
  );
  const outcomes: { channel: Channel; userId: string; outcome: Outcome }[] = [];
  // Channel by channel and one user after the other, so that no message counts against another that is not sent either.
  for (const channel of channels) {
    const own = questions.filter((question) => question.content.channel === channel);
    const decided = await decideAll(ctx, own, { record: false });
    for (const [i, outcome] of decided.entries()) outcomes.push({ channel, userId: own[i]?.userId ?? '', outcome });
  }
  return outcomes;
}

function count(counted: Map<string, Histogram>, channel: Channel, userId: string, { decision }: Outcome): void {
  const code = decision.outcome === 'send' ? null : decision.code;
  const key = `${channel} ${decision.outcome} ${code}`;
  const known = counted.get(key);
  if (known) {
    known.users++;
    if (known.examples.length < 3) known.examples.push(userId);
    return;
  }
  // The sentence of the code, not of one user: the figures differ.
  const sentence = code === null ? null : sentenceOf(code, []);
  counted.set(key, { channel, outcome: decision.outcome, code, sentence, users: 1, examples: [userId] });
}

async function membersAfter(
  ctx: Context,
  audience: { users: string[] } | { topic: string } | { everyone: true },
  after: string,
  limit: number,
  offset: number,
): Promise<string[]> {
  if ('users' in audience) return [...new Set(audience.users)].slice(offset, offset + limit);
  if ('everyone' in audience) return userIdsAfter(ctx.tx, ctx.workspaceId, after, limit);
  if (!(await findTopic(ctx.tx, ctx.workspaceId, audience.topic))) throw notFound('topic');
  const rows = await listSubscribers(ctx.tx, ctx.workspaceId, audience.topic, { after, limit });
  return rows.map((row) => row.user_id);
}
