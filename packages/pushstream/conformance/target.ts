/** An event as the suite publishes it. */
export interface Publication {
  /** `user` only for targets that can tell users apart. */
  to: 'everyone' | { user: string };
  name: string;
  data: unknown;
  tags?: Readonly<Record<string, string | number | boolean>>;
  /** Only for targets whose publishers choose ids. */
  id?: string;
}

/** The answer to a publication. Between 200 and 299 the server has promised to deliver it. */
export interface Receipt {
  status: number;
}

/** How a reader introduces itself. */
export interface Introduction {
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
}

/** How a server is started for a case that needs it so and not otherwise. */
export interface Variant {
  keep?: number;
  replayEvents?: number;
  ringEvents?: number;
  connections?: number;
  ended?: boolean;
}

export interface ServerFigures {
  connections: number;
  descriptors: number;
  /** Memory in use, garbage not counted. */
  heldBytes: number;
}

/** What not every server offers. A case that needs something the target lacks is not applicable to it. */
export interface Abilities {
  /** Speaks `ps.open`, `ps.reset`, `ps.drain` and `ps.busy`, and cursors `<epoch>.<seq>`. */
  controls: true;
  /** How a user, who has a stream of their own, introduces themselves. */
  asUser(user: string): Promise<Introduction>;
  /** A reader whose right ends after so many milliseconds. */
  expiring(user: string, ttlMs: number): Promise<Introduction>;
  /** Takes a user's right to their own stream away; resolves when it is gone. */
  revoke(user: string): Promise<void>;
  /** Readers that must be refused. */
  strangers: { unknown: Introduction; forbidden?: Introduction };
  /** The place to read on from, told beside the stream. */
  cursor(): Promise<string>;
  /** An origin from which reading is allowed. */
  origin: string;
  heartbeatMs: number;
  /** Bytes of JSON one event may have; above it a publication is refused. */
  maxEventBytes: number;
  /** Readers narrow what they receive by `?filter=`. */
  filter: true;
  /** Publishers choose ids. */
  ids: true;
  /** Ends the server at once, as a power cut would, and starts it again where it was. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Asks the server to end; resolves when it has. */
  shutdown(): Promise<void>;
  figures(): Promise<ServerFigures>;
  /** Another server of the same kind, started for one case. */
  variant(options: Variant): Promise<Target>;
  /** The server is the one this suite comes with, so cases about its other parts (client, backplanes) say something. */
  ownParts: true;
}

export interface Target {
  name: string;
  /** Where events are read; `http:` only. */
  url: string;
  /** `json`: data is a JSON value, and JSON is what readers receive. `text`: data is text and is received as it is. */
  data: 'json' | 'text';
  /** How a reader introduces itself who is nobody in particular. */
  reader?: Introduction;
  publish(publication: Publication): Promise<Receipt>;
  can: Partial<Abilities>;
  close(): Promise<void>;
}

/** Why a case cannot be asked of a target, by what is missing. */
export const MISSING: Record<keyof Abilities, string> = {
  controls: 'does not speak control events (ps.open, ps.reset …)',
  asUser: 'no way to read as one of several users',
  expiring: 'no way to get a right that ends within seconds',
  revoke: 'no way to take a right away',
  strangers: 'refuses nobody',
  cursor: 'tells no place in the stream beside the stream',
  origin: 'no allowed origin is named (--origin)',
  heartbeatMs: 'it is not said how often it breaks the silence (--heartbeat-ms)',
  maxEventBytes: 'it is not said how large an event may be (--max-event-bytes)',
  filter: 'readers cannot filter',
  ids: 'publishers do not choose ids',
  kill: 'no way to kill it (--kill-cmd)',
  restart: 'no way to start it again (--restart-cmd)',
  shutdown: 'no way to ask it to end (--stop-cmd)',
  figures: 'does not tell its connections, descriptors and memory',
  variant: 'needs a server that is set up for this case',
  ownParts: 'concerns parts of this project beside the server',
};
