import { expect, it } from 'vitest';
import type { PubSub } from '../pubsub.ts';

/** What every PubSub promises. `open` gives two views of one installation, as two processes would have. */
export function pubSubContract(open: () => Promise<{ one: PubSub; other: PubSub; close(): Promise<void> }>): void {
  it('carries messages to every process, its own included, in order', async () => {
    const { one, other, close } = await open();
    const heardByOne: string[] = [];
    const heardByOther: string[] = [];
    await one.subscribe('news', (message) => heardByOne.push(message));
    await other.subscribe('news', (message) => heardByOther.push(message));
    for (const message of ['a', 'b', 'c']) await one.publish('news', message);
    await expect.poll(() => heardByOne).toEqual(['a', 'b', 'c']);
    await expect.poll(() => heardByOther).toEqual(['a', 'b', 'c']);
    await close();
  });

  it('keeps channels apart and stops when asked', async () => {
    const { one, other, close } = await open();
    const heard: string[] = [];
    const stop = await other.subscribe('news', (message) => heard.push(message));
    await other.subscribe('done', (message) => heard.push(`done ${message}`));
    await one.publish('weather', 'rain');
    await one.publish('news', 'first');
    await expect.poll(() => heard).toEqual(['first']);
    await stop();
    await one.publish('news', 'second');
    await one.publish('done', 'now');
    await expect.poll(() => heard).toEqual(['first', 'done now']);
    await close();
  });

  it('is well, and says when that changes', async () => {
    const { one, other, close } = await open();
    expect([one.healthy, other.healthy]).toEqual([true, true]);
    one.onHealth(() => {})();
    await close();
  });
}
