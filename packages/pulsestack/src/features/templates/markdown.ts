import MarkdownIt from 'markdown-it';
import { STYLES } from './look.ts';
import { protect } from './protect.ts';

const LINK = /^(https?:\/\/|mailto:|tel:|sms:|\/(?![/\\])|[?#]|zLq\d+qLz)/i;

// Raw HTML of the author is shown as text; values are put in later, when nothing reads Markdown any more.
const markdown = new MarkdownIt({ html: false, linkify: false, breaks: true });
markdown.validateLink = (address) => LINK.test(address.trim());

// A tag alone on its line is no paragraph and ends whatever is above it.
markdown.block.ruler.before(
  'paragraph',
  'liquid_tag',
  (state, startLine, _endLine, silent) => {
    const start = (state.bMarks[startLine] ?? 0) + (state.tShift[startLine] ?? 0);
    const line = state.src.slice(start, state.eMarks[startLine]).trim();
    const { isTag } = state.env as { isTag(word: string): boolean };
    if (!/^(zLq\d+qLz\s*)+$/.test(line) || !line.split(/\s+|(?<=qLz)(?=zLq)/).every(isTag)) return false;
    if (silent) return true;
    const token = state.push('html_block', '', 0);
    token.content = `${line}\n`;
    state.line = startLine + 1;
    return true;
  },
  { alt: ['paragraph', 'reference', 'blockquote', 'list'] },
);

for (const [name, style] of Object.entries({
  paragraph_open: STYLES.paragraph,
  bullet_list_open: STYLES.list,
  ordered_list_open: STYLES.list,
  list_item_open: STYLES.item,
  blockquote_open: STYLES.quote,
  table_open: STYLES.table,
  th_open: STYLES.th,
  td_open: STYLES.td,
})) {
  markdown.renderer.rules[name] = (tokens, index, options, _env, renderer) => {
    const token = tokens[index];
    if (style.name) token?.attrSet('class', style.name);
    token?.attrSet('style', style.css);
    return renderer.renderToken(tokens, index, options);
  };
}
markdown.renderer.rules.heading_open = (tokens, index, options, _env, renderer) => {
  const token = tokens[index];
  const { css, name } = token?.tag === 'h1' ? STYLES.h1 : token?.tag === 'h2' ? STYLES.h2 : STYLES.h3;
  token?.attrSet('class', name);
  token?.attrSet('style', css);
  return renderer.renderToken(tokens, index, options);
};
markdown.renderer.rules.hr = () => `<hr class="${STYLES.rule.name}" style="${STYLES.rule.css}">\n`;
markdown.renderer.rules.code_inline = (tokens, index) =>
  `<code class="${STYLES.code.name}" style="${STYLES.code.css}">${markdown.utils.escapeHtml(tokens[index]?.content ?? '')}</code>`;
const pre = (content: string) =>
  `<pre class="${STYLES.pre.name}" style="${STYLES.pre.css}">${markdown.utils.escapeHtml(content.trimEnd())}</pre>\n`;
markdown.renderer.rules.fence = (tokens, index) => pre(tokens[index]?.content ?? '');
markdown.renderer.rules.code_block = (tokens, index) => pre(tokens[index]?.content ?? '');
markdown.renderer.rules.link_open = (tokens, index, options, _env, renderer) => {
  const token = tokens[index];
  token?.attrSet('class', STYLES.link.name);
  token?.attrSet('style', STYLES.link.css);
  return renderer.renderToken(tokens, index, options);
};
markdown.renderer.rules.image = (tokens, index, options, _env, renderer) => {
  const token = tokens[index];
  const alt = renderer.renderInlineAsText(token?.children ?? [], options, {});
  return `<img src="${markdown.utils.escapeHtml(String(token?.attrGet('src') ?? ''))}" alt="${markdown.utils.escapeHtml(alt)}" style="${STYLES.image.css}">`;
};

/**
 * Markdown with Liquid as HTML with Liquid, styled for mail programs. A link alone in its paragraph becomes a button.
 */
export function markdownToHtml(source: string): string {
  const safe = protect(source);
  const html = markdown.render(safe.text, { isTag: safe.isTag }).trim();
  return safe.restore(joinLoops(withButtons(html)));
}

/** The same without the paragraph around it, for a place that has its own style. */
export function inlineMarkdownToHtml(source: string): string {
  const safe = protect(source);
  return safe.restore(markdown.renderInline(safe.text, { isTag: safe.isTag }));
}

// `{% for %}` around one list item is one list with many items, not many lists.
function joinLoops(html: string): string {
  return html.replace(
    /((?:zLq\d+qLz\s*)+)\n?(<(ul|ol)[^>]*>)\n((?:(?!<\/?(?:ul|ol)\b|zLq\d+qLz\n)[\s\S])*?)<\/\3>\n?(zLq\d+qLz)(?=\n|$)/g,
    (_all, open: string, list: string, tag: string, items: string, end: string) =>
      `${list}\n${open.trim()}\n${items}${end}\n</${tag}>`,
  );
}

const LONE_LINK = new RegExp(
  `<p [^>]*>(?:<strong>)?<a href="([^"]*)"(?: title="[^"]*")? class="${STYLES.link.name}" style="[^"]*">((?:(?!</?a\\b).)*)</a>(?:</strong>)?</p>`,
  'g',
);

function withButtons(html: string): string {
  return html.replace(LONE_LINK, (_all, href: string, label: string) => button(href, label, 'primary'));
}

export function button(href: string, label: string, style: 'primary' | 'secondary' | 'danger', align?: string): string {
  const { css, name, cell } = STYLES.buttons[style];
  return `<table role="presentation" border="0" cellpadding="0" cellspacing="0"${align === 'center' ? ' align="center"' : ''} style="border-collapse:separate;margin:${align === 'center' ? '8px auto 24px' : '8px 0 24px'}"><tr><td class="${name}" style="${cell}"><a href="${href}" class="${name}" style="${css}">${label}</a></td></tr></table>\n`;
}
