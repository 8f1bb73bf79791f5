import { z } from 'zod';
import { Locale } from './audience.ts';
import { Actor } from './notification.ts';
import { ImageUrl, Instant, JsonObject, Link, line, Slug, text } from './text.ts';

/** Messages by locale and key, in ICU syntax: `{ "de": { "greeting": "Hallo {name}" } }`. */
const MessageKey = z.string().regex(/^[\w.-]{1,128}$/, 'must be 1–128 letters, digits, dots, dashes or underscores');
const MessageText = text(4000);
export const LocalMessages = z
  .record(Locale, z.record(MessageKey, MessageText))
  .refine((all) => JSON.stringify(all).length <= 262_144, 'must not exceed 262144 characters of JSON')
  .meta({
    description: 'Locale → key → message in ICU syntax, for the filter `t`',
    examples: [{ en: { replies: '{n, plural, one {# reply} other {# replies}}' } }],
  });
export type LocalMessages = z.infer<typeof LocalMessages>;

const liquid = (max: number) => text(max);
const align = z.enum(['start', 'center', 'end']).optional();
/** A path to a list, for blocks that repeat. */
const ListPath = z
  .string()
  .regex(/^[a-zA-Z_][\w-]*(\.[\w-]+)*$/, 'must be a path such as payload.items')
  .max(256);
/** `if` of a block: a path that must hold something. */
const shown = { if: ListPath.optional().meta({ description: 'The block is left out when nothing is found here' }) };

const simpleBlocks = [
  z.strictObject({
    type: z.literal('heading'),
    text: liquid(500),
    level: z.union([z.literal(1), z.literal(2), z.literal(3)]).default(1),
    align,
    ...shown,
  }),
  z.strictObject({ type: z.literal('text'), markdown: liquid(10_000), align, muted: z.boolean().optional(), ...shown }),
  z.strictObject({
    type: z.literal('button'),
    label: liquid(200),
    link: liquid(2048),
    style: z.enum(['primary', 'secondary', 'danger']).default('primary'),
    align,
    ...shown,
  }),
  z.strictObject({
    type: z.literal('image'),
    src: liquid(2048),
    alt: liquid(500),
    width: z.number().int().min(16).max(1200).optional(),
    link: liquid(2048).optional(),
    align,
    ...shown,
  }),
  z.strictObject({ type: z.literal('divider'), ...shown }),
  z.strictObject({ type: z.literal('spacer'), height: z.number().int().min(4).max(120).default(24), ...shown }),
  z.strictObject({
    type: z.literal('notice'),
    markdown: liquid(4000),
    tone: z.enum(['info', 'success', 'warning', 'danger']).default('info'),
    ...shown,
  }),
  z.strictObject({ type: z.literal('code'), text: liquid(10_000), ...shown }),
  z.strictObject({
    type: z.literal('facts'),
    rows: z
      .array(z.strictObject({ label: liquid(200), value: liquid(500) }))
      .min(1)
      .max(30),
    ...shown,
  }),
  z.strictObject({
    type: z.literal('meter'),
    /** Liquid that gives a number from 0 to 100. */
    percent: liquid(200),
    label: liquid(200).optional(),
    tone: z.enum(['info', 'success', 'warning', 'danger']).default('info'),
    ...shown,
  }),
  z.strictObject({
    type: z.literal('list'),
    over: ListPath,
    as: z
      .string()
      .regex(/^[a-z][a-zA-Z0-9_]{0,31}$/)
      .default('item'),
    max: z.number().int().min(1).max(100).default(10),
    title: liquid(500),
    markdown: liquid(2000).optional(),
    meta: liquid(500).optional(),
    link: liquid(2048).optional(),
    ...shown,
  }),
  z.strictObject({ type: z.literal('html'), html: liquid(50_000), ...shown }),
] as const;
const SimpleBlock = z.discriminatedUnion('type', simpleBlocks);

/** A part of an e-mail. Texts hold Liquid; columns hold blocks that are no columns. */
export const Block = z.discriminatedUnion('type', [
  ...simpleBlocks,
  z.strictObject({
    type: z.literal('columns'),
    columns: z.array(z.array(SimpleBlock).max(20)).min(2).max(4),
    ...shown,
  }),
]);
export type Block = z.infer<typeof Block>;
export type SimpleBlock = z.infer<typeof SimpleBlock>;

export const EmailBody = z.discriminatedUnion('format', [
  z.strictObject({ format: z.literal('markdown'), markdown: liquid(100_000) }),
  z.strictObject({ format: z.literal('blocks'), blocks: z.array(Block).min(1).max(100) }),
  z.strictObject({ format: z.literal('mjml'), mjml: liquid(150_000) }),
  z.strictObject({ format: z.literal('html'), html: liquid(150_000) }),
]);
export type EmailBody = z.infer<typeof EmailBody>;

