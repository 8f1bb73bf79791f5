import { CaptureTag, type Context, Liquid, type Template } from 'liquidjs';
import { splitLiquid } from '../../ports/liquid-source.ts';
import type { ProgramPart, TextKind } from '../../ports/template-engine.ts';
import { SafeHtml, toHtml, toMarkdown, toText } from './escape.ts';
import { installFilters, type Occasion } from './filters.ts';
import { placeOutputs } from './html-places.ts';
import { placeOutputsInMarkdown } from './markdown-places.ts';
import { planOf } from './plan.ts';
import { isTimeLimit } from './problem.ts';
import { workedMs } from './worked.ts';

export const RENDER_LIMIT_MS = 200;
const PARSE_LIMIT_CHARS = 2e5;
const MEMORY_LIMIT = 1e6;

/** Tags that need no file and write nothing unescaped. `echo`, `cycle` and `liquid` would hide outputs from the check of places. */
export const TAG_NAMES = ['assign', 'break', 'capture', 'case', 'continue', 'for', 'if', 'render', 'unless'];

// What a capture holds was made safe while it was captured.
class SafeCapture extends CaptureTag {
  override *render(ctx: Context): Generator<unknown, void, string> {
    const html = yield this.liquid.renderer.renderTemplates(this.templates, ctx);
    ctx.bottom()[this.variable] = new SafeHtml(html);
  }
}

export const OUTPUT: Record<TextKind, (value: unknown) => string> = {
  html: toHtml,
  markdown: (value) => (value instanceof SafeHtml ? value.html : toMarkdown(value)),
  plain: toText,
  line: toText,
  url: toText,
  json: toText,
};

/** An engine for one kind of text: limits on, no files, only the filters and tags of the lists. */
export function createEngine(
  kind: TextKind,
  partials: Readonly<Record<string, string>>,
  occasion: () => Occasion,
): Liquid {
  const liquid = new Liquid({
    parseLimit: PARSE_LIMIT_CHARS,
    renderLimit: RENDER_LIMIT_MS,
    memoryLimit: MEMORY_LIMIT,
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    dynamicPartials: true,
    relativeReference: false,
    cache: true,
    templates: placedPartials(kind, partials),
    ...(kind === 'json' ? { keepOutputType: true } : { outputEscape: OUTPUT[kind] }),
  });
  for (const name of Object.keys(liquid.tags)) if (!TAG_NAMES.includes(name)) delete liquid.tags[name];
  if (kind === 'html' || kind === 'markdown') liquid.registerTag('capture', SafeCapture);
  installFilters(liquid, kind, occasion);
  return liquid;
}

export function parsePart(liquid: Liquid, { kind, source }: ProgramPart): Template[] {
  return liquid.parse(place(kind, source));
}

/** What renders a part until the thread has worked so long: functions where they say the same, the engine otherwise. */
export function rendererOf(liquid: Liquid, { kind, source }: ProgramPart): (data: object, endsAt: number) => unknown {
  const placed = place(kind, source);
  const template = liquid.parse(placed);
  const plan = kind === 'json' ? undefined : planOf(placed, liquid, OUTPUT[kind]);
  if (plan) return plan;
  return (data, endsAt) => {
    for (;;) {
      try {
        return liquid.renderSync(template, data, { renderLimit: Math.max(1, endsAt - workedMs()), globals: data });
      } catch (error) {
        // The engine looks at the clock. Where the time went to other threads, the text begins anew with what is left.
        if (!isTimeLimit(error) || workedMs() >= endsAt) throw error;
      }
    }
  };
}

/** The source with every output made safe for its place. */
export function place(kind: TextKind, source: string): string {
  if (kind === 'html') return placeOutputs(source);
  if (kind === 'markdown') return placeOutputsInMarkdown(source);
  // Only to leave out what comments hold, as the other kinds do.
  return splitLiquid(source)
    .map((piece) => piece.text)
    .join('');
}

function placedPartials(kind: TextKind, partials: Readonly<Record<string, string>>): Record<string, string> {
  const placed: Record<string, string> = Object.create(null);
  for (const [name, source] of Object.entries(partials)) {
    // A partial that cannot be placed fails where it is rendered, not where it merely exists.
    try {
      placed[name] = place(kind, source);
    } catch {}
  }
  return placed;
}
