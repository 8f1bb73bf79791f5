import { Action, type Channel, ImageUrl, JsonObject, Link, line, type MessageContent, text } from '@pulsestack/core';
import { z } from 'zod';
import { htmlToPlainText } from '../../templates/index.ts';
import type { Data } from '../engine/live.ts';

const link = Link.nullish();
const image = ImageUrl.nullish();

/** What a code step may make for each channel. Unknown fields are left out; links and images are checked as everywhere. */
const contents = {
  in_app: z.object({
    title: line(200),
    body: text(10_000).default(''),
    icon: image,
    image,
    link,
    actions: z.array(Action).max(3).optional(),
    data: JsonObject.optional(),
    collapseKey: text(256).nullish(),
  }),
  email: z
    .object({
      subject: line(500),
      html: text(200_000, 1),
      text: text(200_000).optional(),
      preheader: text(500).optional(),
      from: line(320).nullish(),
      replyTo: line(320).nullish(),
    })
    .transform((made) => ({ ...made, text: made.text ?? htmlToPlainText(made.html) })),
  sms: z.object({ body: text(1600, 1) }),
  push: z.object({ title: line(500), body: text(4096).default(''), link, image, data: JsonObject.optional() }),
  whatsapp: z.object({ body: text(4096, 1) }),
  chat: z.object({ body: text(10_000, 1) }),
  webhook: z.object({ body: z.json() }),
} satisfies Record<Channel, z.ZodType>;

/** The content of a message as a code step has made it, or what is wrong with it. */
export function readMadeContent(channel: Channel, output: Data | undefined): MessageContent | string {
  if (output === undefined) return 'it has not run before this step';
  const read = contents[channel].safeParse(output);
  if (read.success) return { channel, ...read.data } as MessageContent;
  const [issue] = read.error.issues;
  return `${issue?.path.join('.') || 'output'}: ${issue?.message ?? 'does not fit'}`;
}

/** Stands where code was not asked. */
export function unknownContent(channel: Channel, from: string): MessageContent {
  const words = `(made by the code step ${from})`;
  const all = { title: words, subject: words, html: words, text: words, body: words };
  return { channel, ...contents[channel].parse(all) } as MessageContent;
}
