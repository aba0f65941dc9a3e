import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { crc64FromDecimal, crc64ToDecimal, EMPTY_CRC64 } from '../../../../shared/format/crc64.ts'
import {
  writeEnvelopeFile,
  type EnvelopeFile,
} from '../../../../shared/format/envelope/envelope-file.ts'
import { choosePartSize } from '../../../../shared/format/part-plan.ts'
import { readHeaders, recognise } from '../../../../shared/format/recognise.ts'
import type { FileSink } from '../../files/file-sink.ts'
import type { Oss } from '../../oss/client.ts'
import { versionQuery } from '../../oss/object-ref.ts'
import { headVersion, rangeHeaders, type ObjectHead } from '../../oss/objects.ts'
import { placeWithSidecar, sidecarOf } from '../../files/place-pair.ts'
import { lookBefore } from '../../files/target-path.ts'
import type { SavedPart } from '../run/checkpoint.ts'
import { asStored, type Content } from './content.ts'
import { downloadRange, needsWhole } from './verified-range.ts'
import { openDownloadTarget, type DownloadTarget } from './download-target.ts'
import type { DownloadJob } from '../run/jobs.ts'
import { openChecked, type CheckedContent } from './open-checked.ts'
import { cipherFor, piecesOf, type ContentPiece } from './pieces.ts'
import { allParts, runPart, type Running } from '../run/running.ts'
import { compareCrc64 } from '../run/stored-object.ts'
import { judgeSealed, MOST_RACES, SealRace, type SealCheck, type SealedAt } from '../run/stored-seal.ts'
import { storedObject } from '../run/stored-bytes.ts'
import {
  compareEdges,
  surroundings,
  verifyTag,
  wholeSum,
  type Sums,
  type MessageSurroundings,
} from './verify.ts'

/**
 * Fetches an object into a file and decrypts it on the way, unless it is plain or wanted raw. The
 * file gets its name only when it is whole and agrees with OSS's sum and the tag of its format,
 * and its seal, where there are such. An object that changes meanwhile is fetched again as it is
 * now. Throws
 * Failure; then nothing is there under the real name, and the hidden file is gone unless
 * `running.saved` can resume it.
 */
export async function download(job: DownloadJob, running: Running): Promise<TransferOutcome> {
  for (let restarts = 0; ; restarts++) {
    try {
      return await downloadOnce(job, running)
    } catch (cause) {
      const changed = cause instanceof Failure && cause.error.code === 'object-changed'
      const mayRestart = running.saved !== null || cause instanceof SealRace
      if (!changed || !mayRestart || restarts >= MOST_RACES) throw cause
      running.tell({ t: 'restarted', why: 'object-changed' })
    }
  }
}

/** One state of one object on its way into a file, opened. */
interface OpenDownload {
  readonly job: DownloadJob
  readonly running: Running
  readonly oss: Oss
  readonly head: ObjectHead
  readonly content: Content
  /** Null: raw bytes, which nobody judges, and a range, which fits no seal. */
  readonly seal: SealCheck | null
  /** A seal covers the whole object. */
  readonly isSealed: boolean
  readonly pieces: readonly ContentPiece[]
  /** Bytes of the file. */
  readonly length: number
  /** The bytes stored around the content; null: only a range is wanted. */
  readonly around: MessageSurroundings | null
}

