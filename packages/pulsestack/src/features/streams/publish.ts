import { MAX_EVENT_BYTES, STREAM_EVENTS, type StreamEventInput, type StreamTarget, streams } from '@pulsestack/core';
import { z } from 'zod';
import type { Context } from '../../kernel/context.ts';
import { fail } from '../../kernel/errors.ts';
import { announce, event } from '../../kernel/event.ts';
import { checkEvents } from '../catalog/index.ts';

/** Puts an event of the application on the log, once for each target, in one commit. */
export async function publishEvent(ctx: Context, input: StreamEventInput): Promise<number> {
  const { name, data, tags, about } = input;
  if (Object.hasOwn(STREAM_EVENTS, name)) {
    throw fail('request.invalid', 'The product itself sends events of this name; choose another.', {
      fields: [{ in: 'body', field: '/name', message: 'is reserved' }],
    });
  }
  const text = JSON.stringify(data);
  if (Buffer.byteLength(text) > MAX_EVENT_BYTES) {
    throw fail('request.too_large', 'The data of the event is too large; send a reference to the large part instead.', {
      fields: [{ in: 'body', field: '/data', message: `must not exceed ${MAX_EVENT_BYTES} bytes of JSON` }],
    });
  }
  const [misfit] = await checkEvents(ctx.tx, ctx.workspaceId, [{ name, data }]);
  if (misfit) {
    throw fail('event.invalid', `The data does not fit the schema that the catalogue declares for "${name}".`, {
      fields: [{ in: 'body', field: `/data${misfit.path}`, message: misfit.message }],
    });
  }
  const targets = new Set([input.to].flat().map(streamOf));
  const custom = event(name, z.unknown(), { summary: 'An event of the application' });
  const announcements = [...targets].map((stream) => ({
    event: custom,
    data: { value: data },
    verbatim: text,
    stream,
    ...(tags ? { tags } : {}),
    ...(about ? { about } : {}),
  }));
  await announce(ctx, ctx.tx, ctx.workspaceId, announcements, ctx.requestId, { groupCommit: true });
  return targets.size;
}

function streamOf(target: StreamTarget): string {
  if ('user' in target) return streams.user(target.user);
  if ('topic' in target) return streams.topic(target.topic);
  if ('session' in target) return streams.session(target.session);
  return streams.workspace;
}
