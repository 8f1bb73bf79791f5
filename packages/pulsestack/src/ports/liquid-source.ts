/** One piece of a Liquid source, with the line it begins on. */
export type Piece =
  | { kind: 'text'; text: string; line: number }
  | { kind: 'output'; text: string; expression: string; line: number }
  | { kind: 'tag'; text: string; name: string; rest: string; line: number };

/** A source whose delimiters do not match. */
export class LiquidSyntaxError extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.name = 'LiquidSyntaxError';
    this.line = line;
  }
}

/** Splits a source at its delimiters. What stands between `{% comment %}` and `{% endcomment %}` is left out. */
export function splitLiquid(source: string): Piece[] {
  const pieces: Piece[] = [];
  let line = 1;
  let at = 0;
  let commentFrom = 0;

  let newline = source.indexOf('\n');
  function advance(end: number): void {
    for (; newline !== -1 && newline < end; newline = source.indexOf('\n', newline + 1)) line++;
    at = end;
  }
  function text(end: number): void {
    if (end > at && commentFrom === 0) pieces.push({ kind: 'text', text: source.slice(at, end), line });
    advance(end);
  }

  for (let open = nextOpening(source, 0); open !== -1; open = nextOpening(source, at)) {
    text(open);
    const isTag = source[open + 1] === '%';
    const close = closingOf(source, open + 2, isTag ? '%}' : '}}');
    if (close === -1) {
      if (commentFrom > 0) break;
      throw new LiquidSyntaxError(`${isTag ? '{%' : '{{'} is not closed`, line);
    }
    const piece = source.slice(open, close + 2);
    const inside = piece.slice(2, -2).replace(/^-|-$/g, '').trim();
    const name = isTag ? (/^(#|\w+)/.exec(inside)?.[1] ?? '') : '';
    if (name === 'comment') commentFrom ||= line;
    else if (name === 'endcomment' && commentFrom > 0) commentFrom = 0;
    else if (commentFrom > 0 || name === '#') {
      // Left out.
    } else if (isTag) pieces.push({ kind: 'tag', text: piece, name, rest: inside.slice(name.length).trim(), line });
    else pieces.push({ kind: 'output', text: piece, expression: inside, line });
    advance(close + 2);
  }
  if (commentFrom > 0) throw new LiquidSyntaxError('{% comment %} is not closed', commentFrom);
  text(source.length);
  return pieces;
}

function nextOpening(source: string, from: number): number {
  for (let i = source.indexOf('{', from); i !== -1; i = source.indexOf('{', i + 1))
    if (source[i + 1] === '{' || source[i + 1] === '%') return i;
  return -1;
}

// Quotes hide delimiters: {{ "}}" }} is one output.
function closingOf(source: string, from: number, delimiter: string): number {
  let quote = '';
  for (let i = from; i < source.length; i++) {
    const character = source[i] as string;
    if (quote) {
      if (character === quote) quote = '';
      else if (character === '\n') break;
    } else if (character === '"' || character === "'") quote = character;
    else if (source.startsWith(delimiter, i)) return i;
  }
  // A quote that is never closed, such as an apostrophe in a comment, hides nothing.
  return quote ? source.indexOf(delimiter, from) : -1;
}

/** The expression with its quoted texts blanked, so that names can be looked for. */
export function withoutQuotes(expression: string): string {
  return expression.replace(/'[^']*'|"[^"]*"/g, (quoted) => ' '.repeat(quoted.length));
}
