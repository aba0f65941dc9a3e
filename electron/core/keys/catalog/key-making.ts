import { generateKeyPair, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { KeyFileFacts } from '../../../../shared/contract/models.ts'
import type { InTurn } from '../../base/queue.ts'
import type { KeyFields, KeyImport, NewKey, SessionKey } from './catalog-key.ts'
import type { Entry, KeyBook } from './key-book.ts'
import { fittingDescription, freeName, nextFreeName } from './key-fields.ts'
import { newCommon, type KeyRecord, type RsaRecord } from './key-record.ts'
import { readKeyFile } from '../files/key-file.ts'
import { bitsOf, fingerprintOf, spkiOf } from '../public-key.ts'
import type { KeyFile } from '../files/rsa-structures.ts'

const generatePair = promisify(generateKeyPair)

/** A new pair, made in the thread pool, kept and proven. */
export async function generateKey(
  book: KeyBook,
  inTurn: InTurn,
  { bits, ...fields }: NewKey,
  now: string,
): Promise<Result<Entry>> {
  const early = checkFields(book, fields, null)
  if (!early.ok) return early
  const { publicKey, privateKey } = await generatePair('rsa', {
    modulusLength: bits,
    publicExponent: 0x10001,
  })
  return inTurn(async () => {
    await book.refresh()
    const checked = checkFields(book, fields, null)
    if (!checked.ok) return checked
    const id = randomUUID()
    const file = { publicKey, privateKey }
    return keep(
      book,
      {
        ...newRecord(id, file, now, 'generated', id),
        ...checked.value,
        state: 'active',
        proven: now,
      },
      file,
    )
  })
}

/**
 * What a file holds. `alreadyHere` names a key with the same fingerprint, unless importing would
 * give it back its private half.
 */
export async function inspectKey(
  book: KeyBook,
  bytes: Uint8Array,
  fileName: string,
  passphrase: string | null,
): Promise<Result<KeyFileFacts>> {
  const file = await readKeyFile(bytes, passphrase)
  if (!file.ok) return file
  await book.refresh()
  const { container, publicKey, privateKey } = file.value
  const twin = storedTwin(book, file.value)
  const here = twin !== null && !(await completes(book, twin, file.value))
  return ok({
    container,
    fileName,
    bits: bitsOf(publicKey),
    hasPrivate: privateKey !== null,
    fingerprint: fingerprintOf(publicKey),
    alreadyHere: here ? twin.record.name : null,
  })
}

export async function importKey(
  book: KeyBook,
  inTurn: InTurn,
  { bytes, passphrase, use, ...fields }: KeyImport,
  now: string,
): Promise<Result<Entry>> {
  const read = await readKeyFile(bytes, passphrase)
  if (!read.ok) return read
  const file = read.value
  return inTurn(async () => {
    await book.refresh()
    const twin = storedTwin(book, file)
    if (twin !== null && !(await completes(book, twin, file)))
      return fail({ code: 'key-import', problem: 'already-here' })
    const checked = checkFields(book, fields, twin?.record.id ?? null)
    if (!checked.ok) return checked
    const id = twin?.record.id ?? randomUUID()
    // A private half that is given back is kept under an id of its own: nothing is ever written
    // over.
    const half = file.privateKey === null ? null : twin === null ? id : randomUUID()
    const before = twin?.record ?? newRecord(id, file, now, 'imported', half)
    const record: RsaRecord = {
      ...before,
      ...checked.value,
      half,
      state: use,
      proven: half === null ? null : now,
    }
    const kept = await keep(book, record, file)
    if (kept.ok && twin !== null) await book.forgetHalf(twin)
    return kept
  })
}

/**
 * A key for this session: no check against the others' descriptions, since it does not outlive the
 * question it is for.
 */
export async function sessionKey(
  book: KeyBook,
  { bytes, passphrase, name, description, origin, id = randomUUID() }: SessionKey,
  now: string,
): Promise<Result<Entry>> {
  const read = await readKeyFile(bytes, passphrase)
  if (!read.ok) return read
  const file = read.value
  await book.refresh()
  const written = fittingDescription([], description, 'compact', null)
  if (!written.ok) return written
  const record = newRecord(id, file, now, origin ?? 'session', file.privateKey === null ? null : id)
  const named = { ...record, name: nextFreeName(book.all(), name), description: written.value }
  return ok(book.keepInMemory(named, { privateKey: file.privateKey }))
}

type Halves = Pick<KeyFile, 'publicKey' | 'privateKey'>

/**
 * Name and description as they would be kept, if no other key has them. Errors 'name-taken',
 * 'key-description'.
 */
export function checkFields(
  book: KeyBook,
  { name, description, style }: KeyFields,
  exceptId: string | null,
): Result<KeyFields> {
  const free = freeName(book.all(), name, exceptId)
  if (!free.ok) return free
  const written = fittingDescription(book.all(), description, style, exceptId)
  return written.ok ? ok({ name: free.value, description: written.value, style }) : written
}

function newRecord(
  id: string,
  { publicKey }: Halves,
  now: string,
  origin: KeyRecord['origin'],
  half: string | null,
): RsaRecord {
  return {
    ...newCommon(id, now),
    kind: 'rsa',
    origin,
    half,
    spki: spkiOf(publicKey).toString('base64'),
    fingerprint: fingerprintOf(publicKey),
  }
}

async function keep(
  book: KeyBook,
  record: RsaRecord,
  { privateKey }: Halves,
): Promise<Result<Entry>> {
  const der = privateKey?.export({ type: 'pkcs8', format: 'der' }) ?? null
  try {
    return await book.keep(record, der)
  } finally {
    der?.fill(0)
  }
}

/** A stored key with the same fingerprint. Session keys do not count: they may be imported. */
function storedTwin(book: KeyBook, { publicKey }: Halves): RsaEntry | null {
  const fingerprint = fingerprintOf(publicKey)
  return (
    book
      .all()
      .find(
        (entry): entry is RsaEntry =>
          entry.record.kind === 'rsa' &&
          entry.record.fingerprint === fingerprint &&
          entry.record.origin !== 'session',
      ) ?? null
  )
}

type RsaEntry = Entry & { readonly record: RsaRecord }

/**
 * Does the file hold the private half that this key lacks, or has lost for good? A locked keychain
 * is no loss.
 */
async function completes(book: KeyBook, twin: Entry, file: Halves): Promise<boolean> {
  if (file.privateKey === null) return false
  if (twin.record.half === null) return true
  const looked = await book.look(twin)
  return !looked.ok && looked.error.code === 'secret-lost'
}
