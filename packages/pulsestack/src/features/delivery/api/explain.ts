import { Audience, Channel, Decision, Instant, Priority, Slug, UserId } from '@pulsestack/core';
import { z } from 'zod';
import { operation } from '../../../kernel/operation.ts';
import { explainMany, explainOne } from '../explain.ts';

const MAX_EXAMINED = 5000;

const explain = operation({
  id: 'messages.explain',
  method: 'POST',
  path: '/v1/explain',
  summary: 'See what would become of a message, and why; nothing is sent',
  description: `With \`user\`: the decision of every layer for each channel. With \`audience\`: how many would get it and what keeps it from the others, over at most ${MAX_EXAMINED} people.`,
  allow: 'messages.read',
  body: z
    .strictObject({
      user: UserId.optional(),
      audience: Audience.optional(),
      channels: z.array(Channel).min(1).max(7).default(['in_app', 'email']),
      category: Slug.default('general'),
      workflow: Slug.optional(),
      priority: Priority.default('normal'),
      critical: z.boolean().default(false),
      sendAt: Instant.optional(),
      limit: z
        .number()
        .int()
        .min(1)
        .max(MAX_EXAMINED)
        .default(1000)
        .meta({ description: 'How many of the audience are looked at' }),
    })
    .refine((body) => (body.user === undefined) !== (body.audience === undefined), {
      message: 'needs exactly one of user and audience',
      path: ['user'],
    }),
  output: z.object({
    user: z
      .array(
        z.object({
          channel: Channel,
          to: z.string().nullable(),
          decision: Decision,
          sentence: z.string().nullable(),
        }),
      )
      .nullable(),
    audience: z
      .object({
        examined: z.number().int(),
        complete: z.boolean().meta({ description: 'The whole audience was looked at' }),
        reasons: z.array(
          z.object({
            channel: Channel,
            outcome: z.enum(['send', 'skip', 'hold', 'digest']),
            code: z.string().nullable(),
            sentence: z.string().nullable(),
            users: z.number().int(),
            examples: z.array(UserId),
          }),
        ),
      })
      .nullable(),
  }),
  errors: ['resource.not_found'],
  example: { user: 'ada', channels: ['email'], category: 'comments' },
  // It changes nothing; the method is POST for the sake of its body.
  audit: 'own-record',
  async run(ctx, { body }) {
    const { user, audience, limit, sendAt, workflow, ...rest } = body;
    const channels = [...new Set(rest.channels)];
    const asked = { ...rest, channels, workflow: workflow ?? null, ...(sendAt ? { sendAt: new Date(sendAt) } : {}) };
    return {
      user: user === undefined ? null : await explainOne(ctx, user, asked),
      audience: audience === undefined ? null : await explainMany(ctx, audience, asked, limit),
    };
  },
});

export const explainOperations = [explain];
