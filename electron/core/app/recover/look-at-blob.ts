import { Failure, fail, type AppError, type Result } from '../../../../shared/contract/errors.ts'
import type { MasterKeyId } from '../../../../shared/contract/models.ts'
import type { RecoverCandidate, RecoverLook } from '../../../../shared/contract/models-recover.ts'
import { crc64ToDecimal } from '../../../../shared/format/crc64.ts'
import { writeEnvelopeFile } from '../../../../shared/format/envelope/envelope-file.ts'
import { ENVELOPE_PREFIX } from '../../../../shared/format/envelope/envelope.ts'
import type { Headers } from '../../../../shared/format/headers.ts'
import { resplitOf } from '../../../../shared/format/message/resplit.ts'
import { recognise } from '../../../../shared/format/recognise.ts'
import { takeCrc64 } from '../../cipher/crc64-sum.ts'
import { identify, openSource } from '../../files/file-source.ts'
import { SEAL_HEADER } from '../../seals/seal-text.ts'
import type { Content } from '../../transfer/download/content.ts'
import { messageIn } from '../../transfer/download/find-message.ts'
import { openContent, openWhole } from '../../transfer/download/open-content.ts'
import { decipher, piecesOf } from '../../transfer/download/pieces.ts'
import type { Openers } from '../../transfer/run/jobs.ts'
import { storedFile, type StoredBytes } from '../../transfer/run/stored-bytes.ts'
import { sealOfFile } from '../offline/seal-of-file.ts'
import type { BlobEnvelope } from './blob-envelopes.ts'
import { LOOK_BYTES, signatureOf } from './file-signatures.ts'

const READ_BYTES = 1024 * 1024
/** An undamaged object may have exactly so many parts, and no more. */
const AMBIGUOUS_PARTS = 10_000

/** A blob whose bytes were summed. */
export interface SummedBlob {
  readonly stored: StoredBytes
  readonly size: number
  /** Decimal. */
  readonly crc64: string
}

/** Reads a blob once. Throws Failure 'source-unreadable', 'source-changed'. */
export async function sumBlob(path: string, signal: AbortSignal): Promise<SummedBlob> {
  const identity = await identify(path)
  const source = await openSource(path, identity)
  const sum = await takeCrc64()
  try {
    const buffer = new Uint8Array(READ_BYTES)
    for (let at = 0; at < identity.size; at += READ_BYTES) {
      if (signal.aborted) throw new Failure({ code: 'cancelled' })
      const piece = buffer.subarray(0, Math.min(READ_BYTES, identity.size - at))
      await source.read(piece, at)
      sum.update(piece)
    }
    const crc64 = crc64ToDecimal(sum.value())
    return { stored: storedFile(path, identity), size: identity.size, crc64 }
  } finally {
    sum.release()
    await source.close()
  }
}

/** The keys that are tried on a blob. */
export interface TriedKeys {
  readonly names: ReadonlyMap<MasterKeyId, string>
  readonly openers: Openers
}

/**
 * Tries the keys on each envelope, and reads the first bytes of the file that each gives. An
 * envelope that was found by its size alone counts only if the file is of a known type. An
 * envelope that opens and does not is no failure: another one may.
 */
export async function tryEnvelopes(
  { stored, size, crc64 }: SummedBlob,
  envelopes: readonly BlobEnvelope[],
  { names, openers }: TriedKeys,
  signal: AbortSignal,
): Promise<RecoverLook> {
  const candidates: RecoverCandidate[] = []
  let unopened = 0
  let error: AppError | null = null
  for (const found of envelopes) {
    if (signal.aborted) throw new Failure({ code: 'cancelled' })
    const opened = await tryOne(found, stored, openers, signal)
    if (!opened.ok) {
      unopened += 1
      error ??= opened.error
    } else if (found.match !== 'size' || opened.value.signature !== null)
      candidates.push(opened.value)
    // Two files of one sum are one file. An envelope that is proven needs no rival.
    if (opened.ok && found.match === 'sum' && opened.value.provable) break
  }
  if (candidates.length === 0) {
    const inside = await messageInside(stored, openers, signal)
    if (inside?.ok === true) candidates.push(inside.value)
    else if (inside !== null) [error, unopened] = [inside.error, unopened + 1]
  }
  return { size, crc64, candidates, unopened, tried: [...names.values()], error }
}

