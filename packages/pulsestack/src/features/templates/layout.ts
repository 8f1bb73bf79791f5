import type { Branding } from '@pulsestack/core';
import { FONT, SHEET } from './look.ts';
import { escapeAll } from './protect.ts';

/** Where the body of a message is put into a layout. */
export const CONTENT_SLOT = /\{\{-?\s*content\s*-?\}\}/;

/** A frame for the body: HTML and plain text with Liquid, each with one `{{ content }}`. */
export interface Frame {
  html: string;
  text: string;
  /** Partials it renders. */
  partials: string[];
}

const PREHEADER_PADDING = '&#847;&zwnj;&nbsp;'.repeat(40);

/** The preheader: what the list of mails shows beside the subject, and the mail itself does not. */
export function preheaderHtml(source: string): string {
  return `<div class="ps-preheader" style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px;color:transparent">${source}${PREHEADER_PADDING}</div>`;
}

/** The layout everybody has who made none. */
export function builtInFrame(brand: Branding): Frame {
  const name = escapeAll(brand.name);
  const link = (inside: string) =>
    brand.website
      ? `<a href="${escapeAll(brand.website)}" style="text-decoration:none;color:inherit">${inside}</a>`
      : inside;
  return {
    partials: [],
    html: `<!doctype html>
<html lang="{{ locale }}" dir="{{ dir }}" xmlns="http://www.w3.org/1999/xhtml" xmlns:o="urn:schemas-microsoft-com:office:office">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="x-apple-disable-message-reformatting">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${name}</title>
<!--[if mso]><xml><o:OfficeDocumentSettings><o:AllowPNG/><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><style>td,p,h1,h2,h3,a{font-family:Arial,sans-serif!important}</style><![endif]-->
<style>${SHEET}</style>
</head>
<body class="ps-page" style="margin:0;padding:0;background:#f4f4f5">
<table role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0" class="ps-page" dir="{{ dir }}" style="background:#f4f4f5;font-family:${FONT}">
<tr><td align="center" class="ps-outer" style="padding:32px 12px 40px">
<!--[if mso]><table role="presentation" width="600" align="center"><tr><td><![endif]-->
<table role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0" style="max-width:600px;margin:0 auto">
<tr><td class="ps-side" style="padding:12px 4px 20px">${link(logoOf(brand, name))}</td></tr>
<tr><td class="ps-card" style="padding:36px 40px 14px;background:#ffffff;border:1px solid #e4e4e7;border-radius:12px;font-family:${FONT};font-size:16px;line-height:26px">
{{ content }}
</td></tr>
<tr><td class="ps-muted ps-side" style="padding:24px 4px 0;font-family:${FONT};font-size:13px;line-height:20px;color:#63636b">
${footerOf(brand, name)}
</td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr>
</table>
</body>
</html>`,
    text: `{{ content }}

-- ${plain(brand.name)}${brand.footer ? `\n${plain(brand.footer)}` : ''}${brand.address ? `\n${plain(brand.address)}` : ''}{% if links.preferences %}
{{ 'ps.preferences' | t }}: {{ links.preferences }}{% endif %}{% if links.unsubscribe %}
{{ 'ps.unsubscribe' | t }}: {{ links.unsubscribe }}{% endif %}`,
  };
}

function logoOf(brand: Branding, name: string): string {
  if (!brand.logo)
    return `<span class="ps-ink" style="font-size:17px;line-height:24px;font-weight:700;letter-spacing:-0.01em;color:#18181b">${name}</span>`;
  const image = (source: string, marks: string) =>
    `<img src="${escapeAll(source)}" alt="${name}" height="32" ${marks}>`;
  if (!brand.logoDark) return image(brand.logo, 'style="display:block;height:32px;border:0"');
  return `${image(brand.logo, 'class="ps-logo" style="display:block;height:32px;border:0"')}<!--[if !mso]><!-->${image(brand.logoDark, 'class="ps-logo-dark" style="display:none;max-height:0;overflow:hidden;height:32px;border:0"')}<!--<![endif]-->`;
}

function footerOf(brand: Branding, name: string): string {
  const lines = [`<strong style="font-weight:600">${name}</strong>`];
  if (brand.footer) lines.push(multiline(brand.footer));
  if (brand.address) lines.push(multiline(brand.address));
  const link = (address: string, key: string) =>
    `{% if ${address} %}<a href="{{ ${address} }}" class="ps-muted" style="color:#63636b;text-decoration:underline">{{ '${key}' | t }}</a> &nbsp; {% endif %}`;
  return `${lines.join('<br>')}<br>${link('links.preferences', 'ps.preferences')}${link('links.unsubscribe', 'ps.unsubscribe')}`;
}

const multiline = (text: string) => escapeAll(text).replace(/\r?\n/g, '<br>');
const plain = (text: string) => text.replace(/\{(?=[{%])/g, '(');
