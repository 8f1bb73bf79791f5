import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { fail } from '../../kernel/errors.ts';
import { type Runtime, resource } from '../../kernel/runtime.ts';

// Below this a stolen hash is guessed too fast, whatever the settings say; above, one sign-in takes seconds.
const COST_FLOOR = 10;
const COST_CEILING = 20;
const BLOCK_SIZE = 8;
const PARALLEL = 1;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
// Each hash keeps a core busy and 32 MiB: four at a time leave room for everyone else, and a flood is sent away.
const AT_ONCE = 4;
const MAX_WAITING = 200;

const turnstile = resource(() => {
  let running = 0;
  const waiting: (() => void)[] = [];
  return {
    async pass<T>(work: () => Promise<T>): Promise<T> {
      if (running >= AT_ONCE) {
        if (waiting.length >= MAX_WAITING) {
          throw fail('server.unavailable', 'Too many people are signing in at once; try again in a moment.', {
            headers: { 'retry-after': '5' },
          });
        }
        await new Promise<void>((enter) => waiting.push(enter));
      } else running++;
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else running--;
      }
    },
  };
});

/** Hashes a password for keeping: scrypt with the cost of the settings, written into the hash. */
export async function hashPassword(runtime: Runtime, password: string): Promise<string> {
  const cost = costOf(runtime);
  const salt = runtime.randomBytes(SALT_BYTES);
  const key = await derive(runtime, password, salt, cost);
  return ['scrypt', cost, BLOCK_SIZE, PARALLEL, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Compares in constant time. Without a hash to compare with it takes as long and says no, so that nobody learns which accounts exist. */
export async function verifyPassword(runtime: Runtime, password: string, hash: string | undefined): Promise<boolean> {
  const kept = parse(hash);
  const { cost, salt } = kept ?? { cost: costOf(runtime), salt: randomBytes(SALT_BYTES) };
  const key = await derive(runtime, password, salt, cost);
  return kept !== undefined && timingSafeEqual(key, kept.key);
}

/** Was the hash made at another cost than passwords are hashed at now? */
export function isOutdated(runtime: Runtime, hash: string): boolean {
  return parse(hash)?.cost !== costOf(runtime);
}

function costOf(runtime: Runtime): number {
  return Math.min(COST_CEILING, Math.max(COST_FLOOR, runtime.settings.passwordCost));
}

function parse(hash: string | undefined): { cost: number; salt: Buffer; key: Buffer } | undefined {
  const [kind, cost, , , salt, key] = hash?.split('$') ?? [];
  if (kind !== 'scrypt' || salt === undefined || key === undefined) return undefined;
  return { cost: Number(cost), salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url') };
}

function derive(runtime: Runtime, password: string, salt: Buffer, cost: number): Promise<Buffer> {
  const N = 2 ** cost;
  // One person types é as one character, another keyboard sends two: both are the same password.
  const text = password.normalize('NFKC');
  return turnstile.of(runtime).pass(
    () =>
      new Promise((resolve, reject) => {
        const options = { N, r: BLOCK_SIZE, p: PARALLEL, maxmem: 256 * N * BLOCK_SIZE };
        scrypt(text, salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
      }),
  );
}
