import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { Entry, KeyBook, Revision } from './key-book.ts'
import { proves } from '../key-proof.ts'
import { bitsOf } from '../public-key.ts'
import type { MasterKeyHandle } from '../master-key.ts'
import { openRemote, type Outside } from './remote-opening.ts'
import { rsaMasterKey } from '../rsa-master-key.ts'

/** Bits below which a key encrypts only after the user confirmed it. Source NIST SP 800-131A. */
const WEAK_BELOW_BITS = 2048

/** Opens one key. The caller disposes of the handle. */
export type Opener = (entry: Entry) => Promise<Result<MasterKeyHandle>>

/**
 * Makes the function that opens a key. Both halves of an RSA key were compared with the fingerprint
 * of the record when they were read, so they belong together.
 */
export const openerOver =
  (book: KeyBook, outside: Outside): Opener =>
  async ({ record, publicKey }) => {
    if (record.kind === 'kms' || record.kind === 'command') return openRemote(book, outside, record)
    if (record.kind === 'damaged' || publicKey === null)
      return fail({ code: 'secret-lost', name: record.name })
    if (record.half === null) return ok(rsaMasterKey({ ...record, publicKey, privateKey: null }))
    const privateKey = await book.openPrivate(record)
    return privateKey.ok
      ? ok(rsaMasterKey({ ...record, publicKey, privateKey: privateKey.value }))
      : privateKey
  }

/** Tells whether a key may encrypt, as far as its record says. Errors  'key-not-usable'. */
export function checkUse({ record, publicKey }: Entry, allowWeak: boolean): Result<null> {
  if (record.state !== 'active')
    return fail({ code: 'key-not-usable', name: record.name, reason: 'decrypt-only' })
  const weak = publicKey !== null && bitsOf(publicKey) < WEAK_BELOW_BITS
  return weak && !record.weakAllowed && !allowWeak
    ? fail({ code: 'key-not-usable', name: record.name, reason: 'weak' })
    : ok(null)
}

/**
 * Proves a key before its first use, and returns the changes to store. Errors  those of {@link
 * proves}.
 */
export async function firstUse(
  { record }: Entry,
  key: MasterKeyHandle,
  allowWeak: boolean,
  now: string,
  signal: AbortSignal,
): Promise<Result<Revision>> {
  // KMS itself stores the key that it wraps with. A user with the right to encrypt and without the
  // right to decrypt may encrypt from the command line.
  const due = record.proven === null && !(record.kind === 'kms' && record.origin === 'session')
  const proven = due ? await proves(key, signal) : ok(null)
  if (!proven.ok) return proven
  return ok({
    ...(due && { proven: now }),
    ...(allowWeak && !record.weakAllowed && { weakAllowed: true }),
  })
}

/**
 * Opens all keys that can be opened. Errors  the error of the first key that cannot, when none can;
 * 'unknown-master-key' without entries.
 */
export async function openEach(
  open: Opener,
  entries: readonly Entry[],
  description: string,
): Promise<Result<readonly MasterKeyHandle[]>> {
  const handles: MasterKeyHandle[] = []
  let reason: Result<never> | null = null
  for (const entry of entries) {
    const { name, half, kind } = entry.record
    const opened =
      kind === 'rsa' && half === null
        ? fail({ code: 'key-not-usable', name, reason: 'public-half-only' })
        : await open(entry)
    if (opened.ok) handles.push(opened.value)
    else reason ??= opened
  }
  return handles.length > 0
    ? ok(handles)
    : (reason ?? fail({ code: 'unknown-master-key', description }))
}
