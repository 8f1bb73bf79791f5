import { Context, type Liquid } from 'liquidjs';
import { type Piece, splitLiquid } from '../../ports/liquid-source.ts';
import { literalOf, splitAtBars, splitAtCommas, tokensOf } from './expression.ts';
import { isEmpty, isTrue, own, sizeOf, toList } from './values.ts';
import { workedMs } from './worked.ts';

/**
 * The everyday part of Liquid as plain functions: outputs with simple filters, conditions, loops over lists, assignments.
 * The engine interprets by generators, which costs about 3 µs for each output; mails are mostly outputs. Whatever is not
 * understood here completely is left to the engine, and a property test holds both to the same answers.
 */
export type Plan = (data: object, endsAt: number) => string;

/** A plan ran out of its time, or into its length. */
export class PlanLimit extends Error {}

interface Run {
  data: Data;
  /** What `assign` set; hides data of the same name. */
  locals: Data;
  loops: { name: string; item: unknown; index: number; length: number }[];
  context: Context;
  steps: number;
  endsAt: number;
}
type Data = Record<string, unknown>;
type Read = (run: Run) => unknown;
type Write = (run: Run) => string;

const STEPS_PER_LOOK = 500;
/** No message is longer; a loop that writes more would only fill the memory. */
export const MAX_TEXT_CHARS = 2_000_000;

/** `source` has passed the engine's parser already; undefined when some of it belongs to the engine. */
export function planOf(source: string, liquid: Liquid, output: (value: unknown) => string): Plan | undefined {
  const pieces = trimmed(splitLiquid(source));
  if (!pieces) return undefined;
  const planner = new Planner(pieces, liquid, output);
  const body = planner.block([]);
  if (!body) return undefined;
  return (data, endsAt) =>
    body({
      data: data as Data,
      locals: Object.create(null) as Data,
      loops: [],
      context: new Context(data, liquid.options, { sync: true, globals: data }),
      steps: 0,
      endsAt,
    });
}

// `{{-` and `-%}` take the blanks beside them away.
function trimmed(pieces: Piece[]): Piece[] | undefined {
  return pieces.map((piece, i) => {
    if (piece.kind !== 'text') return piece;
    let { text } = piece;
    const [before, after] = [pieces[i - 1], pieces[i + 1]];
    if (before && before.kind !== 'text' && /-[%}]}$/.test(before.text)) text = text.trimStart();
    if (after && after.kind !== 'text' && /^\{[%{]-/.test(after.text)) text = text.trimEnd();
    return { ...piece, text };
  });
}

