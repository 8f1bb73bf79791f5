import { Instant, idSchema, JsonObject, Locale, MessageId, Slug } from '@pulsestack/core';
import { z } from 'zod';
import { operation } from '../../../kernel/operation.ts';
import { sendTestMessage } from '../testing-templates.ts';

export const sendTest = operation({
  id: 'templates.test',
  method: 'POST',
  path: '/v1/templates/{key}/test',
  summary: 'Send a template to yourself, or to another member',
  description:
    'An e-mail goes to the confirmed address of the member and takes the way every e-mail takes; a message of the inbox is there at once. Read what became of it as the message with the id that comes back. `en-XA` and `ar-XB` show what longer and mirrored text does to it.',
  allow: 'templates.write',
  params: z.strictObject({ key: Slug }),
  body: z.strictObject({
    source: z.enum(['draft', 'published']).default('draft'),
    data: JsonObject.optional().meta({ description: 'Default: the sample of the template' }),
    locale: Locale.optional(),
    member: idSchema('member').optional().meta({ description: 'Default: the member who asks; an API key names one' }),
  }),
  output: z.object({ messageId: MessageId, to: z.string(), at: Instant }),
  status: 202,
  errors: [
    'resource.not_found',
    'resource.conflict',
    'request.invalid',
    'request.rate_limited',
    'template.invalid',
    'auth.forbidden',
  ],
  transaction: 'none',
  example: { locale: 'en' },
  audit: 'own-record',
  run: (ctx, { params, body }) => sendTestMessage(ctx, params.key, body),
});
