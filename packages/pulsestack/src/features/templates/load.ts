import type { Channel } from '@pulsestack/core';
import type { Transaction } from '../../kernel/tenancy.ts';
import type { CompiledContent } from './contents.ts';
import * as store from './store/templates.ts';

/** What is sent under a key now. */
export interface CompiledTemplate {
  key: string;
  version: number;
  channel: Channel;
  content: CompiledContent;
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
    rows.map(({ key, version, compiled }) => [key, { key, version, channel: compiled.channel, content: compiled }]),
  );
}
