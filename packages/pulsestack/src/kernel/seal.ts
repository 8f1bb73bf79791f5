import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** Keeps secrets: encrypts what must be read again, and digests what must only be recognised. */
export interface Seal {
  /** Envelope encryption: a fresh data key per value, wrapped by the newest master key. `purpose` must be given again to open it. */
  seal(plain: Buffer, purpose: string): Buffer;
  open(sealed: Buffer, purpose: string): Buffer;
  /** True when the value was sealed by an older master key and should be sealed again. */
  isStale(sealed: Buffer): boolean;
  /** Keyed digests of a secret, the newest master key first; store the first, recognise by any. */
  digests(secret: string, purpose: string): Buffer[];
}

const VERSION = 1;
const IV = 12;
const TAG = 16;
const KEY = 32;
const KEY_ID = 4;

/** Master keys, the newest first. Older ones still open what they sealed, which is how keys rotate. */
export function createSeal(masterSecrets: readonly string[]): Seal {
  const masters = masterSecrets.map((secret) => ({
    id: derive(secret, 'key-id').subarray(0, KEY_ID),
    wrap: derive(secret, 'wrap'),
    digest: derive(secret, 'digest'),
  }));
  const [newest] = masters;
  if (!newest) throw new Error('a seal needs at least one master secret');

  return {
    seal(plain, purpose) {
      const dataKey = randomBytes(KEY);
      return Buffer.concat([
        Buffer.from([VERSION]),
        newest.id,
        encrypt(newest.wrap, dataKey, purpose),
        encrypt(dataKey, plain, purpose),
      ]);
    },
    open(sealed, purpose) {
      const id = sealed.subarray(1, 1 + KEY_ID);
      const master = masters.find((one) => one.id.equals(id));
      if (sealed[0] !== VERSION || !master)
        throw new Error('sealed by a master secret that is not configured; add it to PULSESTACK_SECRET_PREVIOUS');
      const wrappedEnd = 1 + KEY_ID + IV + KEY + TAG;
      const dataKey = decrypt(master.wrap, sealed.subarray(1 + KEY_ID, wrappedEnd), purpose);
      return decrypt(dataKey, sealed.subarray(wrappedEnd), purpose);
    },
    isStale: (sealed) => !sealed.subarray(1, 1 + KEY_ID).equals(newest.id),
    digests: (secret, purpose) =>
      masters.map((one) => createHmac('sha256', one.digest).update(`${purpose}\n${secret}`).digest()),
  };
}

function derive(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'pulsestack', purpose, KEY));
}

function encrypt(key: Buffer, plain: Buffer, purpose: string): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(purpose));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, sealed: Buffer, purpose: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV)).setAAD(Buffer.from(purpose));
  decipher.setAuthTag(sealed.subarray(-TAG));
  return Buffer.concat([decipher.update(sealed.subarray(IV, -TAG)), decipher.final()]);
}
