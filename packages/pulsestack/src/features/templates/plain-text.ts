import { convert } from 'html-to-text';
import { protect } from './protect.ts';

/** HTML with Liquid as plain text with Liquid. Tables of data keep their columns apart; tables of layout are only places. */
export function htmlToPlainText(html: string): string {
  const safe = protect(html.replace(/<!--\[if mso[\s\S]*?<!\[endif\]-->/g, ''));
  const text = convert(safe.text, {
    wordwrap: false,
    limits: { maxInputLength: 500_000, maxDepth: 200 },
    selectors: [
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['(', ')'] as [string, string] } },
      { selector: 'img', format: 'skip' },
      { selector: 'table.data', format: 'dataTable', options: { uppercaseHeaderCells: false, colSpacing: 2 } },
      { selector: '.ps-preheader', format: 'skip' },
      { selector: 'title', format: 'skip' },
      { selector: 'style', format: 'skip' },
    ],
  });
  return safe.restore(text.replace(/\n{3,}/g, '\n\n').trim());
}

/** Blank lines that conditions and loops left behind. */
export function tidyText(text: string): string {
  return text
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
