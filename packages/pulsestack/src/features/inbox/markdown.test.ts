import fc from 'fast-check';
import { type DefaultTreeAdapterMap, parseFragment } from 'parse5';
import { describe, expect, it } from 'vitest';
import { renderBody } from './markdown.ts';

type Node = DefaultTreeAdapterMap['node'];
type Element = DefaultTreeAdapterMap['element'];

const ALLOWED: Record<string, readonly string[]> = {
  p: [],
  em: [],
  strong: [],
  s: [],
  br: [],
  hr: [],
  blockquote: [],
  pre: [],
  ul: [],
  li: [],
  code: ['class'],
  h1: [],
  h2: [],
  h3: [],
  h4: [],
  h5: [],
  h6: [],
  ol: ['start'],
  a: ['href', 'title', 'rel'],
  img: ['src', 'alt', 'loading', 'referrerpolicy', 'title'],
  table: [],
  thead: [],
  tbody: [],
  tr: [],
  th: ['style'],
  td: ['style'],
};

/** Everything a browser would make of it, as its own parser sees it. */
function elementsOf(html: string): Element[] {
  const found: Element[] = [];
  const visit = (node: Node) => {
    if ('tagName' in node) found.push(node);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parseFragment(html));
  return found;
}

function expectSafe(html: string): void {
  for (const element of elementsOf(html)) {
    const allowed = ALLOWED[element.tagName];
    expect(allowed, `<${element.tagName}> in ${html}`).toBeDefined();
    for (const { name, value } of element.attrs) {
      expect(allowed, `${name} on <${element.tagName}> in ${html}`).toContain(name);
      if (name === 'href') expect(value).toMatch(/^($|https?:\/\/|mailto:|\/(?![/\\])|[?#])/i);
      if (name === 'src') expect(value).toMatch(/^https?:\/\//i);
      if (name === 'style') expect(value).toMatch(/^text-align:(left|right|center)$/);
    }
    if (element.tagName === 'a')
      expect(element.attrs).toContainEqual({ name: 'rel', value: 'noopener noreferrer nofollow' });
  }
}

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '</p><iframe src=//evil>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java&#115;cript:alert(1))',
  '[x](&#x6A;avascript:alert(1))',
  '[x](  javascript:alert(1))',
  '[x](\u0001javascript:alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '![x](data:image/svg+xml,<svg onload=alert(1)>)',
  '![x](javascript:alert(1))',
  '![x](/relative.png)',
  '[x](vbscript:msgbox(1))',
  '[x](//evil.example)',
  '[x](/\\evil.example)',
  '[x](file:///etc/passwd)',
  '<javascript:alert(1)>',
  '<https://ok.example/"onmouseover="alert(1)>',
  '[x](https://ok.example "a\\" onmouseover=\\"alert(1)")',
  '![a"onerror="alert(1)](https://ok.example/x.png)',
  '![x](https://ok.example/"onerror="alert(1))',
  '[x]: javascript:alert(1)\n\n[x]',
  '```"><script>alert(1)</script>\ncode\n```',
  '`<b>`',
  'https://ok.example/<script>',
  'javascript:alert(1)',
  'mailto:a@b.example',
  'www.example.com',
  '&lt;script&gt;',
  '\\<script>',
  '| a | b |\n|:-:|--|\n| <b> | ![x](x) |',
  '<!-- x -->',
  '<![CDATA[x]]>',
  '<?php ?>',
];

describe('the body of a notification', () => {
  it('becomes HTML that no reader has to fear, whatever it says', () => {
    const piece = fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.constantFrom('<', '>', '"', "'", '&', '\n', '\n\n', '](', '![', '[', ')', '`', ' ', '\u0000', '\u2028'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => expectSafe(renderBody(pieces.join('')))),
      { numRuns: 3000 },
    );
  });

  it.each(HOSTILE)('is safe: %s', (body) => expectSafe(renderBody(body)));

  it('shows raw HTML as the text it is', () => {
    expect(renderBody('<b>bold</b>')).toBe('<p>&lt;b&gt;bold&lt;/b&gt;</p>');
  });

  it('links addresses, and tells the other side nothing', () => {
    expect(renderBody('see https://example.com/a')).toBe(
      '<p>see <a href="https://example.com/a" rel="noopener noreferrer nofollow">https://example.com/a</a></p>',
    );
    expect(renderBody('[home](/home)')).toContain('<a href="/home" rel="noopener noreferrer nofollow">home</a>');
  });

  it('keeps images from known schemes and turns others into their text', () => {
    expect(renderBody('![A cat](https://example.com/cat.png)')).toContain(
      '<img src="https://example.com/cat.png" alt="A cat"',
    );
    expect(renderBody('![A cat](/cat.png)')).toBe('<p>A cat</p>');
  });

  it('answers the same from its cache', () => {
    const body = 'The **api** is live';
    expect(renderBody(body)).toBe(renderBody(body));
    for (let i = 0; i < 600; i++) renderBody(`filler ${i}`);
    expect(renderBody(body)).toBe('<p>The <strong>api</strong> is live</p>');
  });
});
