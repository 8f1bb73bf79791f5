import type { CompiledContent, Setting } from './contents.ts';
import { canonicalLocale, fallbackChain, languageOfText, withParents } from './locale.ts';

/** How a message speaks to one reader. */
export interface Voice {
  content: CompiledContent;
  /** The locale whose own content this is; null is the content itself. */
  variant: string | null;
  /** The language the text comes out in, and in which dates and numbers are written. */
  language: string;
}

/** Finds what the reader of a locale gets: the content of that locale or of its parents, else the content itself. */
export function voiceOf(content: CompiledContent, setting: Setting, locale: string | null): Voice {
  const { branding } = setting;
  const variant = withParents(canonicalLocale(locale) ?? canonicalLocale(branding.locale)).find((one) =>
    Object.hasOwn(content.variants, one),
  );
  return {
    content: variant === undefined ? content : inVariant(content, variant),
    variant: variant ?? null,
    language: languageOfText(fallbackChain(locale, branding.locale), locale, writtenLocales(content, setting)),
  };
}

const merged = new WeakMap<CompiledContent, Map<string, CompiledContent>>();
function inVariant(content: CompiledContent, locale: string): CompiledContent {
  let known = merged.get(content);
  if (!known) merged.set(content, (known = new Map()));
  let found = known.get(locale);
  if (!found) {
    found = { ...content, ...content.variants[locale], id: `${content.id}.${locale}`, variants: {} };
    known.set(locale, found);
  }
  return found;
}

const written = new WeakMap<CompiledContent, { setting: Setting; locales: ReadonlySet<string> }>();
function writtenLocales(content: CompiledContent, setting: Setting): ReadonlySet<string> {
  const known = written.get(content);
  if (known?.setting === setting) return known.locales;
  const variants = Object.keys(content.variants);
  const locales = new Set([...Object.keys(content.messages), ...Object.keys(setting.messages), ...variants]);
  // Content with translations beside it is itself written in the language of the workspace.
  if (variants.length > 0) locales.add(canonicalLocale(setting.branding.locale) ?? setting.branding.locale);
  written.set(content, { setting, locales });
  return locales;
}
