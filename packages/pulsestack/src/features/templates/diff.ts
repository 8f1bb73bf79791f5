import type { TemplateChange } from '@pulsestack/core';
import type { Json } from './contents.ts';

const LONG_TEXT = 80;
/** Beyond this the table of the comparison would be larger than what it compares. */
const MAX_CELLS = 4_000_000;

/** What differs between two contents, field by field; long texts line by line. */
export function diffContents(before: Json, after: Json, field = ''): TemplateChange[] {
  if (equal(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => {
      const path = field ? `${field}/${key}` : key;
      const [a, b] = [before[key], after[key]];
      if (a === undefined) return b === undefined ? [] : [change(path, 'added', null, b)];
      return b === undefined ? [change(path, 'removed', a, null)] : diffContents(a, b, path);
    });
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, i) => i).flatMap((i) => {
      const [a, b] = [before[i], after[i]];
      if (a === undefined) return [change(`${field}/${i}`, 'added', null, b as Json)];
      return b === undefined ? [change(`${field}/${i}`, 'removed', a, null)] : diffContents(a, b, `${field}/${i}`);
    });
  }
  return [change(field, 'changed', before, after)];
}

function change(field: string, kind: TemplateChange['kind'], before: Json, after: Json): TemplateChange {
  const isText = typeof before === 'string' && typeof after === 'string';
  const isLong =
    isText && (before.length > LONG_TEXT || after.length > LONG_TEXT || `${before}${after}`.includes('\n'));
  return { field, kind, before, after, ...(isLong ? { lines: diffLines(before, after) } : {}) };
}

type Line = NonNullable<TemplateChange['lines']>[number];

/** The longest common lines stay; the rest was removed or added. */
export function diffLines(before: string, after: string): Line[] {
  const a = before.split('\n');
  const b = after.split('\n');
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const same = (texts: string[]): Line[] => texts.map((text) => ({ kind: 'same', text }));
  return [
    ...same(a.slice(0, start)),
    ...diffMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...same(a.slice(a.length - end)),
  ];
}

function diffMiddle(a: string[], b: string[]): Line[] {
  const removed = (texts: string[]): Line[] => texts.map((text) => ({ kind: 'removed', text }));
  const added = (texts: string[]): Line[] => texts.map((text) => ({ kind: 'added', text }));
  if (a.length * b.length === 0 || a.length * b.length > MAX_CELLS) return [...removed(a), ...added(b)];
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] as number;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i] as string });
      i++;
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) lines.push({ kind: 'removed', text: a[i++] as string });
    else lines.push({ kind: 'added', text: b[j++] as string });
  }
  return [...lines, ...removed(a.slice(i)), ...added(b.slice(j))];
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function equal(a: Json, b: Json): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
