const RIGHT_TO_LEFT = new Set([
  'ar',
  'arc',
  'ckb',
  'dv',
  'fa',
  'ha',
  'he',
  'khw',
  'ks',
  'ku',
  'ps',
  'sd',
  'ug',
  'ur',
  'yi',
]);

/** The locale as `Intl` writes it, or undefined when it is none. */
export function canonicalLocale(locale: string | null | undefined): string | undefined {
  if (!locale) return undefined;
  try {
    return Intl.getCanonicalLocales(locale.replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}

/** pt-BR → pt → the locale of the workspace → its language → en. */
export function fallbackChain(locale: string | null | undefined, workspaceLocale: string): string[] {
  const chain = [...withParents(canonicalLocale(locale)), ...withParents(canonicalLocale(workspaceLocale)), 'en'];
  return [...new Set(chain)];
}

// zh-Hant-TW → zh-Hant → zh
export function withParents(locale: string | undefined): string[] {
  if (!locale) return [];
  const parts = locale.split('-');
  return parts.map((_, i) => parts.slice(0, parts.length - i).join('-'));
}

export function languageOf(locale: string): string {
  return locale.split('-')[0] as string;
}

export function directionOf(locale: string): 'ltr' | 'rtl' {
  if (/-(Arab|Hebr|Thaa|Syrc)\b/.test(locale)) return 'rtl';
  return RIGHT_TO_LEFT.has(languageOf(locale)) && !/-(Latn|Cyrl)\b/.test(locale) ? 'rtl' : 'ltr';
}

/**
 * In which language the text comes out, and how dates and numbers are written in it: a user from Brazil who is answered in
 * Portuguese reads numbers as in Brazil; answered in English for want of a translation, as in English.
 */
export function languageOfText(
  chain: readonly string[],
  locale: string | null | undefined,
  translated: ReadonlySet<string>,
): string {
  const wanted = canonicalLocale(locale) ?? (chain[0] as string);
  if (translated.size === 0) return wanted;
  const found = chain.find((one) => translated.has(one));
  return found === undefined || languageOf(found) === languageOf(wanted) ? wanted : found;
}
