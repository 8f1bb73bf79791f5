import { type Piece, splitLiquid, withoutQuotes } from '../../ports/liquid-source.ts';
import type { Inspection, ProgramPart, VariableUse } from '../../ports/template-engine.ts';
import { createEngine, parsePart, TAG_NAMES } from './engine.ts';
import { describeError } from './problem.ts';

const nobody = () => {
  throw new Error('nothing is rendered while a template is inspected');
};

/** Checks one text and finds what it needs. */
export function inspectPart(part: ProgramPart, name: string): Inspection {
  const inspection: Inspection = { errors: [], variables: [], partials: [], messageKeys: [] };
  try {
    const pieces = splitLiquid(part.source);
    for (const piece of pieces) {
      const message = refusal(piece);
      if (message) inspection.errors.push({ message, part: name, line: piece.line });
    }
    if (inspection.errors.length > 0) return inspection;
    parsePart(createEngine(part.kind, {}, nobody), part);
    inspection.variables = usesOf(pieces);
    inspection.partials = [...new Set(pieces.flatMap((piece) => partialOf(piece) ?? []))];
    inspection.messageKeys = messageKeysOf(pieces);
  } catch (error) {
    inspection.errors.push(describeError(error, name));
  }
  return inspection;
}

function refusal(piece: Piece): string | undefined {
  if (piece.kind === 'text') return undefined;
  if (piece.kind === 'output')
    return /\|\s*_/.test(withoutQuotes(piece.expression)) ? 'filters do not begin with _' : undefined;
  const tag = piece.name.replace(/^end/, '');
  if (!TAG_NAMES.includes(tag) && !/^(else|elsif|when)$/.test(piece.name)) return `there is no tag "${piece.name}"`;
  if (piece.name === 'render' && partialOf(piece) === undefined)
    return 'name the partial in quotes: {% render "signature" %}';
  return undefined;
}

