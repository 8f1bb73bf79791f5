import type { Branding, BrandingInput, LocalMessages } from '@pulsestack/core';
import type { Transaction } from '../../kernel/tenancy.ts';
import type { TextKind } from '../../ports/template-engine.ts';
import { type CompiledContent, digestOf, type Setting } from './contents.ts';
import type { Frame } from './layout.ts';
import * as store from './store/setting.ts';

const DEFAULT_COLOUR = '#4f46e5';

/**
 * Loads what these contents take from their workspace, and nothing else: branding, the layouts and partials they name,
 * the messages they ask for. Four short statements whatever their number.
 */
export async function loadSetting(
  tx: Transaction,
  workspaceId: string,
  contents: readonly CompiledContent[],
): Promise<Setting> {
  const branding = await loadBranding(tx, workspaceId);
  const layouts: Record<string, Frame> = {};
  const emails = contents
    .filter((content) => content.channel === 'email')
    .flatMap((content) => [content, ...Object.values(content.variants)])
    .filter((content) => content.frame === 'layout');
  if (emails.length > 0) {
    const keys = [...new Set(emails.map((content) => content.layout ?? 'default'))];
    for (const row of await store.findLayouts(tx, workspaceId, keys)) layouts[row.key] = row.frame;
  }
  const partials: Record<string, Partial<Record<TextKind, string>>> = {};
  const partialKeys: (string[] | null)[] = [];
  const named = new Set([
    ...contents.flatMap((content) => content.partials),
    ...Object.values(layouts).flatMap((frame) => frame.partials),
  ]);
  if (named.size > 0)
    for (const row of await store.findPartials(tx, workspaceId, [...named])) {
      partials[row.key] = row.kinds;
      partialKeys.push(row.message_keys);
    }
  const keys = keysOf(
    [...contents.map((content) => content.messageKeys), ...partialKeys, ...(emails.length > 0 ? [LAYOUT_KEYS] : [])],
    layouts,
  );
  const messages: LocalMessages = {};
  if (keys === null || keys.length > 0)
    for (const { locale, key, message } of await store.findMessages(tx, workspaceId, keys)) {
      const own = messages[locale] ?? {};
      own[key] = message;
      messages[locale] = own;
    }
  const setting = { branding, layouts, partials, messages };
  return { id: digestOf(setting), ...setting };
}

/** What the built-in layout says. */
const LAYOUT_KEYS = ['ps.unsubscribe', 'ps.preferences', 'ps.more'];

function keysOf(lists: readonly (readonly string[] | null)[], layouts: Record<string, Frame>): string[] | null {
  // A layout of their own may ask for any message.
  if (Object.keys(layouts).length > 0 || lists.includes(null)) return null;
  return [...new Set(lists.flatMap((list) => list ?? []))];
}

export async function loadBranding(tx: Transaction, workspaceId: string): Promise<Branding> {
  const { name, settings } = await store.getBranding(tx, workspaceId);
  return toBranding(settings ?? {}, name);
}

export function toBranding(settings: BrandingInput, workspaceName: string): Branding {
  return {
    name: settings.name ?? workspaceName,
    logo: settings.logo ?? null,
    logoDark: settings.logoDark ?? null,
    website: settings.website ?? null,
    colour: settings.colour ?? DEFAULT_COLOUR,
    footer: settings.footer ?? null,
    address: settings.address ?? null,
    locale: settings.locale ?? 'en',
  };
}
