import { workContext } from '../../kernel/context.ts';
import { ProductError } from '../../kernel/errors.ts';
import type { Runtime } from '../../kernel/runtime.ts';
import type { BusMessage, OutgoingMessage } from '../../ports/bus.ts';
import { triggerMany } from '../workflows/index.ts';
import { type Meaning, readMessage } from './rules.ts';
import * as store from './store/sources.ts';

// A message that failed this often for no reason of ours is looked at alone, so that it stops nobody else.
const PATIENCE = 5;
const EXCERPT_CHARS = 500;
// Brokers refuse messages of a megabyte.
const MAX_GRAVE_BYTES = 900_000;

/** What became of some messages. */
export interface Taken {
  accepted: number;
  ignored: number;
  refused: number;
}

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
): Promise<Taken> {
  if (attempt <= PATIENCE) return take(runtime, source, messages);
  const total: Taken = { accepted: 0, ignored: 0, refused: 0 };
  for (const message of messages) {
    const taken = await take(runtime, source, [message]).catch(async (error: unknown) => {
      // The message is only to blame when the database and the broker are well.
      await runtime.database.health();
      if (!runtime.bus.healthy) throw error;
      runtime.log.error({ err: error, sourceId: source.id }, 'a message of the bus could not be worked at');
      return giveUp(runtime, source, message);
    });
    total.accepted += taken.accepted;
    total.ignored += taken.ignored;
    total.refused += taken.refused;
  }
  return total;
}

async function take(runtime: Runtime, source: store.SourceRow, messages: readonly BusMessage[]): Promise<Taken> {
  const { workspace_id: workspaceId, id } = source;
  const meanings = messages.map((message) => readMessage(message, source.mapping, workspaceId));
  const events = meanings.flatMap((meaning) => (meaning.kind === 'event' ? [meaning.event] : []));
  const dead = await runtime.db.inWorkspace(workspaceId, async (tx) => {
    const ctx = workContext(runtime, workspaceId, runtime.newId('request'), tx);
    const outcomes = await triggerMany(ctx, events, { source: `bus ${source.topic}` });
    let next = 0;
    const refused = messages.flatMap((message, i): Dead[] => {
      const meaning = meanings[i] as Meaning;
      if (meaning.kind === 'refused') return [{ message, refusal: toRefusal(message, meaning.reason) }];
      const outcome = meaning.kind === 'event' ? outcomes[next++] : undefined;
      return outcome instanceof ProductError ? [{ message, refusal: toRefusal(message, outcome.message) }] : [];
    });
    const refusals = refused.map((one) => one.refusal);
    await store.noteTaken(tx, workspaceId, id, { received: messages.length, refusals }, runtime.clock.now());
    return refused;
  });
  // After the commit: when the broker fails now, all of it comes again, and what was accepted is known.
  if (dead.length > 0) await bury(runtime, source, dead);
  const ignored = meanings.filter((meaning) => meaning.kind === 'ignored').length;
  return { accepted: messages.length - ignored - dead.length, refused: dead.length, ignored };
}

/** Gives up a message that cannot be worked at for a reason that only the log of the server knows. */
async function giveUp(runtime: Runtime, source: store.SourceRow, message: BusMessage): Promise<Taken> {
  const refusal = toRefusal(message, 'The message could not be worked at; the log of the server says why.');
  await runtime.db.inWorkspace(source.workspace_id, (tx) =>
    store.noteTaken(tx, source.workspace_id, source.id, { received: 1, refusals: [refusal] }, runtime.clock.now()),
  );
  await bury(runtime, source, [{ message, refusal }]);
  return { accepted: 0, ignored: 0, refused: 1 };
}

interface Dead {
  message: BusMessage;
  refusal: store.Refusal;
}

/** Puts messages that made no event on the topic of the dead, as they came, with the reason. */
async function bury(runtime: Runtime, source: store.SourceRow, dead: readonly Dead[]): Promise<void> {
  const topic = `${source.topic}.dead`;
  const graves = dead.map((one) => toGrave(source, one));
  try {
    await runtime.bus.publish(topic, graves);
  } catch {
    // One that the broker does not take as it is must not keep the others, nor all that comes behind them.
    for (const grave of graves) {
      const whole = graves.length > 1 ? runtime.bus.publish(topic, [grave]) : Promise.reject(new Error('not taken'));
      await whole.catch(() => runtime.bus.publish(topic, [withoutValue(grave)]));
    }
  }
}

function toGrave(source: store.SourceRow, { message, refusal }: Dead): OutgoingMessage {
  const grave = {
    id: `${source.id} ${message.position}`,
    key: message.key ?? '',
    value: message.value,
    headers: {
      ...withoutCarrier(message.headers),
      'pulsestack-source': source.id,
      'pulsestack-position': message.position,
      'pulsestack-reason': encodeURIComponent(refusal.reason),
    },
  };
  const bytes = message.value.length + Buffer.byteLength(grave.key + Object.entries(grave.headers).join());
  return bytes > MAX_GRAVE_BYTES ? withoutValue(grave) : grave;
}

/** Says where it stands in its topic, where it can be read as long as the broker keeps it. */
function withoutValue({ id, headers }: OutgoingMessage): OutgoingMessage {
  const ours = Object.entries(headers).filter(([name]) => name.startsWith('pulsestack-'));
  return { id, key: '', value: '', headers: { ...Object.fromEntries(ours), 'pulsestack-cut': 'true' } };
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
    reason: reason.slice(0, 500).toWellFormed(),
    key: message.key?.slice(0, 255) ?? null,
    excerpt: message.value
      .subarray(0, EXCERPT_CHARS * 4)
      .toString('utf8')
      .slice(0, EXCERPT_CHARS),
  };
}
