/** Asks again and again until the answer is not undefined, null or false; fails with what was wanted when time is up. */
export async function eventually<T>(
  wanted: string,
  ask: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  withinMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${wanted}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
