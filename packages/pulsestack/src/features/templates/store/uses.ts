import type { LookUse } from '@pulsestack/core';
import { sql } from '../../../kernel/sql.ts';
import type { Transaction } from '../../../kernel/tenancy.ts';

/**
 * What names a layout: drafts and what is live, of templates and of workflows whose steps bring their own text. The texts are
 * read as they were written, so that whatever can be sent or published again counts.
 */
export function usesOfLayout(tx: Transaction, workspaceId: string, key: string): Promise<LookUse[]> {
  const named = JSON.stringify({ key });
  return tx.rows(sql`
    select 'template' as kind, t.key, t.name
    from templates t
    left join template_versions v on v.workspace_id = t.workspace_id and v.key = t.key and v.version = t.published_version
    where t.workspace_id = ${workspaceId}
      and (jsonb_path_exists(t.draft, '$.**.layout ? (@ == $key)', ${named}::jsonb)
        or jsonb_path_exists(v.content, '$.**.layout ? (@ == $key)', ${named}::jsonb))
    union all
    select 'workflow', w.key, w.name
    from workflows w
    left join workflow_versions v on v.workspace_id = w.workspace_id and v.key = w.key and v.version = w.published
    where w.workspace_id = ${workspaceId} and w.archived_at is null
      and (jsonb_path_exists(w.draft, '$.**.layout ? (@ == $key)', ${named}::jsonb)
        or jsonb_path_exists(v.definition, '$.**.layout ? (@ == $key)', ${named}::jsonb))
    order by 1, 2
    limit 100`);
}

/** What renders a partial, as above; layouts and other partials too. */
export function usesOfPartial(tx: Transaction, workspaceId: string, key: string): Promise<LookUse[]> {
  // The quotes stand behind a backslash where the text is inside of JSON.
  const rendered = `render\\s+\\\\?["']${key.replace(/[.-]/g, '\\$&')}\\\\?["']`;
  return tx.rows(sql`
    select 'layout' as kind, key, name from template_layouts
    where workspace_id = ${workspaceId} and body::text ~ ${rendered}
    union all
    select 'partial', key, name from template_partials
    where workspace_id = ${workspaceId} and source ~ ${rendered}
    union all
    select 'template', t.key, t.name
    from templates t
    left join template_versions v on v.workspace_id = t.workspace_id and v.key = t.key and v.version = t.published_version
    where t.workspace_id = ${workspaceId} and (t.draft::text ~ ${rendered} or v.content::text ~ ${rendered})
    union all
    select 'workflow', w.key, w.name
    from workflows w
    left join workflow_versions v on v.workspace_id = w.workspace_id and v.key = w.key and v.version = w.published
    where w.workspace_id = ${workspaceId} and w.archived_at is null
      and (w.draft::text ~ ${rendered} or v.definition::text ~ ${rendered})
    order by 1, 2
    limit 100`);
}
