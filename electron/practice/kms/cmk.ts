import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { kmsRefusal } from './errors.ts'

/** The states of a key that this server offers. */
export type CmkState = 'Enabled' | 'Disabled' | 'PendingDeletion'

/** A customer master key, as the file of its region stores it. */
export interface Cmk {
  readonly id: string
  /** Id of the only key version. Every CiphertextBlob of the key begins with it. */
  readonly versionId: string
  /** 32 bytes, base64. */
  readonly material: string
  /** ms since 1970 */
  readonly created: number
  readonly state: CmkState
  /** Each alias begins with `alias/`. */
  readonly aliases: readonly string[]
}

const VERSION_CHARS = 36
const IV_BYTES = 12
const TAG_BYTES = 16

/** Returns the additional authenticated data of a blob. */
const bindings = ({ id, versionId }: Cmk, context: string): Buffer =>
  Buffer.from(JSON.stringify([id, versionId, context]))

/**
 * Encrypts a text under a key and a context of `canonicalContext`, and returns a CiphertextBlob.
 * The blob is base64 of key-version id (36 characters), IV (12 bytes), AES-256-GCM ciphertext and
 * tag (16 bytes). Blobs of the real KMS begin with the id too; the format of the rest is our own.
 */
export function sealBlob(cmk: Cmk, plaintext: string, context: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(cmk.material, 'base64'), iv, {
    authTagLength: TAG_BYTES,
  })
  cipher.setAAD(bindings(cmk, context))
  const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
  return Buffer.concat([
    Buffer.from(cmk.versionId, 'ascii'),
    iv,
    sealed,
    cipher.getAuthTag(),
  ]).toString('base64')
}

/**
 * Returns the key-version id at the beginning of a blob.
 * Errors: InvalidParameter for a text that cannot be a blob.
 */
export function versionOfBlob(blob: string): string {
  const bytes = Buffer.from(blob, 'base64')
  const isBlob =
    bytes.toString('base64') === blob && bytes.length >= VERSION_CHARS + IV_BYTES + TAG_BYTES
  const version = bytes.toString('latin1', 0, VERSION_CHARS)
  if (!isBlob || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(version))
    throw kmsRefusal('InvalidParameter', 'CiphertextBlob')
  return version
}

/**
 * Decrypts a blob of this key and returns its text.
 * Errors: InvalidParameter for a blob that was changed, or encrypted under another context.
 */
export function openBlob(cmk: Cmk, blob: string, context: string): string {
  const bytes = Buffer.from(blob, 'base64').subarray(VERSION_CHARS)
  const decipher = createDecipheriv(
    'aes-256-gcm',
    Buffer.from(cmk.material, 'base64'),
    bytes.subarray(0, IV_BYTES),
    { authTagLength: TAG_BYTES },
  )
  decipher.setAAD(bindings(cmk, context))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  const text = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES))
  try {
    return Buffer.concat([text, decipher.final()]).toString('utf8')
  } catch {
    throw kmsRefusal('InvalidParameter', 'CiphertextBlob')
  }
}
