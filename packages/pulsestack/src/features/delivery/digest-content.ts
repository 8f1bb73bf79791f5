import type { Channel, MessageContent } from '@pulsestack/core';
import type { Words } from '../templates/index.ts';

/** What is listed of a digest; the others are counted. */
export const MAX_ITEMS = 20;

export interface Line {
  title: string;
  body: string;
  link: string | null;
}

/** Reads a line out of what the maker of a message said about it; whatever else stands there is for templates. */
export function toLine(item: Record<string, unknown>, words: Words): Line {
  const text = (value: unknown) => (typeof value === 'string' ? value.trim() : '');
  const link = text(item['link']);
  return {
    title: text(item['title']) || text(item['subject']) || words.say('ps.update'),
    body: text(item['body']),
    link: /^(https?:\/\/|\/(?![/\\]))/.test(link) ? link : null,
  };
}

/** A digest as a message of its channel, in the reader's language: each item a line, and how many more there are. */
export function composeDigest(
  channel: Channel,
  digest: { category: string; total: number; lines: readonly Line[] },
  words: Words,
): MessageContent {
  const { lines, total } = digest;
  const rest = total - lines.length;
  const more = rest > 0 ? words.say('ps.more', { n: rest }) : null;
  const [first] = lines;
  const title = total === 1 && first ? first.title : words.say('ps.updates', { n: total });
  const plain = [...lines.map(plainLine), ...(more ? [more] : [])];
  switch (channel) {
    case 'email':
      return { channel, subject: title, html: toHtml(title, lines, more, words), text: plain.join('\n\n') };
    case 'in_app':
      return { channel, title, body: [...lines.map(markdownLine), ...(more ? [more] : [])].join('\n'), type: 'digest' };
    case 'push':
      return {
        channel,
        title,
        body: shorten(lines.map((line) => line.title).join(' · '), 300),
        link: first?.link ?? null,
      };
    case 'webhook':
      return {
        channel,
        body: { digest: digest.category, total, items: lines.map((line) => ({ ...line })), more: rest },
      };
    case 'sms':
    case 'whatsapp':
    case 'chat':
      return { channel, body: shorten([title, ...plain].join('\n'), channel === 'sms' ? 480 : 4000) };
  }
}

function plainLine({ title, body, link }: Line): string {
  return [title, body, link].filter(Boolean).join('\n');
}

function markdownLine({ title, body, link }: Line): string {
  const shown = escapeMarkdown(title);
  return `- ${link ? `[${shown}](${encodeURI(link).replaceAll(')', '%29')})` : shown}${body ? `: ${escapeMarkdown(shorten(body, 200))}` : ''}`;
}

function toHtml(title: string, lines: readonly Line[], more: string | null, { locale, dir }: Words): string {
  const rows = lines.map(
    ({ title, body, link }) =>
      `<li style="margin:0 0 14px">${link ? `<a href="${escapeHtml(link)}">${escapeHtml(title)}</a>` : `<strong>${escapeHtml(title)}</strong>`}${body ? `<br>${escapeHtml(body)}` : ''}</li>`,
  );
  return `<!doctype html><html lang="${locale}" dir="${dir}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${escapeHtml(title)}</title></head><body style="font-family:system-ui,sans-serif;line-height:1.5;max-width:600px;margin:0 auto;padding:24px"><h1 style="font-size:20px">${escapeHtml(title)}</h1><ul style="padding-inline-start:18px">${rows.join('')}</ul>${more ? `<p>${escapeHtml(more)}</p>` : ''}</body></html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function escapeMarkdown(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]()#<>|~]/g, '\\$&');
}

function shorten(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).trimEnd()}…`;
}
