import { splitLiquid } from '../../ports/liquid-source.ts';

/**
 * Gives every output of a Markdown source the filter its place needs: addresses of links are checked and encoded, code is
 * kept free of backticks. Elsewhere the engine escapes.
 */
export function placeOutputsInMarkdown(source: string): string {
  let before = '';
  let result = '';
  for (const piece of splitLiquid(source)) {
    if (piece.kind !== 'output') {
      if (piece.kind === 'text') before += piece.text;
      result += piece.text;
      continue;
    }
    const filter = filterAt(before);
    // Whatever it is, it is part of the address or of the code that surrounds it.
    before += 'x';
    result += filter ? `{{ ${piece.expression} | ${filter} }}` : piece.text;
  }
  return result;
}

function filterAt(before: string): string | undefined {
  const paragraph = before.slice(before.lastIndexOf('\n\n') + 1);
  const fences = before.match(/^ {0,3}(```|~~~)/gm)?.length ?? 0;
  if (fences % 2 === 1) return '_code_block';
  const ticks = paragraph.replace(/\\`/g, '').match(/`+/g)?.length ?? 0;
  if (ticks % 2 === 1) return '_code';
  const address = /\]\(\s*<?([^)\s]*)$/.exec(paragraph) ?? /^\s{0,3}\[[^\]]+\]:\s*<?(\S*)$/m.exec(paragraph);
  if (address) return address[1] === '' ? '_url' : '_url_part';
  const autolink = /<[a-z][a-z0-9+.-]*:[^\s<>]*$/i.test(paragraph);
  return autolink || /https?:\/\/[^\s<>]*$/i.test(paragraph) ? '_url_part' : undefined;
}