const MAX_LOCALES = 50;
/** Content in other languages. What a locale leaves out it takes from its parents (de-AT from de), at last from the content itself. */
const localesOf = <Own extends z.ZodType>(own: Own) =>
  z
    .record(Locale, own)
    .refine((all) => Object.keys(all).length <= MAX_LOCALES, `must not name more than ${MAX_LOCALES} locales`)
    .optional()
    .meta({
      description: 'Locale → the fields that say something else there; the others are as in the content itself',
    });
const bodiesOf = (max: number) => localesOf(z.strictObject({ body: liquid(max).optional() }));

const ContentAction = z.strictObject({
  id: Slug,
  label: liquid(200),
  link: liquid(2048).optional(),
  style: z.enum(['primary', 'secondary', 'danger']).optional(),
});

const local = { messages: LocalMessages.optional() };

const templateContents = [
  z.strictObject({
    channel: z.literal('email'),
    subject: liquid(500),
    preheader: liquid(500).optional(),
    from: liquid(320).optional(),
    replyTo: liquid(320).optional(),
    /** Markdown and HTML fragments are put into it; default: the layout "default", or the built-in one. */
    layout: Slug.optional(),
    body: EmailBody,
    /** Plain text; default: made from the body. */
    text: liquid(100_000).optional(),
    /** Advertising: needs a way to unsubscribe. */
    marketing: z.boolean().optional(),
    locales: localesOf(
      z.strictObject({
        subject: liquid(500).optional(),
        preheader: liquid(500).optional(),
        from: liquid(320).optional(),
        replyTo: liquid(320).optional(),
        layout: Slug.optional(),
        body: EmailBody.optional(),
        text: liquid(100_000).optional(),
      }),
    ),
    ...local,
  }),
  z.strictObject({
    channel: z.literal('in_app'),
    title: liquid(500),
    body: liquid(10_000).default(''),
    icon: liquid(2048).optional(),
    image: liquid(2048).optional(),
    link: liquid(2048).optional(),
    actions: z.array(ContentAction).max(3).optional(),
    data: JsonObject.optional(),
    collapseKey: liquid(256).optional(),
    locales: localesOf(
      z.strictObject({
        title: liquid(500).optional(),
        body: liquid(10_000).optional(),
        icon: liquid(2048).optional(),
        image: liquid(2048).optional(),
        link: liquid(2048).optional(),
        actions: z.array(ContentAction).max(3).optional(),
      }),
    ),
    ...local,
  }),
  z.strictObject({ channel: z.literal('sms'), body: liquid(1600), locales: bodiesOf(1600), ...local }),
  z.strictObject({
    channel: z.literal('push'),
    title: liquid(500),
    body: liquid(4096),
    link: liquid(2048).optional(),
    image: liquid(2048).optional(),
    data: JsonObject.optional(),
    locales: localesOf(
      z.strictObject({
        title: liquid(500).optional(),
        body: liquid(4096).optional(),
        link: liquid(2048).optional(),
        image: liquid(2048).optional(),
      }),
    ),
    ...local,
  }),
  z.strictObject({ channel: z.literal('whatsapp'), body: liquid(4096), locales: bodiesOf(4096), ...local }),
  z.strictObject({ channel: z.literal('chat'), body: liquid(10_000), locales: bodiesOf(10_000), ...local }),
] as const;

/** What a template says, in the fields of its channel. */
export const TemplateContent = z.discriminatedUnion('channel', templateContents);
export type TemplateContent = z.infer<typeof TemplateContent>;
export type TemplateContentInput = z.input<typeof TemplateContent>;
export const TEMPLATE_CHANNELS = ['email', 'in_app', 'sms', 'push', 'whatsapp', 'chat'] as const;

/** Body of `PUT /v1/templates/{key}`: the draft as a whole. */
export const TemplateInput = z.strictObject({
  name: line(120).optional(),
  description: text(1000).optional(),
  content: TemplateContent,
  /** What previews are filled with. */
  sample: JsonObject.optional(),
});
export type TemplateInput = z.infer<typeof TemplateInput>;

/** What a template needs from the data it is given. */
export const TemplateVariable = z.object({
  path: z.string().meta({ examples: ['payload.items[].title'] }),
  type: z.enum(['string', 'number', 'boolean', 'date', 'list', 'any']),
  required: z.boolean().meta({ description: 'False when the template gives a default or asks whether it exists' }),
});
export type TemplateVariable = z.infer<typeof TemplateVariable>;

/** Something to know before publishing; errors prevent it. */
export const TemplateFinding = z
  .object({
    level: z.enum(['error', 'warning']),
    code: z.string().meta({ examples: ['liquid.syntax', 'email.alt_missing'] }),
    message: z.string(),
    /** The field of the content, such as `subject` or `body`. */
    field: z.string().nullable(),
    line: z.number().int().nullable(),
  })
  .meta({ id: 'TemplateFinding' });
export type TemplateFinding = z.infer<typeof TemplateFinding>;