async function downloadOnce(job: DownloadJob, running: Running): Promise<TransferOutcome> {
  const { bucket, key, versionId = null, path, raw } = job
  const ref = { bucket, key, versionId }
  const { cancelled } = running.control
  const oss = valueOf(await job.oss())
  const target = await openDownloadTarget(job, running)
  if (target.placed !== null) return placedBefore(target.placed, !raw)
  if ((await lookForTaken(job, target, path)) === 'taken') return skip(target)
  const head = await headVersion(oss, ref, cancelled)
  const sidecar = sidecarFor(job, head)
  if (sidecar !== null && (await lookForTaken(job, target, sidecarOf(path))) === 'taken')
    return skip(target)
  const stored = storedObject(oss, ref, head, cancelled)
  using checked = raw ? null : await openJudged(job, { oss, ref, head }, target, cancelled)
  const content = checked?.content ?? asStored(stored)
  const isSealed = (checked?.seal.chunkBytes ?? null) !== null
  // A range alone fits no seal.
  const seal = job.range === null ? (checked?.seal ?? null) : null
  const { offset, length } = wantedRange(job, content)
  if (checked !== null && needsWhole(job, checked)) {
    await target.discard()
    return await downloadRange(job, running, { oss, ref, head, checked }, { offset, length })
  }
  const around = job.range === null ? await surroundings(content, stored) : null
  const unit = seal?.chunkBytes ?? 1
  // No more pieces than an upload has parts: all pieces and their sums are in memory.
  const pieceBytes =
    target.pieceBytes(head, unit) ??
    Math.ceil(choosePartSize(length, job.partSize) / unit) * unit
  const pieces = piecesOf(content, { offset, length }, pieceBytes)
  running.tell({
    t: 'planned',
    total: pieces.reduce((sum, piece) => sum + piece.length, 0),
    parts: pieces.length,
    keyName: content.opened?.keyName ?? null,
  })
  const { sink, kept } = await target.open(head, length, pieceBytes, content, pieces, seal)
  const opened = { job, running, oss, head, content, seal, isSealed, pieces, length, around }
  // Awaited here: the data key is wiped when this block ends.
  return await keepOrDrop(target, running, sink, async () => {
    const sums = await fetchPieces(opened, sink, kept)
    running.tell({ t: 'finishing' })
    const proof = await verifyContent(opened, sink, sums)
    const placed = await placeFile(opened, sink, sidecar)
    job.read?.({ etag: head.etag, keyId: content.opened?.keyId ?? null })
    return { ...proof, ...placed }
  })
}

/** Opens the object and judges its seal. Removes what an earlier attempt left of a refused one. */
async function openJudged(
  job: DownloadJob,
  at: SealedAt,
  target: DownloadTarget,
  signal: AbortSignal,
): Promise<CheckedContent> {
  try {
    const stored = storedObject(at.oss, at.ref, at.head, signal)
    return await openChecked(at, stored, job, signal)
  } catch (cause) {
    if (!target.mayGoOn(cause)) await target.discard()
    throw cause
  }
}

/**
 * Runs the rest of a download. After a failure, what may go on stays; everything else is removed,
 * its note too. The record that marks a download as done also drops its note. Until then the file
 * is known by its note.
 */
async function keepOrDrop<T>(
  target: DownloadTarget,
  { saved }: Running,
  sink: FileSink,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (!target.mayGoOn(cause)) {
      saved?.drop()
      await sink.abort()
    }
    throw cause
  }
}

/**
 * Fetches the pieces that are not in the file yet. After a pause it goes on with the others: every
 * request names the object's ETag. Resolves with the sums of all pieces.
 */
async function fetchPieces(
  { job, running, oss, head, content, seal, pieces, length }: OpenDownload,
  { temporary }: FileSink,
  kept: readonly SavedPart[],
): Promise<Sums> {
  const { bucket, key, versionId = null, path } = job
  const sums: Sums = new Map(
    kept.map(({ number, crc64 }) => [
      number,
      { crc64: crc64FromDecimal(crc64) ?? EMPTY_CRC64, edges: null },
    ]),
  )
  for (const piece of pieces)
    if (sums.has(piece.number))
      running.tell({ t: 'part-done', part: piece.number, bytes: piece.length })
  const progress = { done: 0 }
  const range = (piece: ContentPiece) =>
    rangeHeaders({ offset: piece.offset, length: piece.length, ifMatch: head.etag })
  const fetch = (piece: ContentPiece, signal: AbortSignal): Promise<void> =>
    runPart(
      running,
      progress,
      {
        part: piece,
        oss,
        toSign: {
          method: 'GET',
          bucket,
          key,
          query: versionQuery(versionId),
          headers: range(piece),
        },
        action: 'oss:GetObject',
        job: (request) => ({
          kind: 'receive',
          request,
          offset: piece.offset,
          length: piece.length,
          cipher: cipherFor(content, piece.recipe),
          checksum: true,
          ...seal?.jobLeaves(piece.offset),
          target: { temporary, path, bytes: length },
          at: piece.at,
        }),
        accept({ crc64, edges, leaves }) {
          const sum = crc64 ?? EMPTY_CRC64
          seal?.take(piece.offset, leaves)
          sums.set(piece.number, { crc64: sum, edges })
          running.saved?.part({ number: piece.number, etag: '', crc64: crc64ToDecimal(sum) })
        },
      },
      signal,
    )
  await allParts(running, () => pieces.filter(({ number }) => !sums.has(number)), fetch)
  return sums
}

