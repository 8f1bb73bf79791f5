import type { HubStats } from './contract.ts';

type Counted = Omit<
  HubStats,
  | 'connections'
  | 'catchupConnections'
  | 'backpressuredConnections'
  | 'cursorLag'
  | 'acknowledgementLag'
  | 'groups'
  | 'filters'
  | 'head'
  | 'ringEvents'
  | 'ringBytes'
>;

/** What a hub counts since it was created. */
export class Counters implements Counted {
  connected = 0;
  disconnected = 0;
  refused = 0;
  applied = 0;
  duplicates = 0;
  gaps = 0;
  repaired = 0;
  repairMs = 0;
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
  replayRequests = { ring: 0, log: 0, reset: 0 };
  resets = { expired: 0, limit: 0, epoch: 0, unknown: 0 };
  ended = { client: 0, expired: 0, drain: 0, gone: 0, busy: 0, stalled: 0, error: 0 };
  filterEvals = 0;
  filterDropped = 0;
  acknowledgements = 0;
  erased = 0;
  drainMs = 0;

  read(): Counted {
    return {
      ...this,
      resets: { ...this.resets },
      replayRequests: { ...this.replayRequests },
      ended: { ...this.ended },
    };
  }
}
