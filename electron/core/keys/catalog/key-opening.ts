import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { Entry, KeyBook, Revision } from './key-book.ts'
import { proves } from '../key-proof.ts'
import { bitsOf } from '../public-key.ts'
import type { MasterKeyHandle } from '../master-key.ts'
import { openRemote, type Outside } from './remote-opening.ts'
import { rsaMasterKey } from '../rsa-master-key.ts'

/** Keys shorter than this encrypt only after the user confirmed it. Source NIST SP 800-131A. */
const WEAK_BELOW_BITS = 2048

/** Opens one key; the caller disposes of the handle. */
export type Opener = (entry: Entry) => Promise<Result<MasterKeyHandle>>

/**
 * The halves of an RSA key belong together: both were checked against the record's fingerprint when
 * they were read.
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

/** May this key encrypt, as far as its record tells? Errors 'key-not-usable'. */
export function checkUse({ record, publicKey }: Entry, allowWeak: boolean): Result<null> {
  if (record.state !== 'active')
    return fail({ code: 'key-not-usable', name: record.name, reason: 'decrypt-only' })
  const weak = publicKey !== null && bitsOf(publicKey) < WEAK_BELOW_BITS
  return weak && !record.weakAllowed && !allowWeak
    ? fail({ code: 'key-not-usable', name: record.name, reason: 'weak' })
    : ok(null)
}

/**
 * The mandatory proof before the first use, and what is to be remembered of it. Errors of
 * {@link proves}.
 */
export async function firstUse(
  { record }: Entry,
  key: MasterKeyHandle,
  allowWeak: boolean,
  now: string,
  signal: AbortSignal,
): Promise<Result<Revision>> {
  // KMS itself keeps what it wraps under. Who may encrypt there and not decrypt may do so from the
  // command line.
  const due = record.proven === null && !(record.kind === 'kms' && record.origin === 'session')
  const proven = due ? await proves(key, signal) : ok(null)
  if (!proven.ok) return proven
  return ok({
    ...(due && { proven: now }),
    ...(allowWeak && !record.weakAllowed && { weakAllowed: true }),
  })
}

/**
 * Opens what can be opened. Errors of the first key that cannot, when nothing is left to try;
 * 'unknown-master-key' without any.
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
