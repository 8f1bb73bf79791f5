import { splitLiquid } from '../../ports/liquid-source.ts';

const TOKEN = /zLq(\d+)qLz/g;

/** A source in which every piece of Liquid became one word, so that Markdown, MJML and the like leave it alone. */
export interface Protected {
  text: string;
  /** Puts the Liquid back wherever its words ended up. */
  restore(text: string): string;
  /** Is it the word of a tag, such as `{% for … %}`? */
  isTag(word: string): boolean;
}

export function protect(source: string): Protected {
  const kept: { text: string; tag: string | null }[] = [];
  const text = splitLiquid(source)
    .map((piece) => {
      if (piece.kind === 'text') return piece.text;
      kept.push({ text: piece.text, tag: piece.kind === 'tag' ? piece.name : null });
      return `zLq${kept.length - 1}qLz`;
    })
    .join('');
  return {
    text,
    restore: (text) => text.replace(TOKEN, (word, index: string) => kept[Number(index)]?.text ?? word),
    isTag: (word) => kept[Number(/^zLq(\d+)qLz$/.exec(word)?.[1] ?? -1)]?.tag != null,
  };
}

/** Literal text for HTML; its Liquid stays. */
export function escapeAround(source: string): string {
  const safe = protect(source);
  return safe.restore(escapeText(safe.text));
}

/** Text of data, for HTML that is parsed as Liquid afterwards. */
export function escapeAll(text: string): string {
  return escapeText(text).replace(/\{(?=[{%])/g, '&#123;');
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
