/**
 * News between the processes of one installation.
 * Delivery is at most once and may be lost or doubled: it only wakes listeners, the database stays the truth.
 * A process hears its own messages too. Messages of one publisher arrive in order.
 */
export interface PubSub {
  publish(channel: string, message: string): Promise<void>;
  subscribe(channel: string, onMessage: (message: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
