/**
 * How values are made safe where they are placed: `html` by where they stand (text, attribute, address, style),
 * `markdown` so that they stay words, `plain` not at all, `line` as plain text on one line, `url` as a whole address that
 * is empty unless it is one a person may follow, `json` keeps the type of a single value and answers with its JSON.
 */
export type TextKind = 'html' | 'markdown' | 'plain' | 'line' | 'url' | 'json';

export interface ProgramPart {
  kind: TextKind;
  source: string;
}

/** Everything one message is made from, beside its data. */
export interface Program {
  /** The same id means the same program: workers keep what they compiled under it. */
  id: string;
  parts: Readonly<Record<string, ProgramPart>>;
  /** What `{% render 'name' %}` finds, in the kinds it is asked for. */
  partials: Readonly<Record<string, Readonly<Partial<Record<TextKind, string>>>>>;
  /** Locale → key → message in ICU syntax, for the filter `t`. */
  messages: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface ProgramInput {
  data: object;
  /** Where `t` looks, in this order. */
  locales: readonly string[];
  /** How dates and numbers are written. */
  locale: string;
  timeZone: string;
  nowMs: number;
}

/** Why a text could not be made. `line` counts within `part`. */
export interface ProgramError {
  message: string;
  part: string | null;
  line: number | null;
}

export type ProgramOutput = { ok: true; parts: Record<string, string> } | { ok: false; error: ProgramError };

/** What a text needs: paths as in `payload.items[].title`. */
export interface VariableUse {
  path: string;
  type: 'string' | 'number' | 'boolean' | 'date' | 'list' | 'any';
  /** False when the text asks whether it exists, or gives a default. */
  required: boolean;
  line: number;
}

export interface Inspection {
  errors: ProgramError[];
  variables: VariableUse[];
  /** Names in `{% render 'name' %}`. */
  partials: string[];
  /** Keys of `t`; null when one of them is not known before rendering. */
  messageKeys: string[] | null;
}

/**
 * Renders Liquid that tenants wrote. Promises:
 * - answers come in the order of the inputs, and one input that fails fails alone;
 * - a text that takes more than 200 ms fails; one that cannot be stopped otherwise is stopped with its thread;
 * - nothing a template does blocks the thread that asks, reads a file or reaches another program's data;
 * - values never change the structure of an HTML, Markdown or address they are placed into.
 */
export interface TemplateEngine {
  render(program: Program, inputs: readonly ProgramInput[]): Promise<ProgramOutput[]>;
  /** Checks syntax, filters and places, and finds what the text needs. Renders nothing. */
  inspect(part: ProgramPart, name: string): Inspection;
  close(): Promise<void>;
}
