/** Writes a position on a workspace's log as clients send it back: `k3v9Qa.z`. The same form as PushStream's cursor. */
export function formatCursor(epoch: string, seq: number): string {
  return `${epoch}.${seq.toString(36)}`;
}
