import type { JsonObject, MessageContent } from '@pulsestack/core';
import type { z } from 'zod';
import { audit } from '../../kernel/audit.ts';
import type { Context } from '../../kernel/context.ts';
import { fail, notFound } from '../../kernel/errors.ts';
import { findVerifiedAddress } from '../accounts/index.ts';
import { invalidTemplate, previewTemplate } from '../templates/index.ts';
import { act, madeAt } from './enqueue.ts';
import { subjectOf } from './rules.ts';
import { connectedChannels } from './store/integrations.ts';
import { countTests, type FreshMessage, insertMessages } from './store/messages.ts';

const MAX_TESTS = 10;
const WINDOW_MS = 60_000;

export interface TestRequest {
  source: 'draft' | 'published';
  data?: z.infer<typeof JsonObject> | undefined;
  locale?: string | undefined;
  member?: string | undefined;
}

/**
 * Sends a template to a member, by the way every message takes: provider, attempts and answer are those of the message that
 * comes of it. Preferences, caps and quiet hours are not asked, because she asks for it herself; nobody else can be reached.
 */
export async function sendTestMessage(
  ctx: Context,
  key: string,
  { source, data, locale, member }: TestRequest,
): Promise<{ messageId: string; to: string; at: string }> {
  const preview = await previewTemplate(ctx, key, { revision: source, data, locales: locale ? [locale] : undefined });
  const [item] = preview.items;
  if (!item?.content) {
    const errors = preview.findings.filter((finding) => finding.level === 'error');
    throw errors.length > 0 ? invalidTemplate(errors) : fail('template.invalid', item?.error ?? undefined);
  }
  const memberId = recipientOf(ctx, member);
  const found = await ctx.db.inSystem((tx) => findVerifiedAddress(tx, ctx.workspaceId, memberId));
  if (!found) throw notFound('member');
  const content = asTest(item.content);
  if (content.channel === 'email' && !found.verified)
    throw fail(
      'resource.conflict',
      `${found.email} is not confirmed yet; follow the link in the mail that was sent to it.`,
    );
  const to = content.channel === 'email' ? found.email : memberId;
  return ctx.db.inWorkspace(ctx.workspaceId, async (tx) => {
    const own = { ...ctx, tx };
    await refuseTooMany(own, memberId);
    if (!(await connectedChannels(own)).has(content.channel))
      throw fail('resource.conflict', 'No provider is connected for e-mail; add an integration first.');
    const message = messageOf(own, memberId, to, content);
    await insertMessages(tx, ctx.workspaceId, [message]);
    await act(own, [message]);
    await audit(own, { action: 'template.tested', target: key, detail: { to, messageId: message.id } });
    return { messageId: message.id, to, at: ctx.clock.now().toISOString() };
  });
}

function recipientOf({ principal }: Context, member: string | undefined): string {
  if (member !== undefined) return member;
  if (principal.kind === 'member') return principal.id;
  const message = 'must name a member, because an API key has no address of its own';
  throw fail('request.invalid', `member ${message}.`, { fields: [{ in: 'body', field: '/member', message }] });
}

function asTest(content: MessageContent): Extract<MessageContent, { channel: 'email' | 'in_app' }> {
  if (content.channel === 'email') return { ...content, subject: `[Test] ${content.subject}` };
  if (content.channel === 'in_app') return { ...content, title: `[Test] ${content.title}`, collapseKey: null };
  throw fail('resource.conflict', 'Only e-mails and messages of the inbox can be sent to a member as a test.');
}

async function refuseTooMany(ctx: Context, memberId: string): Promise<void> {
  const since = new Date(ctx.clock.nowMs() - WINDOW_MS);
  if ((await countTests(ctx.tx, ctx.workspaceId, memberId, since)) < MAX_TESTS) return;
  throw fail('request.rate_limited', `A member gets at most ${MAX_TESTS} tests a minute; try again in a minute.`, {
    headers: { 'retry-after': String(WINDOW_MS / 1000) },
  });
}

function messageOf(ctx: Context, userId: string, address: string, content: MessageContent): FreshMessage {
  const id = ctx.newId('message');
  const now = ctx.clock.now();
  const isThere = content.channel === 'in_app';
  return {
    id,
    created_at: madeAt(id),
    user_id: userId,
    channel: content.channel,
    category: 'general',
    priority: 1,
    critical: false,
    workflow: null,
    run_id: null,
    step_id: null,
    correlation_id: id,
    address,
    subject: subjectOf(content),
    content,
    item: null,
    is_digest: false,
    is_test: true,
    expires_at: null,
    state: isThere ? 'delivered' : 'queued',
    reason: null,
    sentence: null,
    decision: [],
    due_at: isThere ? null : now,
    sent_at: isThere ? now : null,
    delivered_at: isThere ? now : null,
  };
}
