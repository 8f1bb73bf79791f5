import type { EventInput } from '@pulsestack/core';
import { workContext } from '../../kernel/context.ts';
import { ProductError } from '../../kernel/errors.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import type { BusMessage } from '../../ports/bus.ts';
import { triggerMany } from '../workflows/index.ts';
import { type Meaning, readMessage } from './rules.ts';
import * as store from './store/sources.ts';

// A message that failed this often for no reason of ours is looked at alone, so that it stops nobody else.
const PATIENCE = 5;
const EXCERPT_CHARS = 500;

/**
 * Makes events of messages, as `POST /v1/events` does: many in one commit, in their order, and each once however often it is
 * delivered. What makes no event is noted with the reason and put on the topic of the dead. Rejects when the database or the
 * broker fails, so that all of it comes again.
 */
export async function receive(
  runtime: Runtime,
  source: store.SourceRow,
  messages: readonly BusMessage[],
  attempt: number,
): Promise<{ accepted: number; refused: number; ignored: number }> {
  const { workspace_id: workspaceId } = source;
  const meanings = messages.map((message) => readMessage(message, source.mapping, workspaceId));
  const refusals: store.Refusal[] = [];
  const dead: BusMessage[] = [];
  const refuse = (message: BusMessage, reason: string) => {
    refusals.push(toRefusal(message, reason));
    dead.push(message);
  };
  messages.forEach((message, i) => {
    const meaning = meanings[i];
    if (meaning?.kind === 'refused') refuse(message, meaning.reason);
  });
  const wanted = messages.flatMap((message, i) => {
    const meaning = meanings[i] as Meaning;
    return meaning.kind === 'event' ? [{ message, event: meaning.event }] : [];
  });
  for (const group of attempt > PATIENCE ? wanted.map((one) => [one]) : [wanted]) {
    if (group.length === 0) continue;
    const outcomes = await accept(runtime, source, group, attempt > PATIENCE);
    outcomes.forEach((outcome, i) => {
      const message = group[i]?.message;
      if (message && outcome instanceof ProductError) refuse(message, outcome.message);
    });
  }
  if (dead.length > 0) await bury(runtime, source, dead, refusals);
  await runtime.db.inWorkspace(workspaceId, (tx) =>
    store.noteTaken(tx, workspaceId, source.id, { received: messages.length, refusals }, runtime.clock.now()),
  );
  const ignored = meanings.filter((meaning) => meaning.kind === 'ignored').length;
  return { accepted: messages.length - ignored - refusals.length, refused: refusals.length, ignored };
}

async function accept(
  runtime: Runtime,
  source: store.SourceRow,
  group: readonly { event: EventInput }[],
  alone: boolean,
): Promise<readonly unknown[]> {
  const { tx: _none, ...ctx } = workContext(runtime, source.workspace_id, runtime.newId('request'), undefined as never);
  try {
    return await triggerMany(
      ctx,
      group.map((one) => one.event),
      { source: `bus ${source.topic}` },
    );
  } catch (error) {
    if (!alone) throw error;
    // The message is only to blame when the database is well.
    await runtime.database.health();
    runtime.log.error({ err: error, sourceId: source.id }, 'a message of the bus could not be worked at');
    return [new ProductError('server.failed', 'The message could not be worked at; the log of the server says why.')];
  }
}

/** Puts messages that made no event on the topic of the dead, as they came, with the reason. */
async function bury(
  runtime: Runtime,
  source: store.SourceRow,
  messages: readonly BusMessage[],
  refusals: readonly store.Refusal[],
): Promise<void> {
  await runtime.bus.publish(
    `${source.topic}.dead`,
    messages.map((message, i) => ({
      id: `${source.id} ${message.position}`,
      key: message.key ?? '',
      value: message.value.toString('utf8'),
      headers: {
        ...withoutCarrier(message.headers),
        'pulsestack-source': source.id,
        'pulsestack-position': message.position,
        'pulsestack-reason': encodeURIComponent(refusals[i]?.reason ?? ''),
      },
    })),
  );
}

/** Headers of the sender; what a broker adds it would read again as its own. */
function withoutCarrier(headers: BusMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !name.startsWith('nats-') && name !== 'message-id' && name !== 'message-key',
    ),
  );
}

function toRefusal(message: BusMessage, reason: string): store.Refusal {
  return {
    position: message.position,
    reason: storable(reason).slice(0, 500),
    key: message.key === null ? null : storable(message.key).slice(0, 255),
    excerpt: storable(message.value.subarray(0, EXCERPT_CHARS * 4).toString('utf8')).slice(0, EXCERPT_CHARS),
  };
}

/** The database keeps neither NUL nor half a character. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}
