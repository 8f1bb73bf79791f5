import { IntlMessageFormat } from 'intl-messageformat';
import type { Transaction } from '../../kernel/tenancy.ts';
import { directionOf, fallbackChain } from './locale.ts';
import { loadBranding } from './setting.ts';
import { findMessages } from './store/setting.ts';
import { BUILT_IN_MESSAGES } from './words.ts';

/** The product's own words in one reader's language. */
export interface Words {
  /** The locale they come from. */
  locale: string;
  dir: 'ltr' | 'rtl';
  say(key: OwnKey, values?: Record<string, number>): string;
}

const KEYS = ['ps.more', 'ps.update', 'ps.updates'] as const;
type OwnKey = (typeof KEYS)[number];

/**
 * What messages say that no template makes: in the language of the reader, else of the workspace, else English, and in the
 * words of the workspace where it has translated them.
 */
export async function loadWords(tx: Transaction, workspaceId: string): Promise<(locale: string | null) => Words> {
  const { locale: workspaceLocale } = await loadBranding(tx, workspaceId);
  const own = new Map<string, string>();
  for (const { locale, key, message } of await findMessages(tx, workspaceId, KEYS))
    own.set(`${locale} ${key}`, message);
  const find = (locale: string, key: OwnKey) => own.get(`${locale} ${key}`) ?? BUILT_IN_MESSAGES[locale]?.[key];
  return (asked) => {
    const chain = fallbackChain(asked, workspaceLocale);
    const spoken = chain.find((locale) => find(locale, 'ps.updates') !== undefined) ?? 'en';
    return {
      locale: spoken,
      dir: directionOf(spoken),
      say(key, values = {}) {
        const locale = chain.slice(chain.indexOf(spoken)).find((one) => find(one, key) !== undefined) ?? 'en';
        return String(
          new IntlMessageFormat(find(locale, key) ?? key, locale, undefined, { ignoreTag: true }).format(values),
        );
      },
    };
  };
}
