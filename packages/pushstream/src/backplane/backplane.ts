/**
 * News between the nodes of one installation.
 *
 * It only makes nodes faster: a backplane may lose, double and reorder messages, and split the nodes for a while. What
 * is true is in the log, and `joinNodes` reads there whatever did not come. A node hears its own messages, too.
 * An empty message says that there was news too large to carry.
 */
export interface Backplane {
  /** Resolves when the message was handed over; rejects, without queueing, while the way is interrupted. */
  publish(channel: string, message: string): Promise<void>;
  /** Resolves when every later message will be heard; the result stops it. Survives interruptions by itself. */
  subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>>;
  /** False while messages cannot come or go. */
  readonly healthy: boolean;
  /** Calls whenever `healthy` has changed; the result stops it. */
  onHealth(listener: (healthy: boolean) => void): () => void;
  /** Ends all connections. What is published afterwards is refused. */
  close(): Promise<void>;
}

/** A backplane that cannot be used as it is set up; the message says what to do. */
export class BackplaneUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BackplaneUnavailable';
  }
}

/** Loads the driver of a backplane, or says what to install. */
export async function loadDriver<Driver>(name: string, load: () => Promise<Driver>): Promise<Driver> {
  try {
    return await load();
  } catch (error) {
    throw new BackplaneUnavailable(`This backplane needs the package ${name}. Install it with: npm install ${name}`, {
      cause: error,
    });
  }
}

/** An address without the password in it, to be shown to people. */
export function withoutPassword(url: string): string {
  return url.replace(/(\/\/[^/@:]*):[^/@]*@/g, '$1:…@');
}
