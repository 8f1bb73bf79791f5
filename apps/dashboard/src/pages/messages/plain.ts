// Signs nobody writes: they keep the place of what was escaped.
const FIRST = 0xe000;

/** What Markdown says, without its signs: how a phone or a list shows it. */
export function plainOf(markdown: string): string {
  const held = markdown.replaceAll(/\\([!-/:-@[-`{-~])/g, (_all, sign: string) =>
    String.fromCharCode(FIRST + sign.charCodeAt(0)),
  );
  return held
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/^[ \t]{0,3}(?:#{1,6}|>|[-*+]|\d+[.)])[ \t]+/gm, '')
    .replaceAll(/(\*\*|__|~~|`)(.+?)\1/g, '$2')
    .replaceAll(/(^|[^\w*_])[*_](\S(?:.*?\S)?)[*_](?![\w*_])/g, '$1$2')
    .replaceAll(/[\ue021-\ue07e]/g, (held) => String.fromCharCode(held.charCodeAt(0) - FIRST));
}