const SIMPLE_FILTERS = new Set(
  '_url _url_part _css _code _code_block t number currency plural date url_encode escape newline_to_br default upcase downcase capitalize truncate at_most at_least plus minus times round'.split(
    ' ',
  ),
);
const PATH = /^[a-zA-Z_][\w-]*(?:\.[a-zA-Z_][\w-]*|\[\d{1,4}\]|\["[^"\\]*"\]|\['[^'\\]*'\])*$/;
const WORDS = /^(?:true|false|nil|null|empty|blank|and|or|not|contains|forloop)$/;

class Planner {
  private at = 0;
  private readonly pieces: readonly Piece[];
  private readonly liquid: Liquid;
  private readonly output: (value: unknown) => string;

  constructor(pieces: readonly Piece[], liquid: Liquid, output: (value: unknown) => string) {
    this.pieces = pieces;
    this.liquid = liquid;
    this.output = output;
  }

  /** Up to a tag of these names, which stays to be read. */
  block(ends: readonly string[]): Write | undefined {
    const writes: (Write | string)[] = [];
    for (; this.at < this.pieces.length; this.at++) {
      const piece = this.pieces[this.at] as Piece;
      if (piece.kind === 'text') writes.push(piece.text);
      else if (piece.kind === 'output') {
        const value = this.filtered(piece.expression);
        if (!value) return undefined;
        const { output } = this;
        writes.push((run) => output(value(run)));
      } else {
        if (ends.includes(piece.name)) return joined(writes);
        const write = this.tag(piece);
        if (!write) return undefined;
        writes.push(write);
      }
    }
    return ends.length === 0 ? joined(writes) : undefined;
  }

  private tag(piece: Piece & { kind: 'tag' }): Write | undefined {
    switch (piece.name) {
      case 'if':
      case 'unless':
        return this.condition(piece);
      case 'for':
        return this.loop(piece.rest);
      case 'assign': {
        const [, name, expression] = /^([a-zA-Z_]\w*)\s*=\s*([\s\S]+)$/.exec(piece.rest) ?? [];
        const value = expression === undefined ? undefined : this.filtered(expression);
        if (name === undefined || !value) return undefined;
        return (run) => {
          run.locals[name] = value(run);
          return '';
        };
      }
      default:
        return undefined;
    }
  }

  private condition(first: Piece & { kind: 'tag' }): Write | undefined {
    const branches: { test: Read; write: Write }[] = [];
    let otherwise: Write | undefined;
    const end = `end${first.name}`;
    let test = this.test(first.rest);
    if (first.name === 'unless' && test) {
      const met = test;
      test = (run) => !isTrue(met(run));
    }
    for (let isElse = false; ; ) {
      if (!isElse && !test) return undefined;
      this.at++;
      const write = this.block(isElse ? [end] : ['elsif', 'else', end]);
      if (!write) return undefined;
      if (isElse) otherwise = write;
      else branches.push({ test: test as Read, write });
      const next = this.pieces[this.at] as Piece & { kind: 'tag' };
      if (next.name === end) break;
      isElse = next.name === 'else';
      if (!isElse) test = this.test(next.rest);
    }
    return (run) => {
      for (const branch of branches) if (isTrue(branch.test(run))) return branch.write(run);
      return otherwise ? otherwise(run) : '';
    };
  }

  private loop(rest: string): Write | undefined {
    const [, name = '', list = '', limit] = /^([a-zA-Z_]\w*)\s+in\s+(\S+?)(?:\s+limit:\s*(\d{1,6}))?$/.exec(rest) ?? [];
    const items = this.path(list);
    if (!items || name === '' || WORDS.test(name)) return undefined;
    this.at++;
    const body = this.block(['else', 'endfor']);
    if (!body) return undefined;
    let empty: Write | undefined;
    if ((this.pieces[this.at] as Piece & { kind: 'tag' }).name === 'else') {
      this.at++;
      empty = this.block(['endfor']);
      if (!empty) return undefined;
    }
    const most = limit === undefined ? undefined : Number(limit);
    return (run) => {
      const all = toList(items(run));
      if (all.length === 0) return empty ? empty(run) : '';
      const taken = most === undefined ? all : all.slice(0, most);
      const loop = { name, item: undefined as unknown, index: 0, length: taken.length };
      run.loops.push(loop);
      let text = '';
      for (const item of taken) {
        if (++run.steps % STEPS_PER_LOOK === 0 && workedMs() > run.endsAt)
          throw new PlanLimit('the template takes too long');
        loop.item = item;
        text += body(run);
        if (text.length > MAX_TEXT_CHARS) throw new PlanLimit('the text is too long');
        loop.index++;
      }
      run.loops.pop();
      return text;
    };
  }

  /** A comparison, or several joined by one and the same word. */
  private test(expression: string): Read | undefined {
    const tokens = tokensOf(expression);
    if (!tokens) return undefined;
    const joins = tokens.filter((token) => token === 'and' || token === 'or');
    if (new Set(joins).size > 1) return undefined;
    const tests: Read[] = [];
    for (let from = 0; from <= tokens.length; ) {
      const found = tokens.findIndex((token, i) => i >= from && (token === 'and' || token === 'or'));
      const to = found === -1 ? tokens.length : found;
      const test = this.comparison(tokens.slice(from, to));
      if (!test) return undefined;
      tests.push(test);
      from = to + 1;
    }
    const [only] = tests;
    if (tests.length === 1) return only;
    return joins[0] === 'and'
      ? (run) => tests.every((test) => isTrue(test(run)))
      : (run) => tests.some((test) => isTrue(test(run)));
  }

  private comparison([left, operator, right, ...rest]: string[]): Read | undefined {
    if (left === undefined || rest.length > 0) return undefined;
    if (operator === undefined) return this.operand(left);
    const a = this.operand(left);
    if (!a || right === undefined) return undefined;
    if (operator === '==' || operator === '!=') {
      const equals = this.equality(a, right);
      if (!equals) return undefined;
      return operator === '==' ? equals : (run) => !equals(run);
    }
    const b = this.operand(right);
    if (!b) return undefined;
    // Compared as JavaScript does, which is what the engine promises.
    type Comparable = number;
    switch (operator) {
      case '>':
        return (run) => (a(run) as Comparable) > (b(run) as Comparable);
      case '<':
        return (run) => (a(run) as Comparable) < (b(run) as Comparable);
      case '>=':
        return (run) => (a(run) as Comparable) >= (b(run) as Comparable);
      case '<=':
        return (run) => (a(run) as Comparable) <= (b(run) as Comparable);
      default:
        return undefined;
    }
  }

  /** With a literal on the right; what two values of the data have in common is the engine's question. */
  private equality(a: Read, right: string): ((run: Run) => boolean) | undefined {
    if (right === 'nil' || right === 'null') return (run) => (a(run) ?? null) === null;
    if (right === 'empty') return (run) => isEmpty(a(run));
    const literal = literalOf(right);
    return literal ? (run) => a(run) === literal.value : undefined;
  }

  private operand(token: string): Read | undefined {
    const literal = literalOf(token);
    return literal ? () => literal.value : this.path(token);
  }

  private filtered(expression: string): Read | undefined {
    const [head = '', ...filters] = splitAtBars(expression);
    let read = this.operand(head.trim());
    for (const filter of filters) {
      const before = read;
      const apply = this.filter(filter.trim());
      if (!before || !apply) return undefined;
      read = (run) => apply(run, before(run));
    }
    return read;
  }

  private filter(text: string): ((run: Run, value: unknown) => unknown) | undefined {
    const [, name = '', list = ''] = /^(\w+)\s*(?::\s*([\s\S]+))?$/.exec(text) ?? [];
    const implementation = this.liquid.filters[name];
    const handler = typeof implementation === 'function' ? implementation : undefined;
    if (!SIMPLE_FILTERS.has(name) || !handler) return undefined;
    const args: Read[] = [];
    for (const arg of list === '' ? [] : splitAtCommas(list)) {
      const [, key, value = arg] = /^\s*([a-zA-Z_]\w*)\s*:(?!:)\s*([\s\S]+)$/.exec(arg) ?? [];
      const read = this.operand(value.trim());
      if (!read) return undefined;
      args.push(key === undefined ? read : (run) => [key, read(run)]);
    }
    const { liquid } = this;
    return (run, value) => {
      const result: unknown = handler.call(
        { context: run.context, liquid, token: undefined as never },
        value,
        ...args.map((arg) => arg(run)),
      );
      return result;
    };
  }

  private path(text: string): Read | undefined {
    if (text.startsWith('forloop.')) return forloop(text.slice(8));
    if (!PATH.test(text) || WORDS.test(text)) return undefined;
    const [root = '', ...names] = text.match(/[a-zA-Z_][\w-]*|(?<=\[)\d+(?=\])|(?<=\[["'])[^"']*(?=["']\])/g) ?? [];
    // What these mean depends on what they are asked of.
    if (root === 'forloop' || names.some((name) => name === 'size' || name === 'first' || name === 'last')) {
      if (names.at(-1) !== 'size' || names.slice(0, -1).some((name) => /^(size|first|last)$/.test(name)))
        return undefined;
      const list = this.path(text.replace(/\.size$/, ''));
      return list ? (run) => sizeOf(list(run)) : undefined;
    }
    if (names.length === 1) {
      const [name = ''] = names;
      return (run) => own(rootOf(run, root), name);
    }
    return (run) => {
      let value = rootOf(run, root);
      for (const name of names) value = own(value, name);
      return value;
    };
  }
}

function joined(writes: (Write | string)[]): Write {
  const [first] = writes;
  if (writes.length === 0) return () => '';
  if (writes.length === 1) return typeof first === 'string' ? () => first : (first as Write);
  return (run) => {
    let text = '';
    for (const write of writes) text += typeof write === 'string' ? write : write(run);
    return text;
  };
}

function rootOf(run: Run, name: string): unknown {
  for (let i = run.loops.length - 1; i >= 0; i--) {
    const loop = run.loops[i];
    if (loop?.name === name) return loop.item;
  }
  return name in run.locals ? run.locals[name] : own(run.data, name);
}

function forloop(name: string): Read | undefined {
  const of =
    (read: (loop: Run['loops'][number]) => unknown): Read =>
    (run) => {
      const loop = run.loops.at(-1);
      return loop && read(loop);
    };
  switch (name) {
    case 'index':
      return of((loop) => loop.index + 1);
    case 'index0':
      return of((loop) => loop.index);
    case 'first':
      return of((loop) => loop.index === 0);
    case 'last':
      return of((loop) => loop.index === loop.length - 1);
    case 'length':
      return of((loop) => loop.length);
    default:
      return undefined;
  }
}
