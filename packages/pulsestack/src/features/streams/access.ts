import { streams } from '@pulsestack/core';
import type { Context } from '../../kernel/context.ts';
import { fail } from '../../kernel/errors.ts';
import { topicsSubscribed } from '../audience/index.ts';
import { connectionMeta, streamsOf } from './rules.ts';

/** What a reader may see, with the topics it asks for; one it is not subscribed to is refused by name. */
export async function grantOf(
  ctx: Pick<Context, 'db' | 'principal' | 'workspaceId'>,
  topics: readonly string[],
): Promise<{ streams: string[]; meta: Record<string, string>; expiresAt?: number }> {
  const { principal } = ctx;
  if (principal.kind !== 'user' && principal.kind !== 'member') throw fail('auth.forbidden');
  const wanted = [...new Set(topics)];
  if (wanted.length > 0) {
    const allowed = await ctx.db.inWorkspace(ctx.workspaceId, (tx) =>
      topicsSubscribed(tx, ctx.workspaceId, principal.id, wanted),
    );
    const refused = wanted.find((topic) => !allowed.includes(topic));
    if (refused !== undefined) throw fail('auth.forbidden', `The user is not subscribed to the topic "${refused}".`);
  }
  return {
    streams: [...streamsOf(principal), ...wanted.map(streams.topic)],
    meta: { ...connectionMeta(principal), ...(wanted.length > 0 ? { topics: wanted.join(' ') } : {}) },
    ...('expiresAtMs' in principal ? { expiresAt: principal.expiresAtMs } : {}),
  };
}
