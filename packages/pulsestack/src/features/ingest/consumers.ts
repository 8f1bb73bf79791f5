import type { Loop } from '../../kernel/feature.ts';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import type { BusSubscription } from '../../ports/bus.ts';
import { receive } from './receive.ts';
import { mayUse } from './rules.ts';
import * as store from './store/sources.ts';

const LOOK_MS = 2_000;
/** What one process listens to; of more each process takes others, so an installation with more runs more processes. */
const MAX_SOURCES = 500;
const CHANNEL = 'ingest.sources';
const NOT_ALLOWED = 'The operator does not let this workspace use the topic any more.';

/** A member of the group of each active source, in every process that works. */
export interface Consumers extends Loop {
  /** Somebody has changed a source: every process looks at once. */
  tell(): void;
}

export const consumers = resource(createConsumers);

interface Listening {
  updatedAt: number;
  /** Undefined while it could not be joined. */
  subscription: BusSubscription | undefined;
}

/** The group in which the broker keeps the position of a source. */
export function groupOf(source: { workspace_id: string; id: string }): string {
  return `pulsestack.${source.workspace_id}.${source.id}`;
}

function createConsumers(runtime: Runtime): Consumers {
  const { bus, db, log, pubsub, settings } = runtime;
  const listening = new Map<string, Listening>();
  const taken = runtime.telemetry.counter('bus_received_total', 'Messages of the bus, by what became of them', [
    'outcome',
  ]);
  const name = runtime.randomBytes(12).toString('base64url');
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  let unsubscribe: Promise<() => Promise<void>> | undefined;

  async function follow(): Promise<void> {
    do {
      again = false;
      const sources = await db.inSystem((tx) => store.activeSources(tx, MAX_SOURCES, name));
      const isAllowed = (row: store.SourceRow) => mayUse(row.workspace_id, row.topic, settings.bus);
      const wanted = new Map(sources.filter(isAllowed).map((row) => [row.id, row]));
      for (const row of sources.filter((one) => !isAllowed(one)))
        await db.inWorkspace(row.workspace_id, (tx) => store.noteTrouble(tx, row.workspace_id, row.id, NOT_ALLOWED));
      const gone = [...listening].filter(([id, one]) => wanted.get(id)?.updated_at.getTime() !== one.updatedAt);
      await Promise.all(
        gone.map(async ([id, { subscription }]) => {
          listening.delete(id);
          await subscription?.close();
        }),
      );
      const fresh = [...wanted.values()].filter((row) => !listening.get(row.id)?.subscription);
      if (!stopped) await Promise.all(fresh.map(join));
    } while (again && !stopped);
  }

  async function join(source: store.SourceRow): Promise<void> {
    const { workspace_id: workspaceId, id, topic } = source;
    const note = (sentence: string | null) => {
      db.inWorkspace(workspaceId, (tx) =>
        store.noteTrouble(tx, workspaceId, id, sentence?.slice(0, 500) ?? null),
      ).catch((error: unknown) => log.debug({ err: error }, 'the trouble of a source was not noted'));
    };
    const one: Listening = { updatedAt: source.updated_at.getTime(), subscription: undefined };
    listening.set(id, one);
    let troubled = source.last_error !== null;
    try {
      one.subscription = await bus.subscribe(
        topic,
        groupOf(source),
        async (messages, attempt) => {
          const { accepted, refused, ignored } = await receive(runtime, source, messages, attempt);
          taken.add(accepted, { outcome: 'accepted' });
          taken.add(refused, { outcome: 'refused' });
          taken.add(ignored, { outcome: 'ignored' });
        },
        {
          from: source.start_at,
          onTrouble(sentence) {
            if (sentence === null && !troubled) return;
            troubled = sentence !== null;
            note(sentence);
          },
        },
      );
    } catch (error) {
      log.warn(
        { err: error, workspaceId, sourceId: id, topic },
        'a topic of the bus cannot be listened to; it is tried again',
      );
      note((error as Error).message);
    }
  }

  function work(): Promise<void> {
    running ??= follow()
      .catch((error: unknown) => log.error({ err: error }, 'the sources of the bus could not be read'))
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  function wake(): void {
    again = true;
    void work();
  }

  return {
    start() {
      timer = setInterval(() => void work(), LOOK_MS);
      timer.unref();
      unsubscribe = pubsub.subscribe(CHANNEL, wake);
      unsubscribe.catch((error: unknown) =>
        log.warn({ err: error }, 'changes of sources are looked for instead of heard'),
      );
      void work();
    },
    tell() {
      pubsub
        .publish(CHANNEL, 'changed')
        .catch((error: unknown) => log.debug({ err: error }, 'a change of a source was not told; it is looked for'));
    },
    async runDue() {
      await running;
      await work();
    },
    async close() {
      stopped = true;
      clearInterval(timer);
      await (await unsubscribe?.catch(() => undefined))?.();
      await running;
      await Promise.all([...listening.values()].map((one) => one.subscription?.close()));
      listening.clear();
    },
  };
}
