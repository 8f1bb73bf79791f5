import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { fail } from '../../kernel/errors.ts';
import { type Runtime, resource } from '../../kernel/runtime.ts';
import { detached, onInvalidated, revokeAfterCommit } from './revocation.ts';
import * as store from './store/signing-keys.ts';

export const SIGNING_KEY_DAYS = 90;
/** The longest a token may live; a key that no longer signs is recognised for as long. */
export const LONGEST_TOKEN_MINUTES = 24 * 60;
const PURPOSE = 'signing-key';
const RELOAD_AT_MOST_EVERY_MS = 5_000;
const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;
// News of a new key may get lost. A process looks for itself every hour, so for that long it may still sign with the old one.
const RELOAD_AFTER_MS = HOUR_MS;
const SPARE_MS = 2 * HOUR_MS;

interface SigningKey {
  id: string;
  publicJwk: JWK;
  publicKey: CryptoKey;
  privateKey: CryptoKey;
  expiresAtMs: number;
}

interface Keyring {
  /** The key that signs now. */
  signing(): Promise<SigningKey>;
  /** The key of that id while it may still be trusted. */
  find(id: string): Promise<SigningKey | undefined>;
  /** All keys that may still be trusted, the signing one first. */
  trusted(): Promise<SigningKey[]>;
}

export const keyring = resource((runtime): Keyring => {
  let keys: Promise<SigningKey[]> | undefined;
  let loadedAtMs = 0;
  onInvalidated(runtime, (news) => {
    if (news.kind === 'signing-keys') keys = undefined;
  });

  function all(): Promise<SigningKey[]> {
    if (!keys || runtime.clock.nowMs() - loadedAtMs >= RELOAD_AFTER_MS) {
      loadedAtMs = runtime.clock.nowMs();
      const loading = detached(() => load(runtime));
      keys = loading;
      loading.catch(() => {
        if (keys === loading) keys = undefined;
      });
    }
    return keys;
  }

  async function trusted(): Promise<SigningKey[]> {
    const nowMs = runtime.clock.nowMs();
    return (await all()).filter((key) => key.expiresAtMs > nowMs);
  }

  return {
    trusted,
    async signing() {
      const [newest] = await trusted();
      if (!newest) throw fail('server.unavailable', 'There is no signing key; restart the server to create one.');
      return newest;
    },
    async find(id) {
      const known = (await trusted()).find((key) => key.id === id);
      // Another process may have rotated a moment ago; strangers' key ids must not make us read the table all the time.
      if (known || runtime.clock.nowMs() - loadedAtMs < RELOAD_AT_MOST_EVERY_MS) return known;
      keys = undefined;
      return (await trusted()).find((key) => key.id === id);
    },
  };
});

async function load(runtime: Runtime): Promise<SigningKey[]> {
  const rows = await runtime.db.inSystem((tx) => store.listTrusted(tx, runtime.clock.now()));
  return Promise.all(
    rows.map(async (row) => {
      const privateJwk = JSON.parse(runtime.seal.open(row.private_key, PURPOSE).toString()) as JWK;
      return {
        id: row.id,
        publicJwk: row.public_jwk,
        publicKey: (await importJWK(row.public_jwk, 'EdDSA')) as CryptoKey,
        privateKey: (await importJWK(privateJwk, 'EdDSA')) as CryptoKey,
        expiresAtMs: row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY,
      };
    }),
  );
}

/** The public halves of the keys that may be trusted now, as a key set shows them. */
export async function trustedKeys(runtime: Runtime) {
  return (await keyring.of(runtime).trusted()).map((key) => key.publicJwk as Record<string, string>);
}

/**
 * Makes sure that a key signs, that it is not too old, and that the newest master secret seals it.
 * Several processes may try at once; one does it. Rejects when no configured secret opens the keys.
 */
export async function ensureSigningKey(runtime: Runtime): Promise<void> {
  await runtime.db.inSystem(async (tx) => {
    for (const key of await store.listTrusted(tx, runtime.clock.now())) {
      const plain = runtime.seal.open(key.private_key, PURPOSE);
      if (runtime.seal.isStale(key.private_key))
        await store.resealSigningKey(tx, key.id, runtime.seal.seal(plain, PURPOSE));
    }
  });
  const oldest = new Date(runtime.clock.nowMs() - SIGNING_KEY_DAYS * DAY_MS);
  await replaceSigningKey(runtime, (current) => current === undefined || current.created_at < oldest);
}

/** Signs with a new key from now on; tokens of the old one work until they expire. */
export async function rotateSigningKeys(runtime: Runtime): Promise<void> {
  await replaceSigningKey(runtime, () => true);
}

async function replaceSigningKey(
  runtime: Runtime,
  due: (current: store.SigningKeyRow | undefined) => boolean,
): Promise<void> {
  const pair = await generateKeyPair('EdDSA', { extractable: true });
  const id = runtime.newId('signingKey');
  const publicJwk = { ...(await exportJWK(pair.publicKey)), kid: id, alg: 'EdDSA', use: 'sig' };
  const privateKey = runtime.seal.seal(Buffer.from(JSON.stringify(await exportJWK(pair.privateKey))), PURPOSE);
  await runtime.db.inSystem(async (tx) => {
    await store.lockSigningKeys(tx);
    const now = runtime.clock.now();
    const [current] = await store.listTrusted(tx, now);
    if (!due(current)) return;
    await store.retireSigningKeys(tx, new Date(now.getTime() + LONGEST_TOKEN_MINUTES * 60_000 + SPARE_MS));
    await store.insertSigningKey(tx, { id, publicJwk, privateKey, createdAt: now });
    revokeAfterCommit({ ...runtime, tx }, { forget: [{ kind: 'signing-keys' }] });
  });
}
