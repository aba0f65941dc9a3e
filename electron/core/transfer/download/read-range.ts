import { Failure, isRetryable } from '../../../../shared/contract/errors.ts'
import type { ObjectRef } from '../../../../shared/contract/models.ts'
import { EMPTY_CRC64 } from '../../../../shared/format/crc64.ts'
import type { SealJudgement } from '../../../../shared/contract/models-seals.ts'
import { turns } from '../../base/turns.ts'
import { withRetry } from '../../net/retry.ts'
import type { Oss } from '../../oss/client.ts'
import { versionQuery } from '../../oss/object-ref.ts'
import { headVersion, rangeHeaders, type ObjectHead } from '../../oss/objects.ts'
import { goodAnswer } from '../run/running.ts'
import { storedObject } from '../run/stored-bytes.ts'
import { compareCrc64 } from '../run/stored-object.ts'
import { judgeSealed, MOST_CHECKED_BYTES, untilNoRace, type SealedAt } from '../run/stored-seal.ts'
import type { JobLeaves, RangeResult } from '../../worker/job.ts'
import type { WorkerPool } from '../../worker/pool.ts'
import type { Content } from './content.ts'
import { openChecked, type CheckedContent } from './open-checked.ts'
import type { HowToOpen } from './open-content.ts'
import { cipherFor, piecesOf, type ContentPiece } from './pieces.ts'
import { compareEdges, compareTag, surroundings, wholeSum, type Sums } from './verify.ts'

/** Bytes that one call decrypts into memory, at most. */
export const READ_BYTES = 1024 * 1024
const ATTEMPTS = 4
/** Pieces at the same time where all of the content is read. */
const AT_ONCE = 4

/** The way to an account and to the threads that decrypt. */
export interface RangeReader {
  readonly oss: Oss
  readonly pool: Pick<WorkerPool, 'run'>
  /** Headers that every request for content carries, as the settings say now. */
  traffic(): Readonly<Record<string, string>>
}

/** The checks that content passed which was read whole. */
export interface ReadProof {
  /** 'absent': OSS gave no checksum to compare with. */
  readonly checksum: 'matches' | 'absent'
  /** 'none': the format has no tag over its content. */
  readonly tag: 'verified' | 'none'
  /** Left out for an object without a seal. */
  readonly seal?: SealJudgement
}

