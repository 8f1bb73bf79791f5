import MarkdownIt from 'markdown-it';

// Raw HTML is shown as text; images and links are checked below, so nothing but known addresses leaves here.
const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true });

const LINK = /^(https?:\/\/|mailto:|\/(?![/\\])|[?#])/i;
const IMAGE = /^https?:\/\//i;

// An image that is refused stays as its text; a link likewise. One check serves both, so it takes what either may be.
markdown.validateLink = (address) => LINK.test(address.trim());

markdown.renderer.rules.image = (tokens, index, options, _env, renderer) => {
  const token = tokens[index];
  if (!token) return '';
  const source = String(token.attrGet('src') ?? '');
  const text = renderer.renderInlineAsText(token.children ?? [], options, {});
  if (!IMAGE.test(source)) return markdown.utils.escapeHtml(text);
  return `<img src="${markdown.utils.escapeHtml(source)}" alt="${markdown.utils.escapeHtml(text)}" loading="lazy" referrerpolicy="no-referrer">`;
};

markdown.renderer.rules.link_open = (tokens, index, options, _env, renderer) => {
  tokens[index]?.attrSet('rel', 'noopener noreferrer nofollow');
  return renderer.renderToken(tokens, index, options);
};

const MAX_CACHED = 500;
const MAX_CACHED_CHARS = 4000;
const cache = new Map<string, string>();

/** Renders the Markdown of a body to HTML that is safe to place into any page. */
export function renderBody(body: string): string {
  if (body === '') return '';
  const known = cache.get(body);
  if (known !== undefined) {
    // Taken out and put back, it becomes the youngest: the map forgets what was not asked for the longest time.
    cache.delete(body);
    cache.set(body, known);
    return known;
  }
  const html = markdown.render(body).trimEnd();
  if (body.length > MAX_CACHED_CHARS) return html;
  cache.set(body, html);
  if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value as string);
  return html;
}