export const Template = z
  .object({
    key: Slug,
    name: z.string(),
    description: z.string().nullable(),
    channel: z.enum(TEMPLATE_CHANNELS),
    published: z.object({ version: z.number().int(), at: Instant }).nullable(),
    changed: z.boolean().meta({ description: 'The draft differs from what is published' }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Template' });
export type Template = z.infer<typeof Template>;

export const TemplateDetail = Template.extend({
  content: TemplateContent,
  sample: JsonObject,
  variables: z.array(TemplateVariable),
  schema: z
    .record(z.string(), z.json())
    .meta({ description: 'JSON Schema of the payload, inferred from the template' }),
  findings: z.array(TemplateFinding),
}).meta({ id: 'TemplateDetail' });
export type TemplateDetail = z.infer<typeof TemplateDetail>;

export const TemplateVersion = z
  .object({
    version: z.number().int(),
    note: z.string().nullable(),
    publishedAt: Instant,
    publishedBy: Actor,
    live: z.boolean().meta({ description: 'This is what is sent now' }),
  })
  .meta({ id: 'TemplateVersion' });
export type TemplateVersion = z.infer<typeof TemplateVersion>;

/** One difference between two contents; long texts come line by line. */
export const TemplateChange = z
  .object({
    field: z.string().meta({ examples: ['subject', 'body/markdown'] }),
    kind: z.enum(['added', 'removed', 'changed']),
    before: z.json().nullable(),
    after: z.json().nullable(),
    lines: z.array(z.object({ kind: z.enum(['same', 'added', 'removed']), text: z.string() })).optional(),
  })
  .meta({ id: 'TemplateChange' });
export type TemplateChange = z.infer<typeof TemplateChange>;

/** A frame around Markdown and HTML e-mails: MJML or HTML with one `{{ content }}`. */
export const LayoutInput = z.strictObject({
  name: line(120),
  body: z.discriminatedUnion('format', [
    z.strictObject({ format: z.literal('mjml'), mjml: liquid(150_000) }),
    z.strictObject({ format: z.literal('html'), html: liquid(150_000) }),
  ]),
});
export type LayoutInput = z.infer<typeof LayoutInput>;
export const Layout = LayoutInput.extend({ key: Slug, updatedAt: Instant, findings: z.array(TemplateFinding) }).meta({
  id: 'Layout',
});
export type Layout = z.infer<typeof Layout>;

/** A piece that templates share: `{% render "signature" %}`. */
export const PartialInput = z.strictObject({
  name: line(120),
  format: z.enum(['markdown', 'html', 'text']).default('markdown'),
  source: liquid(20_000),
});
export type PartialInput = z.infer<typeof PartialInput>;
export const TemplatePartial = PartialInput.extend({
  key: Slug,
  format: z.enum(['markdown', 'html', 'text']),
  updatedAt: Instant,
}).meta({ id: 'TemplatePartial' });
export type TemplatePartial = z.infer<typeof TemplatePartial>;

/** What uses a layout or a partial. */
export const LookUse = z
  .object({ kind: z.enum(['template', 'layout', 'partial', 'workflow']), key: Slug, name: z.string() })
  .meta({ id: 'LookUse' });
export type LookUse = z.infer<typeof LookUse>;

/** Messages of one locale; null removes a key. */
export const TranslationsInput = z.strictObject({
  messages: z
    .record(MessageKey, MessageText.nullable())
    .refine((all) => Object.keys(all).length <= 2000, 'must not name more than 2000 keys'),
});
export const Translations = z
  .object({
    locale: Locale,
    messages: z.record(z.string(), z.string()),
    missing: z.array(z.string()).meta({ description: 'Keys other locales have and this one lacks' }),
    updatedAt: Instant,
  })
  .meta({ id: 'Translations' });
export type Translations = z.infer<typeof Translations>;

export const Colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #4f46e5');

/** How the messages of a workspace look: `{{ brand.name }}` and so on. */
export const BrandingInput = z.strictObject({
  name: line(120).nullish(),
  logo: ImageUrl.nullish(),
  logoDark: ImageUrl.nullish().meta({ description: 'For dark backgrounds' }),
  website: Link.nullish(),
  colour: Colour.nullish().meta({ description: 'Of buttons and links' }),
  footer: text(1000).nullish().meta({ description: 'One or two sentences under every e-mail' }),
  address: text(500).nullish().meta({ description: 'Postal address, which many countries require in advertising' }),
  locale: Locale.nullish().meta({ description: 'Of users who have none, and the last one tried for a translation' }),
});
export type BrandingInput = z.infer<typeof BrandingInput>;
export const Branding = z
  .object({
    name: z.string(),
    logo: z.string().nullable(),
    logoDark: z.string().nullable(),
    website: z.string().nullable(),
    colour: z.string(),
    footer: z.string().nullable(),
    address: z.string().nullable(),
    locale: z.string(),
  })
  .meta({ id: 'Branding' });
export type Branding = z.infer<typeof Branding>;
