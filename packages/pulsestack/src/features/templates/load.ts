import type { Channel } from '@pulsestack/core';
import type { Runtime } from '../../kernel/runtime.ts';
import type { Transaction } from '../../kernel/tenancy.ts';
import { COMPILER } from './compile.ts';
import type { CompiledContent } from './contents.ts';
import { compileTemplate } from './preview.ts';
import * as store from './store/templates.ts';

/** What is sent under a key now. */
export interface CompiledTemplate {
  key: string;
  version: number;
  channel: Channel;
  content: CompiledContent;
  /** It was compiled before the compiler learned what it knows now: `renewTemplates` first, then load again. */
  isStale: boolean;
}

/** The published versions of these keys; a key that is missing has none. Their look comes from `loadSetting`. */
export async function loadTemplates(
  tx: Transaction,
  workspaceId: string,
  keys: readonly string[],
): Promise<Map<string, CompiledTemplate>> {
  if (keys.length === 0) return new Map();
  const rows = await store.findPublished(tx, workspaceId, keys);
  return new Map(
    rows.map(({ key, version, compiled, compiler }) => {
      const content = { ...compiled, variants: compiled.variants ?? {} };
      return [key, { key, version, channel: content.channel, content, isStale: compiler < COMPILER }];
    }),
  );
}

/**
 * Compiles again what an older compiler has made, outside of any transaction. A version that cannot be compiled any more
 * stays as it is, and is not tried again: what was published goes on being sent.
 */
export async function renewTemplates(runtime: Runtime, workspaceId: string, keys: readonly string[]): Promise<void> {
  const rows = await runtime.db.inWorkspace(workspaceId, (tx) => store.findPublished(tx, workspaceId, keys));
  for (const { key, version, content, compiler } of rows) {
    if (compiler >= COMPILER) continue;
    const { content: compiled, findings } = await compileTemplate(runtime, content);
    const problem = findings.find((finding) => finding.level === 'error');
    if (problem)
      runtime.log.warn({ workspaceId, key, version, problem }, 'a published template cannot be compiled again');
    await runtime.db.inWorkspace(workspaceId, (tx) =>
      store.replaceCompiled(tx, workspaceId, { key, version, compiled: problem ? null : compiled, compiler: COMPILER }),
    );
  }
}
