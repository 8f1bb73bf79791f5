/**
 * News between the processes of one installation.
 * Delivery is at most once and may be lost or doubled: it only wakes listeners, the database stays the truth.
 * A process hears its own messages too. Messages of one publisher arrive in order, as long as nothing is interrupted; an empty
 * message says that there was one too large to carry.
 */
export interface PubSub {
  /** Rejects, without queueing, while the way is interrupted. */
  publish(channel: string, message: string): Promise<void>;
  subscribe(channel: string, onMessage: (message: string) => void): Promise<() => Promise<void>>;
  /** False while messages cannot come or go; it mends itself. */
  readonly healthy: boolean;
  /** Calls whenever `healthy` has changed; the result stops it. */
  onHealth(listener: (healthy: boolean) => void): () => void;
  close(): Promise<void>;
}
