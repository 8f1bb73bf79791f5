import type { Branding, LocalMessages, TemplateContent, TemplateFinding } from '@pulsestack/core';
import { IntlMessageFormat } from 'intl-messageformat';
import type { CompiledContent, Setting } from './contents.ts';
import { fallbackChain } from './locale.ts';
import { inLocale, variantsOf } from './variants.ts';
import { BUILT_IN_MESSAGES } from './words.ts';

/** Gmail shows no more than this of a message, and hides what follows. */
export const CLIPPED_BYTES = 102 * 1024;
const LONG_SUBJECT = 78;
const SMS_CHARS = 160;
// Characters an SMS can hold 160 of; any other makes it 70.
const GSM = /^[\x20-\x5a\x5f\x61-\x7a\n\r@£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉÄÖÑÜ§¿äöñüà^{}\\[~\]|€¡]*$/;

/** What does not keep a message from being sent, but from being read, delivered or lawful. */
export function lint(content: TemplateContent, compiled: CompiledContent, setting: Setting): TemplateFinding[] {
  const findings = [...lintOne(content, compiled, setting), ...lintMessages(compiled, setting)];
  for (const name of compiled.partials)
    if (!Object.hasOwn(setting.partials, name))
      findings.push({
        level: 'error',
        code: 'partial.missing',
        message: `there is no partial "${name}"`,
        field: 'body',
        line: null,
      });
  for (const { locale, own, content: there } of variantsOf(content)) {
    const found = lintOne(there as TemplateContent, { ...compiled, ...compiled.variants[locale] }, setting);
    findings.push(...inLocale(found, locale, own));
  }
  return findings;
}

function lintOne(content: TemplateContent, compiled: CompiledContent, setting: Setting): TemplateFinding[] {
  const findings: TemplateFinding[] = [];
  const warn = (code: string, message: string, field: string | null) =>
    findings.push({ level: 'warning', code, message, field, line: null });
  const refuse = (code: string, message: string, field: string | null) =>
    findings.push({ level: 'error', code, message, field, line: null });

  if (compiled.layout && compiled.frame === 'layout' && !Object.hasOwn(setting.layouts, compiled.layout))
    refuse('layout.missing', `there is no layout "${compiled.layout}"`, 'layout');
  if (content.channel === 'email') lintEmail(content, compiled, setting.branding, warn);
  if (content.channel === 'sms') {
    const literal = content.body.replace(/\{\{[^}]*\}\}|\{%[^%]*%\}/g, '');
    const limit = GSM.test(literal) ? SMS_CHARS : 70;
    if (literal.length > limit)
      warn(
        'sms.long',
        `is more than one SMS: ${limit} characters fit, without its values it has ${literal.length}`,
        'body',
      );
  }
  return findings;
}

type Warn = (code: string, message: string, field: string | null) => void;

function lintEmail(
  content: TemplateContent & { channel: 'email' },
  compiled: CompiledContent,
  branding: Branding,
  warn: Warn,
): void {
  const html = compiled.parts.html?.source ?? '';
  if (content.subject.replace(/\{\{[^}]*\}\}/g, '').length > LONG_SUBJECT)
    warn('email.subject_long', `phones cut subjects after about ${LONG_SUBJECT} characters`, 'subject');
  if (!content.preheader && content.body.format !== 'mjml')
    warn(
      'email.preheader_missing',
      'without a preheader the list of mails shows the beginning of the body',
      'preheader',
    );
  for (const [image] of html.matchAll(/<img\b[^>]*>/gi))
    if (!/\balt\s*=\s*("[^"]*"|'[^']*')/i.test(image)) {
      warn('email.alt_missing', 'an image has no alternative text; write alt="" when it only decorates', 'body');
      break;
    }
  if (
    /<a\b[^>]{0,2000}>\s{0,20}(?:<[^>]{1,200}>\s{0,20}){0,4}(click here|here|link|hier|hier klicken)\s{0,20}</i.test(
      html,
    )
  )
    warn('email.link_text', 'the text of a link says where it leads; "click here" does not', 'body');
  if (/<script\b/i.test(html)) warn('email.script', 'mail programs remove scripts', 'body');
  if (Buffer.byteLength(html) > CLIPPED_BYTES)
    warn('email.clipped', 'is longer than the 102 kB that Gmail shows', 'body');
  if (content.marketing) {
    if (compiled.frame === 'own' && !html.includes('links.unsubscribe'))
      warn('email.unsubscribe_missing', 'advertising needs a way out: add a link to {{ links.unsubscribe }}', 'body');
    if (!branding.address)
      warn('email.address_missing', 'advertising needs a postal address; add it to the branding', null);
  }
}

function lintMessages(compiled: CompiledContent, setting: Setting): TemplateFinding[] {
  const findings: TemplateFinding[] = [];
  for (const [locale, messages] of Object.entries(compiled.messages))
    for (const { key, problem } of problemsOfMessages(locale, messages))
      findings.push({
        level: 'error',
        code: 'message.syntax',
        message: `${locale}, ${key}: ${problem}`,
        field: 'messages',
        line: null,
      });
  const sources: LocalMessages[] = [compiled.messages, setting.messages, BUILT_IN_MESSAGES as LocalMessages];
  const has = (locale: string, key: string) => sources.some((source) => source[locale]?.[key] !== undefined);
  const chain = fallbackChain(null, setting.branding.locale);
  const locales = new Set([...Object.keys(compiled.messages), ...Object.keys(setting.messages)]);
  for (const key of compiled.messageKeys ?? []) {
    if (!chain.some((locale) => has(locale, key)))
      findings.push({
        level: 'warning',
        code: 'message.missing',
        message: `"${key}" is not translated into ${chain[0]}, which everybody else falls back to`,
        field: 'messages',
        line: null,
      });
    const lacking = [...locales].filter(
      (locale) =>
        !fallbackChain(locale, locale)
          .slice(0, -1)
          .some((one) => has(one, key)) && !has(locale, key),
    );
    if (lacking.length > 0)
      findings.push({
        level: 'warning',
        code: 'message.incomplete',
        message: `"${key}" is not translated into ${lacking.join(', ')}`,
        field: 'messages',
        line: null,
      });
  }
  return findings;
}

/** Messages that are no ICU. */
export function problemsOfMessages(
  locale: string,
  messages: Readonly<Record<string, string | null>>,
): { key: string; problem: string }[] {
  const problems: { key: string; problem: string }[] = [];
  for (const [key, message] of Object.entries(messages)) {
    if (message === null) continue;
    try {
      new IntlMessageFormat(message, locale, undefined, { ignoreTag: true });
    } catch (error) {
      const word = error instanceof Error ? error.message.toLowerCase().replaceAll('_', ' ').split('\n')[0] : '';
      problems.push({ key, problem: `it is no ICU message${word ? ` (${word})` : ''}` });
    }
  }
  return problems;
}
