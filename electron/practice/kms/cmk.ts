import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { kmsRefusal } from './errors.ts'

export type CmkState = 'Enabled' | 'Disabled' | 'PendingDeletion'

/** A customer master key, as it lies in the file. */
export interface Cmk {
  readonly id: string
  /** Of its one key version; stands in the clear at the beginning of what it sealed. */
  readonly versionId: string
  /** 32 bytes, base64. */
  readonly material: string
  /** ms since 1970 */
  readonly created: number
  readonly state: CmkState
  /** With `alias/` in front. */
  readonly aliases: readonly string[]
}

const VERSION_CHARS = 36
const IV_BYTES = 12
const TAG_BYTES = 16

/** What a blob is bound to. */
const bindings = ({ id, versionId }: Cmk, context: string): Buffer =>
  Buffer.from(JSON.stringify([id, versionId, context]))

/**
 * Seals a text under a key and a context (of `canonicalContext`). The CiphertextBlob is base64 of:
 * key-version id (36 characters), IV (12 bytes), AES-256-GCM ciphertext, tag (16). What comes after
 * the id is our own; real blobs begin with it too.
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

/** The key-version id that a blob names. Errors: InvalidParameter for what cannot be a blob. */
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
 * The text in a blob of this key. Errors: InvalidParameter for a blob that was changed, or sealed
 * under another context.
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
