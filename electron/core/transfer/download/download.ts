import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { crc64FromDecimal, crc64ToDecimal, EMPTY_CRC64 } from '../../../../shared/format/crc64.ts'
import { writeEnvelopeFile } from '../../../../shared/format/envelope/envelope-file.ts'
import { choosePartSize } from '../../../../shared/format/part-plan.ts'
import { readHeaders, recognise } from '../../../../shared/format/recognise.ts'
import { headObject, rangeHeaders } from '../../oss/objects.ts'
import { placeWithSidecar, sidecarOf } from '../../files/place-pair.ts'
import { lookBefore } from '../../files/target-path.ts'
import { asStored, type Content } from './content.ts'
import { openTarget, type Target } from './download-target.ts'
import type { DownloadJob } from '../run/jobs.ts'
import { openContent } from './open-content.ts'
import { cipherFor, piecesOf, type Piece } from './pieces.ts'
import { allParts, runPart, type Running } from '../run/running.ts'
import { compareCrc64 } from '../run/stored-object.ts'
import { storedObject } from '../run/stored-bytes.ts'
import { compareEdges, surroundings, verifyTag, wholeSum, type Sums } from './verify.ts'

/** An object that changes more often than this while it is fetched is given up. */
const MOST_RESTARTS = 3

/**
 * Fetches an object into a file and decrypts it on the way, unless it is plain or wanted raw.
 * Throws Failure; then nothing is there under the real name, and the temporary file is gone unless
 * `running.saved` can take it up again. The file has its name only when it is whole and agrees with
 * the sum, where OSS keeps one, and with the tag, where its format has one. An object that changes
 * meanwhile is fetched anew, as it is now.
 */
export async function download(job: DownloadJob, running: Running): Promise<TransferOutcome> {
  for (let restarts = 0; ; restarts++) {
    try {
      return await downloadOnce(job, running)
    } catch (cause) {
      const changed = cause instanceof Failure && cause.error.code === 'object-changed'
      if (!changed || running.saved === null || restarts >= MOST_RESTARTS) throw cause
      running.tell({ t: 'restarted', why: 'object-changed' })
    }
  }
}

async function downloadOnce(job: DownloadJob, running: Running): Promise<TransferOutcome> {
  const { bucket, key, path, existing, root = null } = job
  const { cancelled } = running.control
  const oss = valueOf(await job.oss())
  const target = await openTarget(job, running)
  if (target.placed !== null)
    return {
      encrypted: !job.raw,
      checksum: 'absent',
      tag: 'none',
      savedAs: target.placed,
      skipped: false,
    }
  if ((await freeFor(job, target, path)) === 'taken') return skipped(target)
  const head = await headObject(oss, bucket, key, cancelled)
  const headers = readHeaders(head.headers)
  const sidecar =
    job.raw && job.range === null && recognise(headers).kind !== 'plain'
      ? { key, size: head.size, etag: head.etag, crc64: head.crc64, headers }
      : null
  if (sidecar !== null && (await freeFor(job, target, sidecarOf(path))) === 'taken')
    return skipped(target)
  const stored = storedObject(oss, { bucket, key }, head, cancelled)
  using content = job.raw ? asStored(stored) : await openContent(headers, stored, job, cancelled)
  const wanted = wantedRange(job, content)
  const around = job.range === null ? await surroundings(content, stored) : null
  // No more pieces than an upload has parts: they are all in memory, and so are their sums.
  const pieceBytes = target.pieceBytes(head) ?? choosePartSize(wanted.length, job.partSize)
  const pieces = piecesOf(content, wanted, pieceBytes)
  running.tell({
    t: 'planned',
    total: pieces.reduce((sum, { length }) => sum + length, 0),
    parts: pieces.length,
    keyName: content.opened?.keyName ?? null,
  })

  const { sink, kept } = await target.open(head, wanted.length, pieceBytes, content, pieces)
  let keep = false
  try {
    const sums: Sums = new Map(
      kept.map(({ number, crc64 }) => [
        number,
        { crc64: crc64FromDecimal(crc64) ?? EMPTY_CRC64, edges: null },
      ]),
    )
    for (const { number, length } of pieces)
      if (sums.has(number)) running.tell({ t: 'part-done', part: number, bytes: length })
    const progress = { done: 0 }
    const fetch = (piece: Piece, signal: AbortSignal): Promise<void> =>
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
            headers: rangeHeaders({
              offset: piece.offset,
              length: piece.length,
              ifMatch: head.etag,
            }),
          },
          action: 'oss:GetObject',
          job: (request) => ({
            kind: 'receive',
            request,
            offset: piece.offset,
            length: piece.length,
            cipher: cipherFor(content, piece.recipe),
            checksum: true,
            target: { temporary: sink.temporary, path, bytes: wanted.length },
            at: piece.at,
          }),
          accept: ({ crc64, edges }) => {
            sums.set(piece.number, { crc64: crc64 ?? EMPTY_CRC64, edges })
            running.saved?.part({
              number: piece.number,
              etag: '',
              crc64: crc64ToDecimal(crc64 ?? EMPTY_CRC64),
            })
          },
        },
        signal,
      )
    // What is there stays there over a pause: every request names the object's ETag.
    await allParts(running, () => pieces.filter(({ number }) => !sums.has(number)), fetch)

    running.tell({ t: 'finishing' })
    compareEdges(content, pieces, sums)
    // OSS's sum and a message's tag are of the whole object, and say nothing of a piece.
    const checksum =
      around === null ? 'absent' : compareCrc64(head.crc64, await wholeSum(around, pieces, sums))
    const tag =
      around === null
        ? content.mode === 'gcm'
          ? 'not-verified'
          : 'none'
        : await verifyTag(content, around.tag, sink.temporary, running)
    const savedAs =
      sidecar === null
        ? await sink.place(existing)
        : await placeWithSidecar(sink, path, writeEnvelopeFile(sidecar), existing, root)
    // What was noted goes with the word that it is done: until then the file is known by it.
    keep = true
    return {
      encrypted: content.opened !== null,
      checksum,
      tag,
      savedAs,
      skipped: savedAs === null,
      ...(content.opened?.oddCounter === true && { oddCounter: true }),
    }
  } catch (cause) {
    keep = target.mayGoOn(cause)
    throw cause
  } finally {
    if (!keep) {
      running.saved?.drop()
      await sink.abort()
    }
  }
}

/** May it be written there? What an earlier try left goes where it may not. */
async function freeFor(
  { existing, root }: DownloadJob,
  target: Target,
  path: string,
): Promise<'free' | 'taken'> {
  try {
    return await lookBefore(path, existing, root ?? null)
  } catch (cause) {
    await target.discard()
    throw cause
  }
}

async function skipped(target: Target): Promise<TransferOutcome> {
  await target.discard()
  return { encrypted: false, checksum: 'absent', tag: 'none', savedAs: null, skipped: true }
}

/** A range may end after the object, and is cut; it may not begin there. */
function wantedRange(
  { range }: DownloadJob,
  { size }: Content,
): { readonly offset: number; readonly length: number } {
  if (range === null) return { offset: 0, length: size }
  if (range.offset > size)
    throw new Failure({ code: 'bad-request', detail: `the object has ${size} bytes` })
  return { offset: range.offset, length: Math.min(range.length ?? size, size - range.offset) }
}
