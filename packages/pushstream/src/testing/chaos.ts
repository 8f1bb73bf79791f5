import type { Backplane } from '../backplane/backplane.ts';
import { createRandom } from './random.ts';

export interface Chaos extends Backplane {
  readonly lost: number;
  readonly doubled: number;
  readonly delayed: number;
  /** From now on everything passes as it came. */
  calm(): void;
}

/** A backplane that loses, doubles and reorders what it hears, always in the same way for the same seed. */
export function chaos(backplane: Backplane, seed: number): Chaos {
  const random = createRandom(seed);
  let [lost, doubled, delayed] = [0, 0, 0];
  let calm = false;
  return {
    publish: (channel, message) => backplane.publish(channel, message),
    async subscribe(channel, listener) {
      return backplane.subscribe(channel, (message) => {
        const fate = calm ? 9 : random(10);
        if (fate < 2) {
          lost += 1;
          return;
        }
        if (fate < 4) {
          delayed += 1;
          setTimeout(() => listener(message), 1 + random(40));
          return;
        }
        listener(message);
        if (fate < 6) {
          doubled += 1;
          setTimeout(() => listener(message), random(20));
        }
      });
    },
    get healthy() {
      return backplane.healthy;
    },
    onHealth: (listener) => backplane.onHealth(listener),
    close: () => backplane.close(),
    get lost() {
      return lost;
    },
    get doubled() {
      return doubled;
    },
    get delayed() {
      return delayed;
    },
    calm() {
      calm = true;
    },
  };
}
