import { type LayoutInput, type PartialInput, TemplateContent } from '@pulsestack/core';
import type { Context } from '../../kernel/context.ts';
import { digestOf, type Setting } from './contents.ts';
import { compileLayout, kindsOf } from './look-and-words.ts';
import { compileTemplate, type Preview, previewContent } from './preview.ts';
import { loadSetting } from './setting.ts';
import type { PreviewRequest } from './templates.ts';

/** What is tried hides whatever is stored under this key, as long as it is tried. */
const TRIED = 'ps.tried';

const LETTER = `# Hello {{ user.name }}

This is what a message looks like in this layout: a paragraph of ordinary length, with [the address of a page](https://example.com) in it.

[A button](https://example.com)

- one thing
- another`;

/** Shows an ordinary mail in a layout that is stored nowhere. */
export function tryLayout(ctx: Context, { body }: Pick<LayoutInput, 'body'>, request: PreviewRequest) {
  return tryInSetting(ctx, LETTER, request, async () => {
    const { frame, findings } = await compileLayout(ctx, { body });
    return { change: { layouts: { [TRIED]: frame } }, partials: frame.partials, findings };
  });
}

/** Shows a partial that is stored nowhere, alone in a mail. */
export function tryPartial(
  ctx: Context,
  input: Pick<PartialInput, 'format' | 'source'>,
  request: PreviewRequest,
): Promise<Preview> {
  return tryInSetting(ctx, `{% render "${TRIED}" %}`, request, async () => {
    const { partials, errors } = ctx.templates.inspect({ kind: 'plain', source: input.source }, 'source');
    const findings = errors.map(({ message, line }) => ({
      level: 'error' as const,
      code: 'liquid.syntax',
      message,
      field: 'source',
      line,
    }));
    return { change: { partials: { [TRIED]: kindsOf(input) } }, partials, findings };
  });
}

async function tryInSetting(
  ctx: Context,
  markdown: string,
  request: PreviewRequest,
  prepare: () => Promise<{
    change: Partial<Pick<Setting, 'layouts' | 'partials'>>;
    partials: string[];
    findings: Preview['findings'];
  }>,
): Promise<Preview> {
  const { change, partials, findings } = await prepare();
  const content = TemplateContent.parse({
    channel: 'email',
    subject: 'Preview',
    preheader: ' ',
    body: { format: 'markdown', markdown },
  });
  const { content: compiled } = await compileTemplate(ctx, content);
  const framed = { ...compiled, layout: change.layouts ? TRIED : null };
  // What is tried may ask for any message of the workspace.
  const asking = { ...framed, partials: [...compiled.partials, ...partials], messageKeys: null };
  const loaded = await ctx.db.inWorkspace(ctx.workspaceId, (tx) => loadSetting(tx, ctx.workspaceId, [asking]));
  const whole = {
    ...loaded,
    layouts: { ...loaded.layouts, ...change.layouts },
    partials: { ...loaded.partials, ...change.partials },
  };
  const setting = { ...whole, id: digestOf(whole) };
  return previewContent(ctx, { content, compiled: { ...framed, id: digestOf(framed) }, findings }, setting, {
    data: request.data ?? {},
    locales: request.locales ?? [setting.branding.locale],
    timeZone: request.timeZone ?? 'UTC',
  });
}