/** One state of an object, opened to be read by range. Disposing of it wipes its data key. */
export interface ReadableObject extends Disposable {
  readonly head: ObjectHead
  /** Bytes of plaintext. */
  readonly size: number
  readonly encrypted: boolean
  /** True: one tag covers the content, and only a reading of the whole can verify it. */
  readonly hasTag: boolean
  /**
   * True: a seal covers the content, and only a reading of the whole can verify it. The rest of the
   * seal fits.
   */
  readonly hasSeal: boolean
  /** True: the content has a seal, and is small enough to be read whole before any of it is shown. */
  readonly mustBeWhole: boolean
  /**
   * Decrypts a range into memory, in a worker thread: fewer bytes where the content ends, none
   * behind its end. OSS's sum and the tag of a message are of the whole object, so neither is
   * checked. Throws Failure 'too-large' for more than {@link READ_BYTES}, 'object-changed', and
   * what a request throws.
   */
  read(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array>
  /**
   * Decrypts all of the content into memory, and compares it with OSS's sum, its tag and its seal
   before anything of it is returned. Throws Failure 'seal-refused', 'checksum',
   * 'message-damaged', and as `read`.
   */
  readWhole(signal: AbortSignal): Promise<ReadProof & { readonly bytes: Uint8Array }>
}

/**
 * Opens an object as a download does, without a file. Throws Failure, also for an object that
 * `how.refusePlain` refuses, and for one whose seal does not fit.
 */
export function openReadable(
  reader: RangeReader,
  ref: ObjectRef,
  how: HowToOpen,
  signal: AbortSignal,
): Promise<ReadableObject> {
  return untilNoRace(() => openOnce(reader, ref, how, signal))
}

async function openOnce(
  reader: RangeReader,
  ref: ObjectRef,
  how: HowToOpen,
  signal: AbortSignal,
): Promise<ReadableObject> {
  const { oss } = reader
  const head = await headVersion(oss, ref, signal)
  const at = { oss, ref, head }
  const checked = await openChecked(at, storedObject(oss, ref, head, signal), how, signal)
  const { content, seal } = checked
  const hasSeal = seal.chunkBytes !== null
  return {
    head,
    size: content.size,
    encrypted: content.opened !== null,
    hasTag: content.mode === 'gcm',
    hasSeal,
    mustBeWhole: hasSeal && content.size <= MOST_CHECKED_BYTES,
    async read(offset, wanted, stop) {
      if (wanted > READ_BYTES) throw new Failure({ code: 'too-large', limit: READ_BYTES })
      const length = Math.min(wanted, content.size - offset)
      if (length <= 0) return new Uint8Array(0)
      // A piece is long enough for the whole range, so there is one.
      const [piece] = piecesOf(content, { offset, length }, 2 * READ_BYTES)
      if (piece === undefined) throw new Error('a range without a piece')
      return (await readPiece(reader, at, content, { piece, checksum: false }, stop)).bytes
    },
    readWhole: (stop) => readContent(reader, at, checked, stop),
    [Symbol.dispose]: () => checked[Symbol.dispose](),
  }
}

/** Reads opened content whole into memory, and verifies it: see {@link ReadableObject.readWhole}. */
export async function readContent(
  reader: RangeReader,
  at: SealedAt,
  { content, seal }: CheckedContent,
  stop: AbortSignal,
): Promise<ReadProof & { readonly bytes: Uint8Array }> {
  const around = await surroundings(content, storedObject(at.oss, at.ref, at.head, stop))
  const pieceBytes = Math.max(READ_BYTES, seal.chunkBytes ?? 0)
  const pieces = piecesOf(content, { offset: 0, length: content.size }, pieceBytes)
  const sums: Sums = new Map()
  const bytes = new Uint8Array(content.size)
  await allAtOnce(pieces, stop, async (piece, signal) => {
    const wanted = { piece, checksum: true, leaves: () => seal.jobLeaves(piece.offset) }
    const read = await readPiece(reader, at, content, wanted, signal)
    seal.take(piece.offset, read.leaves)
    bytes.set(read.bytes, piece.at)
    sums.set(piece.number, { crc64: read.crc64 ?? EMPTY_CRC64, edges: read.edges })
  })
  const judged = await judgeSealed(seal)
  compareEdges(content, pieces, sums)
  const checksum = compareCrc64(at.head.crc64, await wholeSum(around, pieces, sums))
  return { bytes, checksum, tag: compareTag(content, around.tag, bytes), ...judged }
}

/** Does the work on all pieces, some at a time. The first failure stops the others. */
export async function allAtOnce(
  pieces: readonly ContentPiece[],
  signal: AbortSignal,
  work: (piece: ContentPiece, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  const inTurn = turns(AT_ONCE)
  try {
    await Promise.all(pieces.map((piece) => inTurn(stop, () => work(piece, stop))))
  } finally {
    failed.abort()
  }
}

/** One piece, and what is summed while it is read. */
export interface WantedPiece {
  readonly piece: ContentPiece
  readonly checksum: boolean
  /** Makes the leaves of one attempt; left out for none. */
  readonly leaves?: () => { readonly leaves?: JobLeaves }
}

/** Fetches and decrypts one piece in a worker thread, again after a failure that may pass. */
export async function readPiece(
  { oss, pool, traffic }: RangeReader,
  { ref: { bucket, key, versionId }, head }: SealedAt,
  content: Content,
  { piece, checksum, leaves }: WantedPiece,
  signal: AbortSignal,
): Promise<RangeResult & { readonly bytes: Uint8Array }> {
  const { offset, length } = piece
  const toSign = { method: 'GET', bucket, key, query: versionQuery(versionId) }
  const action = versionId === null ? 'oss:GetObject' : 'oss:GetObjectVersion'
  const headers = () => ({ ...rangeHeaders({ offset, length, ifMatch: head.etag }), ...traffic() })
  const once = async () => {
    const result = await pool.run(
      async () => ({
        kind: 'read',
        request: await oss.sign({ ...toSign, headers: headers() }),
        offset,
        length,
        cipher: cipherFor(content, piece.recipe),
        checksum,
        ...leaves?.(),
      }),
      { signal },
    )
    const { answer, bytes } = result
    if (answer === null || bytes === undefined) throw new Error('a reading without an answer')
    goodAnswer(oss, answer, action, toSign)
    return { ...result, bytes }
  }
  // The clock is corrected by the answer that refuses it.
  const retryable = (error: Failure['error']) => error.code === 'clock' || isRetryable(error)
  return withRetry(once, { signal, attempts: ATTEMPTS, retryable })
}
