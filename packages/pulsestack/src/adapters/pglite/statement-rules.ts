/** Decides which statements one of many connections on a shared session may send. */

/** A change of what the connection listens to. */
export interface Listening {
  verb: 'listen' | 'unlisten';
  /** `*` for all of them. */
  channel: string;
}

export type Verdict = { allowed: true; listening: Listening[] } | { allowed: false; message: string; hint: string };

const ALLOWED: Verdict = { allowed: true, listening: [] };

/** Words without which a statement cannot touch the session; most statements are settled by this one look. */
const SUSPECT =
  /\b(?:set|reset|discard|deallocate|prepare|execute|copy|temp|temporary|hold|listen|unlisten|set_config)\b/i;

const RULES: { pattern: RegExp; message: string; hint: string }[] = [
  {
    pattern: /(?:^|;)\s*(?:set\s+(?!local\b|transaction\b|constraints\b)|reset\b)/i,
    message: 'a setting of the session would reach every connection of the embedded database',
    hint: 'Use "set local" inside a transaction.',
  },
  {
    pattern: /\bset_config\s*\([^()]*,\s*false\s*\)/i,
    message: 'a setting of the session would reach every connection of the embedded database',
    hint: 'Give set_config true as its last argument, inside a transaction.',
  },
  {
    pattern: /(?:^|;)\s*(?:discard|deallocate|execute|prepare)\b/i,
    message: 'statements prepared by SQL are shared by every connection of the embedded database',
    hint: 'Name the statement in the driver: client.query({ name, text, values }).',
  },
  {
    pattern: /(?:^|;)\s*copy\b[^;]*\b(?:stdin|stdout)\b/i,
    message: 'copy through the connection is not possible on the embedded database',
    hint: 'Insert rows with unnest($1, $2, …) and read them with select.',
  },
  {
    pattern: /(?:^|;)\s*create\s+(?:(?:local|global)\s+)?temp(?:orary)?\b(?![^;]*\bon\s+commit\s+drop\b)/i,
    message: 'a temporary table would be visible to every connection of the embedded database',
    hint: 'Use a common table expression, or "on commit drop".',
  },
  {
    pattern: /(?:^|;)\s*declare\b[^;]*\bwith\s+hold\b/i,
    message: 'a cursor held over the commit would be visible to every connection of the embedded database',
    hint: 'Read the cursor inside its transaction.',
  },
];

export function judge(text: string): Verdict {
  if (!SUSPECT.test(text)) return ALLOWED;
  const bare = withoutLiterals(text);
  for (const { pattern, message, hint } of RULES) if (pattern.test(bare)) return { allowed: false, message, hint };
  return { allowed: true, listening: [...findListening(bare)] };
}

// Quoted names stay: a channel may be one.
function withoutLiterals(text: string): string {
  return text.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|\$(\w*)\$[\s\S]*?\$\1\$/g, (part) =>
    part.startsWith("'") || part.startsWith('$') ? "''" : ' ',
  );
}

function* findListening(bare: string): Generator<Listening> {
  for (const [, verb = '', name = ''] of bare.matchAll(/(?:^|;)\s*(listen|unlisten)\s+("(?:[^"]|"")+"|\*|[\w$]+)/gi)) {
    const channel = name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
    yield { verb: verb.toLowerCase() as Listening['verb'], channel };
  }
}
