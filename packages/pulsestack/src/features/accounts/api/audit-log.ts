import { AuditEntry, Instant, PageQuery, pageOf } from '@pulsestack/core';
import { z } from 'zod';
import { operation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, toPage } from '../../../kernel/pagination.ts';
import { type AuditRow, listAudit } from '../store/audit-log.ts';

const Word = z
  .string()
  .min(1)
  .max(200)
  .refine((word) => !word.includes('\u0000'), 'must not contain NUL');

export const auditLogOperations = [
  operation({
    id: 'accounts.listAuditLog',
    method: 'GET',
    path: '/v1/audit-log',
    summary: 'Who changed what, the newest first',
    allow: 'audit.read',
    query: z.strictObject({
      ...PageQuery.shape,
      action: Word.optional().meta({ examples: ['api_key.revoked'] }),
      actor: Word.optional().meta({ description: 'Id of a member or key' }),
      target: Word.optional().meta({ description: 'Id of what was changed' }),
      from: Instant.optional(),
      to: Instant.optional().meta({ description: 'Before this instant' }),
    }),
    output: pageOf(AuditEntry),
    errors: ['request.cursor_invalid'],
    run: async (ctx, { query }) => {
      const [at, id] = query.cursor === undefined ? [] : decodeCursor('audit-log', query.cursor, ['instant', 'string']);
      const before = at === undefined ? null : { at: String(at), id: String(id) };
      const filter = {
        action: query.action ?? null,
        actor: query.actor ?? null,
        target: query.target ?? null,
        from: query.from ?? null,
        to: query.to ?? null,
      };
      const rows = await listAudit(ctx.tx, ctx.workspaceId, filter, before, query.limit + 1);
      return toPage(rows, query.limit, toEntry, (row) => encodeCursor('audit-log', [row.at.toISOString(), row.id]));
    },
  }),
];

function toEntry(row: AuditRow) {
  return {
    id: row.id,
    at: row.at.toISOString(),
    action: row.action,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    target: row.target,
    detail: row.detail,
    ip: row.ip,
    requestId: row.request_id,
  };
}
