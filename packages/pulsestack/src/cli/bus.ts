import { openKafkaBus } from '../adapters/kafka/index.ts';
import { openNatsBus } from '../adapters/nats/bus.ts';
import { type Config, ConfigError } from '../config.ts';
import type { Bus } from '../ports/bus.ts';
import type { Log } from '../ports/log.ts';

/** The broker that BUS_URL names; undefined without one. Says what keeps it from being used. */
export async function openBus(config: Config, log: Log): Promise<Bus | undefined> {
  const url = config.BUS_URL;
  if (!url) return undefined;
  try {
    return await (url.startsWith('kafka') ? openKafkaBus({ url, log }) : openNatsBus({ url, log }));
  } catch (error) {
    throw new ConfigError([
      `BUS_URL is set, but cannot be used: ${(error as Error).message}. Mend it, or leave it out to do without a broker.`,
    ]);
  }
}
