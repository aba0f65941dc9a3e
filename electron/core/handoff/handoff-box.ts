import {
  constants,
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  pbkdf2,
  publicEncrypt,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto'
import { promisify } from 'node:util'
import { counted, utf8 } from '../../../shared/format/bytes.ts'
import { base32 } from '../escrow/base32.ts'

const SECRET_BYTES = 32
const SALT_BYTES = 32
const DATA_KEY_BYTES = 32
const COUNTER_BYTES = 16
const TAG_BYTES = 16
/** Source FORMAT.md 13.1. */
const ROUNDS = 1_000_000
/** The key of each box is new, so its nonce may be the same. */
const NONCE = Buffer.alloc(12)

/** The facts that the box is bound to. */
export interface HandoffFacts {
  readonly bucket: string
  readonly key: string
  /** The text of the seal. */
  readonly seal: string
  readonly link: string
  /** Seconds since 1970. */
  readonly expires: number
}

/** The lock of a page. 'words': a passphrase. 'rsa': the secret under the receiver's public key. */
export interface HandoffLock {
  readonly kind: 'words' | 'rsa'
  /** Base64url of the wrapped secret; '' for words. */
  readonly text: string
}

/** The JSON of a page. Bytes are base64url. Source FORMAT.md 13. */
export interface Handoff extends HandoffFacts {
  readonly format: typeof HANDOFF_FORMAT
  readonly lock: HandoffLock
  readonly salt: string
  readonly commit: string
  readonly box: string
}

export const HANDOFF_FORMAT = 'cipherbucket-handoff-1'

/** The secret of a page. Its owner wipes `secret`. */
export interface LockedSecret {
  readonly secret: Buffer
  readonly salt: Buffer
  readonly lock: HandoffLock
}

/** Derives the secret of a page from a passphrase: PBKDF2-HMAC-SHA-256. */
export async function lockWithWords(
  passphrase: string,
  salt: Buffer = randomBytes(SALT_BYTES),
): Promise<LockedSecret> {
  const derive = promisify(pbkdf2)
  const secret = await derive(utf8(passphrase), salt, ROUNDS, SECRET_BYTES, 'sha256')
  return { secret, salt, lock: { kind: 'words', text: '' } }
}

/**
 * Makes a random secret for the holder of an RSA key. Its base32 is wrapped by RSAES-OAEP with
 * SHA-256, so that `openssl pkeyutl` prints letters that can be typed.
 */
export function lockWithRsa(publicKey: KeyObject): LockedSecret {
  const secret = randomBytes(SECRET_BYTES)
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  const wrapped = publicEncrypt(
    { key: publicKey, padding, oaepHash: 'sha256' },
    Buffer.from(base32(secret)),
  )
  const lock = { kind: 'rsa', text: wrapped.toString('base64url') } as const
  return { secret, salt: randomBytes(SALT_BYTES), lock }
}

/** Makes the JSON of a page. The caller still owns the keys, and wipes them. */
export function makeHandoff(
  facts: HandoffFacts,
  { secret, salt, lock }: LockedSecret,
  { dataKey, counter }: { readonly dataKey: Uint8Array; readonly counter: Uint8Array },
): Handoff {
  const { key, commit } = boxKeys(secret, salt)
  const cipher = createCipheriv('aes-256-gcm', key, NONCE).setAAD(boundTo(facts))
  const inside = [cipher.update(dataKey), cipher.update(counter), cipher.final()]
  const box = Buffer.concat([...inside, cipher.getAuthTag()]).toString('base64url')
  key.fill(0)
  return {
    format: HANDOFF_FORMAT,
    ...facts,
    lock,
    salt: salt.toString('base64url'),
    commit: commit.toString('base64url'),
    box,
  }
}

/**
 * Opens a box with its secret. The caller wipes the data key. Null: the secret is another one, or
 * the page was changed.
 */
export function openHandoff(
  { salt, commit, box, ...facts }: Handoff,
  secret: Uint8Array,
): { readonly dataKey: Buffer; readonly counter: Buffer } | null {
  const keys = boxKeys(secret, Buffer.from(salt, 'base64url'))
  try {
    const told = Buffer.from(commit, 'base64url')
    if (told.length !== keys.commit.length || !timingSafeEqual(told, keys.commit)) return null
    const bytes = Buffer.from(box, 'base64url')
    if (bytes.length !== DATA_KEY_BYTES + COUNTER_BYTES + TAG_BYTES) return null
    const decipher = createDecipheriv('aes-256-gcm', keys.key, NONCE, { authTagLength: TAG_BYTES })
    decipher.setAAD(boundTo(facts)).setAuthTag(bytes.subarray(-TAG_BYTES))
    const plain = decipher.update(bytes.subarray(0, -TAG_BYTES))
    decipher.final()
    return { dataKey: plain.subarray(0, DATA_KEY_BYTES), counter: plain.subarray(DATA_KEY_BYTES) }
  } catch {
    return null
  } finally {
    keys.key.fill(0)
  }
}

function boxKeys(secret: Uint8Array, salt: Buffer): { readonly key: Buffer; commit: Buffer } {
  const both = Buffer.from(hkdfSync('sha256', secret, salt, 'handoff 1', 64))
  return { key: both.subarray(0, 32), commit: both.subarray(32) }
}

function boundTo({ bucket, key, seal, link, expires }: HandoffFacts): Buffer {
  const end = Buffer.alloc(8)
  end.writeBigUInt64BE(BigInt(expires))
  return Buffer.concat([...[bucket, key, seal, link].map((text) => counted(utf8(text))), end])
}
