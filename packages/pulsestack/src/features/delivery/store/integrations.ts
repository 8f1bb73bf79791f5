import type { Channel } from '@pulsestack/core';
import type { Context } from '../../../kernel/context.ts';
import { sql } from '../../../kernel/sql.ts';

/** The channels a message can take: the inbox always, the others when a provider is connected. */
export async function connectedChannels(ctx: Context): Promise<Set<Channel>> {
  const rows = await ctx.tx.rows<{ channel: Channel }>(sql`
    select distinct channel from integrations where workspace_id = ${ctx.workspaceId} and enabled`);
  return new Set<Channel>(['in_app', ...rows.map((row) => row.channel)]);
}