async function tryOne(
  { source, match, file }: BlobEnvelope,
  stored: StoredBytes,
  openers: Openers,
  signal: AbortSignal,
): Promise<Result<RecoverCandidate>> {
  const { bucket, key, seal } = file
  const bare = withoutSizes(file.headers)
  const found = recognise(file.headers)
  const split = found.kind === 'encrypted' ? resplitOf(found.envelope, stored.size) : null
  const resplit =
    split === null ? 'no' : stored.size === AMBIGUOUS_PARTS * split.declared ? 'maybe' : 'yes'
  const opened = await first(() =>
    openContent(bare, stored, { openers, repair: false, message: false }, signal),
  )
  if (!opened.ok) return opened
  using content = opened.value
  if (content.opened === null) return fail({ code: 'no-envelope' })
  const named = { bucket: bucket ?? '', key: key ?? '', etag: '' }
  const bareFacts = { ...named, size: stored.size, crc64: null, seal: null }
  const facts = { ...named, size: file.size ?? stored.size, crc64: file.crc64, seal }
  return {
    ok: true,
    value: {
      source,
      match,
      bucket,
      key,
      ...(await keyAndType(resplit === 'yes' ? { ...content, resplit: split } : content, stored)),
      // The tag of a message proves its content, as a seal does.
      provable: content.mode === 'gcm' || (sealOfFile(file) !== null && found.kind === 'encrypted'),
      resplit,
      envelopeText: writeEnvelopeFile({ ...facts, headers: file.headers }),
      bareText: writeEnvelopeFile({
        ...bareFacts,
        headers: resplit === 'no' ? bare : withoutSeal(file.headers),
      }),
    },
  }
}

/** Looks for a message that is the whole blob. Null: it is another file. */
async function messageInside(
  stored: StoredBytes,
  openers: Openers,
  signal: AbortSignal,
): Promise<Result<RecoverCandidate> | null> {
  if ((await messageIn(stored)) === null) return null
  const opened = await first(() => openWhole(stored, openers, signal))
  if (!opened.ok) return opened
  using content = opened.value
  return {
    ok: true,
    value: {
      source: 'inside',
      match: null,
      bucket: null,
      key: null,
      ...(await keyAndType(content, stored)),
      provable: content.mode === 'gcm',
      resplit: 'no',
      envelopeText: '',
      bareText: '',
    },
  }
}

async function keyAndType(
  content: Content,
  stored: StoredBytes,
): Promise<Pick<RecoverCandidate, 'keyId' | 'keyName' | 'signature'>> {
  const length = Math.min(LOOK_BYTES, content.size)
  const [piece] = length === 0 ? [] : piecesOf(content, { offset: 0, length }, 2 * LOOK_BYTES)
  const start =
    piece === undefined
      ? new Uint8Array(0)
      : decipher(content, piece.recipe, await stored.peek(piece.offset, piece.length))
  const { keyId = '', keyName = '' } = content.opened ?? {}
  return { keyId, keyName, signature: signatureOf(start) }
}

async function first(work: () => Promise<Content>): Promise<Result<Content>> {
  try {
    return { ok: true, value: await work() }
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code !== 'cancelled') return fail(cause.error)
    throw cause
  }
}

/** A damaged blob does not have the sizes of its envelope, and CTR needs none of them. */
const SIZES = ['data-size', 'part-size', 'unencrypted-content-length'].map(
  (name) => ENVELOPE_PREFIX + name,
)

const withoutSizes = (headers: Headers): Headers =>
  new Map([...withoutSeal(headers)].filter(([name]) => !SIZES.includes(name)))

const withoutSeal = (headers: Headers): Headers =>
  new Map([...headers].filter(([name]) => name !== SEAL_HEADER))
