import { Failure, isRetryable } from '../../../../shared/contract/errors.ts'
import type { ObjectRef } from '../../../../shared/contract/models.ts'
import { EMPTY_CRC64 } from '../../../../shared/format/crc64.ts'
import { readHeaders } from '../../../../shared/format/recognise.ts'
import { turns } from '../../base/turns.ts'
import { withRetry } from '../../net/retry.ts'
import type { Oss } from '../../oss/client.ts'
import { versionQuery } from '../../oss/object-ref.ts'
import { headVersion, rangeHeaders, type ObjectHead } from '../../oss/objects.ts'
import { goodAnswer } from '../run/running.ts'
import { storedObject } from '../run/stored-bytes.ts'
import { compareCrc64 } from '../run/stored-object.ts'
import type { RangeResult } from '../../worker/job.ts'
import type { WorkerPool } from '../../worker/pool.ts'
import type { Content } from './content.ts'
import { openContent, type HowToOpen } from './open-content.ts'
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
   * Decrypts a range into memory, in a worker thread: fewer bytes where the content ends, none
   * behind its end. OSS's sum and the tag of a message are of the whole object, so neither is
   * checked. Throws Failure 'too-large' for more than {@link READ_BYTES}, 'object-changed', and
   * what a request throws.
   */
  read(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array>
  /**
   * Decrypts all of the content into memory, and compares it with OSS's sum and its tag before
   * anything of it is returned. Throws Failure 'checksum', 'message-damaged', and as `read`.
   */
  readWhole(signal: AbortSignal): Promise<ReadProof & { readonly bytes: Uint8Array }>
}

/**
 * Opens an object as a download does, without a file. Throws Failure, also for an object that
 * `how.refusePlain` refuses.
 */
export async function openReadable(
  reader: RangeReader,
  ref: ObjectRef,
  how: HowToOpen,
  signal: AbortSignal,
): Promise<ReadableObject> {
  const head = await headVersion(reader.oss, ref, signal)
  const stored = storedObject(reader.oss, ref, head, signal)
  const content = await openContent(readHeaders(head.headers), stored, how, signal)
  return {
    head,
    size: content.size,
    encrypted: content.opened !== null,
    hasTag: content.mode === 'gcm',
    async read(offset, wanted, stop) {
      if (wanted > READ_BYTES) throw new Failure({ code: 'too-large', limit: READ_BYTES })
      const length = Math.min(wanted, content.size - offset)
      if (length <= 0) return new Uint8Array(0)
      // A piece is long enough for the whole range, so there is one.
      const [piece] = piecesOf(content, { offset, length }, 2 * READ_BYTES)
      if (piece === undefined) throw new Error('a range without a piece')
      return (await readPiece(reader, ref, head, content, piece, false, stop)).bytes
    },
    async readWhole(stop) {
      const around = await surroundings(content, storedObject(reader.oss, ref, head, stop))
      const pieces = piecesOf(content, { offset: 0, length: content.size }, READ_BYTES)
      const sums: Sums = new Map()
      const bytes = new Uint8Array(content.size)
      await allAtOnce(pieces, stop, async (piece, signal) => {
        const read = await readPiece(reader, ref, head, content, piece, true, signal)
        bytes.set(read.bytes, piece.at)
        sums.set(piece.number, { crc64: read.crc64 ?? EMPTY_CRC64, edges: read.edges })
      })
      compareEdges(content, pieces, sums)
      const checksum = compareCrc64(head.crc64, await wholeSum(around, pieces, sums))
      return { bytes, checksum, tag: compareTag(content, around.tag, bytes) }
    },
    [Symbol.dispose]: () => content[Symbol.dispose](),
  }
}

/** Does the work on all pieces, some at a time. The first failure stops the others. */
async function allAtOnce(
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

/** Fetches and decrypts one piece in a worker thread, again after a failure that may pass. */
async function readPiece(
  { oss, pool, traffic }: RangeReader,
  { bucket, key, versionId }: ObjectRef,
  head: ObjectHead,
  content: Content,
  piece: ContentPiece,
  checksum: boolean,
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
