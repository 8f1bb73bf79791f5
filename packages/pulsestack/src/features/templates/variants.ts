import type { TemplateFinding } from '@pulsestack/core';
import type { AnyContent } from './compile.ts';
import { canonicalLocale, withParents } from './locale.ts';

/** Content as it is in one locale. */
interface LocalContent {
  locale: string;
  /** The fields that are written there. */
  own: ReadonlySet<string>;
  content: AnyContent;
}

/** The content in each locale it is written in: what de-AT leaves out it has from de, and that from the content itself. */
export function variantsOf(content: AnyContent): LocalContent[] {
  if (content.channel === 'webhook' || !content.locales) return [];
  const { locales, ...base } = content;
  const written = new Map(
    Object.entries(locales).map(([locale, fields]) => [canonicalLocale(locale) ?? locale, fields as object]),
  );
  return [...written].map(([locale, own]) => {
    const inherited = withParents(locale).flatMap((one) => written.get(one) ?? []);
    const fields: Record<string, unknown> = Object.assign({}, ...inherited.toReversed());
    // The plain text of one language does not belong to the body of another.
    const textOf = inherited.find((one) => 'text' in one || 'body' in one);
    const text = textOf ? (textOf as { text?: string }).text : 'text' in base ? base.text : undefined;
    return {
      locale,
      own: new Set(Object.keys(own)),
      content: { ...base, ...fields, ...(content.channel === 'email' ? { text } : {}) } as AnyContent,
    };
  });
}

/** Findings about what a locale itself says, as fields of the whole. */
export function inLocale(
  findings: readonly TemplateFinding[],
  locale: string,
  own: ReadonlySet<string>,
): TemplateFinding[] {
  return findings.flatMap((finding) =>
    finding.field !== null && own.has(finding.field.split('.')[0] as string)
      ? [{ ...finding, field: `locales/${locale}/${finding.field}` }]
      : [],
  );
}
