/** What a word says by itself; undefined when it names something. */
export function literalOf(token: string): { value: unknown } | undefined {
  if (token === 'true' || token === 'false') return { value: token === 'true' };
  if (/^-?\d{1,15}(\.\d{1,15})?$/.test(token)) return { value: Number(token) };
  const quoted = /^(?:"([^"\\]*)"|'([^'\\]*)')$/.exec(token);
  return quoted ? { value: quoted[1] ?? quoted[2] } : undefined;
}

/** Words of a condition; undefined when there is something else between them. */
export function tokensOf(expression: string): string[] | undefined {
  const tokens = expression.match(/"[^"]*"|'[^']*'|[^\s"'<>=!]+|[<>=!]+/g) ?? [];
  return tokens.join('') === expression.replace(/("[^"]*"|'[^']*')|\s+/g, '$1') && tokens.length > 0
    ? tokens
    : undefined;
}

export const splitAtBars = (text: string) => splitOutsideQuotes(text, '|');

export const splitAtCommas = (text: string) => splitOutsideQuotes(text, ',');

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let quote = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string;
    if (quote) {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === separator) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  return [...parts, text.slice(from)];
}
