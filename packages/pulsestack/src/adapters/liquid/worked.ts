/**
 * Milliseconds this thread has worked. Limits are taken from it and not from the clock: on a busy machine a text comes late,
 * but it has all the time that is its own.
 */
export function workedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
