import { Channel, PageQuery, pageOf, Suppression, SuppressionInput } from '@pulsestack/core';
import { z } from 'zod';
import { actorOf } from '../../../kernel/audit.ts';
import { notFound } from '../../../kernel/errors.ts';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import * as store from '../store/suppressions.ts';
import { addressKey, normalAddress, suppressAll } from '../suppression.ts';

const MAX_IMPORT = 1000;

const list = operation({
  id: 'suppressions.list',
  method: 'GET',
  path: '/v1/suppressions',
  summary: 'List the addresses that are never written to',
  allow: 'suppressions.manage',
  query: z.strictObject({
    ...PageQuery.shape,
    q: z.string().min(1).max(320).optional().meta({ description: 'Beginning of the address' }),
  }),
  output: pageOf(Suppression),
  errors: ['request.cursor_invalid'],
  async run(ctx, { query }) {
    const [channel, address] = query.cursor
      ? decodeCursor('suppressions', query.cursor, ['string', 'string'])
      : ['', ''];
    const rows = await store.listSuppressions(ctx.tx, ctx.workspaceId, {
      prefix: query.q,
      after: { channel: String(channel), address: String(address) },
      limit: query.limit + 1,
    });
    return toPage(
      rows,
      query.limit,
      (row) => ({
        channel: row.channel,
        address: row.address,
        reason: row.reason,
        source: row.source,
        evidence: row.evidence,
        createdAt: row.created_at.toISOString(),
      }),
      (row) => encodeCursor('suppressions', [row.channel, row.address]),
    );
  },
});

const add = operation({
  id: 'suppressions.add',
  method: 'POST',
  path: '/v1/suppressions',
  summary: 'Put an address on the suppression list',
  allow: 'suppressions.manage',
  body: SuppressionInput,
  output: z.object({ added: z.number().int() }),
  example: { address: 'gone@example.com' },
  audit: { action: 'suppression.added', target: ({ body }) => body.address },
  run: async (ctx, { body }) => ({ added: (await suppressAll(ctx, [body], sourceOf(ctx))).size }),
});

const importMany = operation({
  id: 'suppressions.import',
  method: 'POST',
  path: '/v1/suppressions/import',
  summary: 'Put many addresses on the suppression list',
  allow: 'suppressions.manage',
  body: z.strictObject({ suppressions: z.array(SuppressionInput).min(1).max(MAX_IMPORT) }),
  output: z.object({
    added: z.number().int(),
    items: z
      .array(
        z.object({
          channel: Channel,
          address: z.string().meta({ description: 'In the form in which it is recognised' }),
          result: z.enum(['added', 'known', 'repeated']),
        }),
      )
      .meta({ description: 'One for each that was given, in the same order' }),
  }),
  example: { suppressions: [{ address: 'gone@example.com', reason: 'bounced' }] },
  audit: {
    action: 'suppression.imported',
    detail: ({ body }, { added }) => ({ given: body.suppressions.length, added }),
  },
  async run(ctx, { body }) {
    const fresh = await suppressAll(ctx, body.suppressions, 'import');
    const seen = new Set<string>();
    const items = body.suppressions.map(({ channel, address }) => {
      const key = addressKey(channel, address);
      const result = seen.has(key) ? ('repeated' as const) : fresh.has(key) ? ('added' as const) : ('known' as const);
      seen.add(key);
      return { channel, address: normalAddress(channel, address), result };
    });
    return { added: fresh.size, items };
  },
});

const remove = operation({
  id: 'suppressions.remove',
  method: 'POST',
  path: '/v1/suppressions/remove',
  summary: 'Take an address off the suppression list',
  allow: 'suppressions.manage',
  body: z.strictObject({ channel: Channel.default('email'), address: z.string().min(1).max(320) }),
  output: null,
  errors: ['resource.not_found'],
  example: { address: 'gone@example.com' },
  audit: { action: 'suppression.removed', target: ({ body }) => body.address },
  async run(ctx, { body }) {
    const address = normalAddress(body.channel, body.address);
    if (!(await store.deleteSuppression(ctx.tx, ctx.workspaceId, { channel: body.channel, address })))
      throw notFound('suppression');
  },
});

function sourceOf(ctx: Parameters<typeof actorOf>[0]): string {
  const { kind, name } = actorOf(ctx);
  return name === null ? kind : `${kind} ${name}`;
}

export const suppressionOperations = [list, add, importMany, remove];
