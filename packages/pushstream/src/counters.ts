import type { HubStats } from './contract.ts';

type Counted = Omit<HubStats, 'connections' | 'catchupConnections' | 'groups' | 'head' | 'ringEvents' | 'ringBytes'>;

/** What a hub counts since it was created. */
export class Counters implements Counted {
  connected = 0;
  disconnected = 0;
  refused = 0;
  applied = 0;
  duplicates = 0;
  gaps = 0;
  repaired = 0;
  logErrors = 0;
  delivered = 0;
  bytes = 0;
  heartbeats = 0;
  demoted = 0;
  stalled = 0;
  expired = 0;
  replays = 0;
  replayedFromRing = 0;
  replayedFromLog = 0;
  resets = { expired: 0, limit: 0, epoch: 0, unknown: 0 };

  read(): Counted {
    return { ...this, resets: { ...this.resets } };
  }
}
