import { JsonObject, Locale, MessageContent, TemplateFinding, TemplateVariable } from '@pulsestack/core';
import { z } from 'zod';

/** What every preview is asked for, and what it answers. */
export const data = JsonObject.optional().meta({
  description: 'What the template sees: `payload`, `user`, `events`, `digest`, …',
  examples: [{ payload: { name: 'Ada' } }],
});
export const locales = z.array(Locale).min(1).max(30).optional().meta({
  description:
    'Default: every locale there is a translation for. `en-XA` shows the text accented and a third longer, `ar-XB` from right to left, so that layouts break before translators come.',
});

export const TemplatePreview = z
  .object({
    findings: z.array(TemplateFinding),
    variables: z.array(TemplateVariable),
    missing: z.array(z.string()).meta({ description: 'Required variables that the data does not fill' }),
    items: z.array(
      z.object({
        locale: z.string(),
        variant: z
          .string()
          .nullable()
          .meta({ description: 'The locale whose own content this is; null is the content itself' }),
        dir: z.enum(['ltr', 'rtl']),
        content: MessageContent.nullable(),
        error: z.string().nullable(),
        missing: z.array(z.string()).meta({ description: 'Of this locale' }),
        bytes: z.number().int().meta({ description: 'Size of the HTML; 0 for other channels' }),
      }),
    ),
  })
  .meta({ id: 'TemplatePreview' });