/**
 * Compares what was received with the seal, OSS's sum and the tag. All are of the whole object, and
 * say nothing of a range. Throws Failure 'seal-refused', 'checksum', 'message-damaged'.
 */
async function verifyContent(
  { running, head, content, seal, isSealed, pieces, around }: OpenDownload,
  { temporary }: FileSink,
  sums: Sums,
): Promise<Pick<TransferOutcome, 'checksum' | 'tag' | 'seal'>> {
  const judged = await judgeSealed(seal)
  compareEdges(content, pieces, sums)
  if (around === null)
    return { checksum: 'absent', tag: isSealed || content.mode === 'gcm' ? 'not-verified' : 'none' }
  const checksum = compareCrc64(head.crc64, await wholeSum(around, pieces, sums))
  return { checksum, tag: await verifyTag(content, around.tag, temporary, running), ...judged }
}

/** Gives the file its name, and its envelope file beside it where one is wanted. */
async function placeFile(
  { job: { path, existing, root }, content: { opened } }: OpenDownload,
  sink: FileSink,
  sidecar: EnvelopeFile | null,
): Promise<Omit<TransferOutcome, 'checksum' | 'tag' | 'seal'>> {
  const savedAs =
    sidecar === null
      ? await sink.place(existing)
      : await placeWithSidecar(sink, path, writeEnvelopeFile(sidecar), existing, root ?? null)
  return {
    encrypted: opened !== null,
    savedAs,
    skipped: savedAs === null,
    ...(opened?.oddCounter === true && { oddCounter: true }),
  }
}

/** Makes the envelope file of an encrypted object that is wanted raw and whole; else null. */
function sidecarFor({ key, raw, range }: DownloadJob, head: ObjectHead): EnvelopeFile | null {
  const headers = readHeaders(head.headers)
  if (!raw || range !== null || recognise(headers).kind === 'plain') return null
  return { key, size: head.size, etag: head.etag, crc64: head.crc64, headers }
}

/** The file was whole and had its name before: only the word of it was lost. */
const placedBefore = (savedAs: string, encrypted: boolean): TransferOutcome => ({
  encrypted,
  checksum: 'absent',
  tag: 'none',
  savedAs,
  skipped: false,
})

/** Looks whether the file may be written there. An earlier attempt's file goes where it may not. */
async function lookForTaken(
  { existing, root }: DownloadJob,
  target: DownloadTarget,
  path: string,
): Promise<'free' | 'taken'> {
  try {
    return await lookBefore(path, existing, root ?? null)
  } catch (cause) {
    await target.discard()
    throw cause
  }
}

async function skip(target: DownloadTarget): Promise<TransferOutcome> {
  await target.discard()
  return { encrypted: false, checksum: 'absent', tag: 'none', savedAs: null, skipped: true }
}

/** Cuts a range that ends after the object. Throws Failure where it begins there. */
function wantedRange(
  { range }: DownloadJob,
  { size }: Content,
): { readonly offset: number; readonly length: number } {
  if (range === null) return { offset: 0, length: size }
  if (range.offset > size)
    throw new Failure({ code: 'bad-request', detail: `the object has ${size} bytes` })
  return { offset: range.offset, length: Math.min(range.length ?? size, size - range.offset) }
}
