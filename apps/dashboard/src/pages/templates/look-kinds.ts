import type { Layout, LayoutInput, LookUse, Page, PartialInput, TemplatePartial } from '@pulsestack/core';
import type { Query } from '../../api/http.ts';
import { type TemplatePreview, templates } from '../../api/templates.ts';

/** A layout or a partial as it is edited: its source in one of its formats. */
export interface Look {
  name: string;
  format: string;
  source: string;
}

export interface Stored extends Look {
  key: string;
  updatedAt: string;
}

/** What layouts and partials have in common, so that one page serves both. */
export interface LookKind {
  what: 'layout' | 'partial';
  formats: readonly { value: string; label: string }[];
  /** Something to change is easier than nothing to begin with. */
  starter: Omit<Look, 'name'>;
  help: string;
  list(query: Query): Promise<Page<Stored>>;
  get(key: string): Promise<Stored>;
  put(key: string, look: Look): Promise<Stored>;
  remove(key: string): Promise<void>;
  uses(key: string): Promise<{ items: LookUse[] }>;
  preview(look: Look, data: Record<string, unknown>): Promise<TemplatePreview>;
}

const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const bodyOf = ({ format, source }: Look) => ({ format, [format]: source }) as unknown as LayoutInput['body'];
const fromLayout = ({ key, name, body, updatedAt }: Layout): Stored => ({
  key,
  name,
  updatedAt,
  format: body.format,
  source: body.format === 'mjml' ? body.mjml : body.html,
});
const toPartial = ({ format, source }: Look) => ({ format: format as PartialInput['format'], source });
const fromPartial = ({ key, name, format, source, updatedAt }: TemplatePartial): Stored => ({
  key,
  name,
  format,
  source,
  updatedAt,
});
const page = <Item>({ items, nextCursor }: Page<Item>, read: (item: Item) => Stored): Page<Stored> => ({
  items: items.map(read),
  nextCursor,
});

export const layoutKind: LookKind = {
  what: 'layout',
  formats: [
    { value: 'html', label: 'HTML' },
    { value: 'mjml', label: 'MJML' },
  ],
  starter: {
    format: 'html',
    source: `<!doctype html>
<html lang="{{ locale }}" dir="{{ dir }}">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<style>
body { margin: 0; padding: 24px; font: 16px/1.6 system-ui, sans-serif; background: #f4f4f5; }
main { max-width: 560px; margin: 0 auto; padding: 32px; background: #ffffff; border-radius: 12px; }
footer { max-width: 560px; margin: 16px auto; font-size: 13px; color: #63636b; }
@media (prefers-color-scheme: dark) {
  body { background: #0b0b0e; color: #f4f4f5; }
  main { background: #18181b; }
  footer { color: #a6a6b0; }
}
</style>
</head>
<body>
<main>{{ content }}</main>
<footer>{{ brand.name }}{% if links.unsubscribe %} · <a href="{{ links.unsubscribe }}">{{ "ps.unsubscribe" | t }}</a>{% endif %}</footer>
</body>
</html>
`,
  },
  help: 'Liquid in HTML or MJML, with {{ content }} once: there the message stands.',
  list: async (query) => page(await templates.layouts(query), fromLayout),
  get: async (key) => fromLayout(await templates.layout(key)),
  put: async (key, look) => fromLayout(await templates.putLayout(key, { name: look.name, body: bodyOf(look) })),
  remove: templates.removeLayout,
  uses: templates.usesOfLayout,
  preview: (look, data) => templates.tryLayout({ body: bodyOf(look), data, timeZone }),
};

export const partialKind: LookKind = {
  what: 'partial',
  formats: [
    { value: 'markdown', label: 'Markdown' },
    { value: 'html', label: 'HTML' },
    { value: 'text', label: 'Text' },
  ],
  starter: { format: 'markdown', source: 'Best wishes,\n\n**{{ brand.name }}**\n' },
  help: 'A piece that templates, layouts and other partials share.',
  list: async (query) => page(await templates.partials(query), fromPartial),
  get: async (key) => fromPartial(await templates.partial(key)),
  put: async (key, look) => fromPartial(await templates.putPartial(key, { name: look.name, ...toPartial(look) })),
  remove: templates.removePartial,
  uses: templates.usesOfPartial,
  preview: (look, data) => templates.tryPartial({ ...toPartial(look), data, timeZone }),
};