function partialOf(piece: Piece): string | undefined {
  if (piece.kind !== 'tag' || piece.name !== 'render') return undefined;
  const quoted = /^(["'])([a-z0-9][a-z0-9._-]{0,63})\1/.exec(piece.rest);
  return quoted?.[2];
}

function messageKeysOf(pieces: readonly Piece[]): string[] | null {
  const keys = new Set<string>();
  for (const piece of pieces) {
    if (piece.kind === 'text') continue;
    const expression = piece.kind === 'output' ? piece.expression : piece.rest;
    const uses = withoutQuotes(expression).match(/\|\s*t\b/g)?.length ?? 0;
    if (uses === 0) continue;
    const literal = /^(?:[\w-]+\s*=\s*)?(["'])((?:(?!\1).)*)\1\s*\|\s*t\b/.exec(expression);
    if (uses > 1 || literal?.[2] === undefined) return null;
    keys.add(literal[2]);
  }
  return [...keys];
}

const WORDS = new Set(
  'and or not contains blank empty nil null true false in reversed limit offset cols with for as by forloop'.split(' '),
);
const PATH = /(?<![\w.|'"-])[a-zA-Z_][\w-]*(?:\.[\w-]+|\[\d*\])*/g;
const NUMERIC =
  /\|\s*(currency|number|plus|minus|times|divided_by|modulo|round|ceil|floor|abs|at_least|at_most|plural)\b/;

interface Found extends VariableUse {
  /** Asked about in a condition, so it may be missing. */
  tested: boolean;
}

function usesOf(pieces: readonly Piece[]): VariableUse[] {
  const found: Found[] = [];
  const loops: { name: string; path: string }[] = [];
  const locals = new Map<string, string | null>();

  function resolve(path: string): string | undefined {
    const [root = '', ...rest] = path.replace(/\[\d*\]/g, '[]').split(/\.|(?=\[)/);
    const tail = rest.map((part) => (part.startsWith('[') ? part : `.${part}`)).join('');
    const loop = loops.findLast((one) => one.name === root);
    if (loop) return loop.path + tail;
    if (!locals.has(root)) return root + tail;
    const alias = locals.get(root);
    return alias ? alias + tail : undefined;
  }

  function note(expression: string, line: number, how: { tested: boolean; type: VariableUse['type'] }): string[] {
    const bare = withoutQuotes(expression.replace(/\[\s*["']([\w-]+)["']\s*\]/g, '.$1').replace('..', ' .. '));
    const paths: string[] = [];
    for (const match of bare.matchAll(PATH)) {
      const [name] = match;
      const before = bare.slice(0, match.index).trimEnd();
      const after = bare.slice(match.index + name.length).trimStart();
      // A filter, the name of an argument, or a word of the language.
      if (
        before.endsWith('|') ||
        (after.startsWith(':') && !after.startsWith('::')) ||
        WORDS.has(name.split('.')[0] as string)
      )
        continue;
      let path = resolve(name);
      if (path === undefined) continue;
      let type = paths.length === 0 ? how.type : 'any';
      if (/\.(size|first|last)$/.test(path)) {
        path = path.replace(/\.(size|first|last)$/, '');
        type = 'list';
      }
      if (/[<>]/.test(bare) && type === 'any') type = 'number';
      paths.push(path);
      found.push({ path, type, required: !how.tested, tested: how.tested, line });
    }
    return paths;
  }

  for (const piece of pieces) {
    if (piece.kind === 'output') {
      const bare = withoutQuotes(piece.expression);
      const type = /\|\s*date\b/.test(bare)
        ? 'date'
        : NUMERIC.test(bare)
          ? 'number'
          : /\|\s*(join|map|size|sort|where|first|last)\b/.test(bare)
            ? 'list'
            : 'string';
      note(piece.expression, piece.line, { tested: /\|\s*default\b/.test(bare), type });
    } else if (piece.kind === 'tag') {
      const { name, rest, line } = piece;
      if (name === 'for') {
        const [, item = '', collection = ''] = /^([\w-]+)\s+in\s+(\([^)]*\)|\S+)/.exec(rest) ?? [];
        const paths = note(collection, line, { tested: false, type: collection.startsWith('(') ? 'number' : 'list' });
        loops.push({ name: item, path: collection.startsWith('(') ? '' : `${paths[0] ?? ''}[]` });
        if (collection.startsWith('(')) locals.set(item, null);
      } else if (name === 'endfor') loops.pop();
      else if (name === 'if' || name === 'elsif' || name === 'unless' || name === 'case' || name === 'when')
        note(rest, line, { tested: true, type: 'any' });
      else if (name === 'assign') {
        const [, local = '', value = ''] = /^([\w-]+)\s*=\s*([\s\S]*)$/.exec(rest) ?? [];
        const paths = note(value, line, { tested: /\|\s*default\b/.test(value), type: 'any' });
        locals.set(local, !value.includes('|') && paths.length === 1 ? (paths[0] ?? null) : null);
      } else if (name === 'capture') locals.set(rest.replace(/["']/g, ''), null);
      else if (name === 'render') note(rest.replace(/^(["'])[^"']*\1/, ''), line, { tested: true, type: 'any' });
    }
  }
  return merge(found.filter((one) => one.path !== '' && !one.path.startsWith('[]')));
}

function merge(found: readonly Found[]): VariableUse[] {
  const tested = [...new Set(found.filter((one) => one.tested).map((one) => one.path))];
  const mayBeMissing = (path: string) =>
    tested.some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`));
  const merged = new Map<string, VariableUse>();
  for (const { path, type, required, line } of found) {
    const known = merged.get(path);
    if (!known) merged.set(path, { path, type, required: required && !mayBeMissing(path), line });
    else if (known.type === 'any' || (known.type === 'string' && type !== 'any')) known.type = type;
  }
  return [...merged.values()];
}
