import { Failure } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { crc64FromDecimal, EMPTY_CRC64 } from '../../../../shared/format/crc64.ts'
import { faultOfFile } from '../../../../shared/format/envelope/envelope-file.ts'
import { choosePartSize } from '../../../../shared/format/part-plan.ts'
import { recognise } from '../../../../shared/format/recognise.ts'
import { openSink } from '../../files/file-sink.ts'
import { identify, sameSource } from '../../files/file-source.ts'
import { lookBefore } from '../../files/target-path.ts'
import type { Content } from './content.ts'
import type { DecryptJob } from '../run/jobs.ts'
import { openContent, openWhole } from './open-content.ts'
import { cipherFor, piecesOf, type ContentPiece } from './pieces.ts'
import { allParts, type Running } from '../run/running.ts'
import { checkFileSeal } from '../run/file-seal.ts'
import { withFileSecond } from '../run/second-opening.ts'
import { judgeSealed, type SealCheck } from '../run/stored-seal.ts'
import { storedFile, type StoredBytes } from '../run/stored-bytes.ts'
import { compareCrc64 } from '../run/stored-object.ts'
import { compareEdges, surroundings, verifyTag, wholeSum, type Sums } from './verify.ts'

/** Bytes that one thread decrypts at a time: few enough to stop soon. */
const RANGE_BYTES = 32 * 1024 * 1024

/**
 * Decrypts a blob of this computer with its envelope, or as the message that it is. It uses no
 * network except KMS. The file gets its real name only when it is whole. Throws Failure
 * 'no-envelope' for an envelope file without an envelope, and 'size-differs' for a blob whose
 * length is not that of its envelope. Other errors are 'seal-refused', 'checksum',
 * 'message-damaged', and those of the keys and the target.
 */
export async function decryptFile(job: DecryptJob, running: Running): Promise<TransferOutcome> {
  const { blob, path, existing } = job
  if ((await lookBefore(path, existing)) === 'taken')
    return { encrypted: true, checksum: 'absent', tag: 'none', savedAs: null, skipped: true }
  const identity = await identify(blob)
  if (job.expectedSize !== null && job.expectedSize !== identity.size)
    throw new Failure({ code: 'size-differs', expected: job.expectedSize, actual: identity.size })
  const stored = storedFile(blob, identity)
  using content = await opened(job, stored, running.control.cancelled)
  using seal = await judgedSeal(job, content, identity.size)
  const around = await surroundings(content, stored)
  const unit = seal?.chunkBytes ?? 1
  const pieceBytes = Math.ceil(choosePartSize(content.size, RANGE_BYTES) / unit) * unit
  const pieces = piecesOf(content, { offset: 0, length: content.size }, pieceBytes)
  running.tell({
    t: 'planned',
    total: pieces.reduce((sum, { length }) => sum + length, 0),
    parts: pieces.length,
    keyName: content.opened?.keyName ?? null,
  })

  const expectedCrc64 = job.expectedCrc64 === null ? null : crc64FromDecimal(job.expectedCrc64)
  const sink = await openSink(path, content.size)
  try {
    const sums: Sums = new Map()
    const recode = async (piece: ContentPiece, signal: AbortSignal): Promise<void> => {
      const { number, offset, length } = piece
      const { crc64, edges, leaves } = await running.pool.run(
        {
          kind: 'recode',
          source: { path: blob, identity },
          offset,
          length,
          cipher: cipherFor(content, piece.recipe),
          target: { temporary: sink.temporary, path, bytes: content.size },
          at: piece.at,
          checksum: expectedCrc64 !== null,
          ...seal?.jobLeaves(offset),
        },
        { signal, onMoved: (bytes) => running.tell({ t: 'moved', part: number, bytes }) },
      )
      seal?.take(offset, leaves)
      sums.set(number, { crc64: crc64 ?? EMPTY_CRC64, edges })
      running.tell({ t: 'part-done', part: number, bytes: length })
    }
    const remaining = () => pieces.filter(({ number }) => !sums.has(number))
    const isUnchanged = async () => sameSource(await identify(blob), identity)
    if (!(await allParts(running, remaining, recode, isUnchanged)))
      throw new Failure({ code: 'source-changed', path: blob })

    running.tell({ t: 'finishing' })
    const judged = await judgeSealed(seal)
    compareEdges(content, pieces, sums)
    const checksum =
      expectedCrc64 === null
        ? 'absent'
        : compareCrc64(job.expectedCrc64, await wholeSum(around, pieces, sums))
    const tag = await verifyTag(content, around.tag, sink.temporary, running)
    const savedAs = await sink.place(existing)
    return {
      encrypted: true,
      checksum,
      tag,
      ...judged,
      savedAs,
      skipped: savedAs === null,
      ...(content.opened?.oddCounter === true && { oddCounter: true }),
    }
  } finally {
    await sink.abort()
  }
}

/** Judges the seal of the envelope file before anything is written; null where it has none. */
async function judgedSeal(
  { seal = null }: DecryptJob,
  { opened: by, message }: Content,
  length: number,
): Promise<SealCheck | null> {
  if (seal === null || by === null || message !== null) return null
  const check = checkFileSeal(seal, by, length)
  try {
    await check.assertReleasable(check.verdict)
    return check
  } catch (cause) {
    check[Symbol.dispose]()
    throw cause
  }
}

async function opened(job: DecryptJob, stored: StoredBytes, signal: AbortSignal): Promise<Content> {
  const { name, whole, headers, openers, repair, envelopeFile, seal = null } = job
  // The blob may have changed since it was found to be a message.
  if (whole) return openWhole(stored, openers, signal)
  try {
    if (recognise(headers).kind !== 'plain')
      return await openContent(
        headers,
        stored,
        { openers: withFileSecond(openers, name, seal), repair, message: false },
        signal,
      )
    throw new Failure({ code: 'no-envelope' })
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause
    throw new Failure(faultOfFile(cause.error, envelopeFile))
  }
}
