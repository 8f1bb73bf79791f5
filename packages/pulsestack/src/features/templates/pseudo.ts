import type { MessageContent } from '@pulsestack/core';

/** Languages nobody speaks, for previews: accented and longer, and from right to left. */
export const PSEUDO_LOCALES = ['en-XA', 'ar-XB'] as const;
export type PseudoLocale = (typeof PSEUDO_LOCALES)[number];

export function pseudoOf(locale: string): PseudoLocale | undefined {
  return PSEUDO_LOCALES.find((one) => one.toLowerCase() === locale.toLowerCase());
}

const PLAIN = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ACCENTED = [...'ÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýž'];
const GROWTH = 0.35;

// A right-to-left override around each word, and its end.
const [RTL, END] = ['\u202e', '\u202c'];

/** The message with its words changed and everything else as it was: markup, addresses, links. */
export function pretend(content: MessageContent, locale: PseudoLocale): MessageContent {
  const say = locale === 'en-XA' ? accented : mirrored;
  const text = (source: string) => outsideOf(ADDRESSES, source, say);
  switch (content.channel) {
    case 'email':
      return {
        ...content,
        subject: text(content.subject),
        ...(content.preheader ? { preheader: text(content.preheader) } : {}),
        html: outsideOf(MARKUP, content.html, say),
        text: text(content.text),
      };
    case 'in_app':
      return {
        ...content,
        title: text(content.title),
        body: outsideOf(MARKDOWN, content.body, say),
        ...(content.actions ? { actions: content.actions.map((one) => ({ ...one, label: text(one.label) })) } : {}),
      };
    case 'push':
      return { ...content, title: text(content.title), body: text(content.body) };
    case 'webhook':
      return content;
    default:
      return { ...content, body: text(content.body) };
  }
}

const ADDRESSES = /https?:\/\/\S+|[\w.+-]+@[\w-]+\.[\w.-]+/g;
const MARKDOWN = /\]\([^)]*\)|`[^`]*`|https?:\/\/\S+/g;
const MARKUP =
  /<!--[^]*?-->|<(style|script|title)\b[^]*?<\/\1\s*>|<(?:"[^"]*"|'[^']*'|[^>"'])*>|&#?\w+;|https?:\/\/[^\s<]+|[\w.+-]+@[\w-]+\.[\w.-]+/gi;

/** Changes what stands between the matches. */
function outsideOf(kept: RegExp, source: string, say: (text: string) => string): string {
  let result = '';
  let at = 0;
  for (const match of source.matchAll(kept)) {
    result += spoken(source.slice(at, match.index), say) + match[0];
    at = match.index + match[0].length;
  }
  return result + spoken(source.slice(at), say);
}

function spoken(text: string, say: (text: string) => string): string {
  return /\p{L}/u.test(text) ? say(text) : text;
}

function accented(text: string): string {
  const said = text
    .replace(/[aeiou]/g, '$&$&')
    .replace(/[A-Za-z]/g, (letter) => ACCENTED[PLAIN.indexOf(letter)] ?? letter);
  const missing = Math.ceil(text.trim().length * (1 + GROWTH)) - said.trim().length;
  return missing > 0 ? said.replace(/\s*$/, (space) => `${'~'.repeat(missing)}${space}`) : said;
}

function mirrored(text: string): string {
  return text.replace(/\S+/g, (word) => `${RTL}${word}${END}`);
}
