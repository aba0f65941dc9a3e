import { generateKeyPair, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { KeyFileFacts } from '../../../../shared/contract/models.ts'
import type { InTurn } from '../../base/turns.ts'
import type { KeyFields, KeyImport, NewKey, SessionKey } from './catalog-key.ts'
import type { Entry, KeyBook } from './key-book.ts'
import { fittingDescription, freeName, nextFreeName } from './key-fields.ts'
import { newCommon, type KeyRecord, type RsaRecord } from './key-record.ts'
import { readKeyFile } from '../files/key-file.ts'
import { bitsOf, fingerprintOf, spkiOf } from '../public-key.ts'
import type { KeyFile } from '../files/rsa-structures.ts'

const generatePair = promisify(generateKeyPair)

/** Makes a new pair in the thread pool, stores it and proves it. */
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
 * Reads a key file and describes it. `alreadyHere` names a key with the same fingerprint, unless an
 * import would give that key its private half back.
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
    // A private half that comes back gets an id of its own, because nothing is ever overwritten.
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
 * Opens a key for this session. Its description is not compared with those of other keys, because
 * the key soon goes away.
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
 * Returns name and description as they would be stored. Errors  'name-taken', 'key-description'.
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

/**
 * Returns the stored key with the same fingerprint. Session keys do not count, because they may be
 * imported.
 */
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
 * Tells whether the file holds the private half that this key lacks or has lost. A locked keychain
 * is not a loss.
 */
async function completes(book: KeyBook, twin: Entry, file: Halves): Promise<boolean> {
  if (file.privateKey === null) return false
  if (twin.record.half === null) return true
  const looked = await book.look(twin)
  return !looked.ok && looked.error.code === 'secret-lost'
}
