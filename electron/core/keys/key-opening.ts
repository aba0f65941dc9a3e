import { fail, ok, type Result } from '../../../shared/contract/errors.ts'
import type { Entry, KeyBook, Revision } from './key-book.ts'
import { proves } from './key-proof.ts'
import { bitsOf } from './key-record.ts'
import type { MasterKeyHandle } from './master-key.ts'
import { rsaMasterKey } from './rsa-master-key.ts'

/** Keys shorter than this encrypt only after the user confirmed it. Source NIST SP 800-131A. */
const WEAK_BELOW_BITS = 2048

/** The key, opened. The halves belong together: both were checked against the record's fingerprint when they were read. */
export async function openHandle(book: KeyBook, entry: Entry): Promise<Result<MasterKeyHandle>> {
  const { record, publicKey } = entry
  const { id, name, description } = record
  if (publicKey === null) return fail({ code: 'secret-lost', name })
  if (record.half === null) return ok(rsaMasterKey({ id, name, description, publicKey, privateKey: null }))
  const privateKey = await book.openPrivate(entry)
  return privateKey.ok ? ok(rsaMasterKey({ id, name, description, publicKey, privateKey: privateKey.value })) : privateKey
}

/** May this key encrypt, as far as its record tells? Errors 'key-not-usable'. */
export function checkUse({ record, publicKey }: Entry, allowWeak: boolean): Result<null> {
  if (record.state !== 'active') return fail({ code: 'key-not-usable', name: record.name, reason: 'decrypt-only' })
  const weak = publicKey !== null && bitsOf(publicKey) < WEAK_BELOW_BITS
  return weak && !record.weakAllowed && !allowWeak ? fail({ code: 'key-not-usable', name: record.name, reason: 'weak' }) : ok(null)
}

/** The mandatory proof before the first use, and what is to be remembered of it. Errors 'key-proof-failed'. */
export async function firstUse({ record }: Entry, key: MasterKeyHandle, allowWeak: boolean, now: string): Promise<Result<Revision>> {
  if (record.proven === null && !(await proves(key))) return fail({ code: 'key-proof-failed', name: record.name })
  return ok({ ...(record.proven === null && { proven: now }), ...(allowWeak && !record.weakAllowed && { weakAllowed: true }) })
}

/** Opens what can be opened. Errors of the first key that cannot, when nothing is left to try. */
export async function openEach(book: KeyBook, entries: readonly Entry[], description: string): Promise<Result<readonly MasterKeyHandle[]>> {
  const handles: MasterKeyHandle[] = []
  let reason: Result<never> | null = null
  for (const entry of entries) {
    const { name, half } = entry.record
    const opened = half === null ? fail({ code: 'key-not-usable', name, reason: 'public-half-only' }) : await openHandle(book, entry)
    if (opened.ok) handles.push(opened.value)
    else reason ??= opened
  }
  return handles.length > 0 ? ok(handles) : (reason ?? fail({ code: 'unknown-master-key', description }))
}
