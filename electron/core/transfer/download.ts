import { Failure, valueOf } from '../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../shared/contract/models-transfers.ts'
import { EMPTY_CRC64 } from '../../../shared/format/crc64.ts'
import { writeEnvelopeFile } from '../../../shared/format/envelope-file.ts'
import { choosePartSize } from '../../../shared/format/part-plan.ts'
import { readHeaders, recognise } from '../../../shared/format/recognise.ts'
import { headObject, rangeHeaders } from '../oss/objects.ts'
import { openSink } from '../stream/file-sink.ts'
import { isTaken } from '../stream/place-file.ts'
import { placeWithSidecar, sidecarOf } from '../stream/place-pair.ts'
import { asStored, type Content } from './content.ts'
import type { DownloadJob } from './jobs.ts'
import { openContent } from './open-content.ts'
import { cipherFor, piecesOf, type Piece } from './pieces.ts'
import { eachPart, runPart, type Running } from './running.ts'
import { compareCrc64 } from './stored-object.ts'
import { storedObject } from './stored-bytes.ts'
import { compareEdges, surroundings, verifyTag, wholeSum, type Sums } from './verify.ts'

/**
 * Fetches an object into a file and decrypts it on the way, unless it is plain or wanted raw. Throws Failure; then nothing is
 * there under the real name, and the temporary file is gone. The file has its name only when it is whole and agrees with the sum, where OSS
 * keeps one, and with the tag, where its format has one.
 */
export async function download(job: DownloadJob, running: Running): Promise<TransferOutcome> {
  const { bucket, key, path, existing } = job
  const { cancelled } = running.control
  const oss = valueOf(await job.oss())
  if ((existing === 'skip' || existing === 'fail') && (await isTaken(path))) return taken(job)
  const head = await headObject(oss, bucket, key, cancelled)
  const headers = readHeaders(head.headers)
  const sidecar = job.raw && job.range === null && recognise(headers).kind !== 'plain' ? { key, size: head.size, etag: head.etag, crc64: head.crc64, headers } : null
  if (sidecar !== null && (existing === 'skip' || existing === 'fail') && (await isTaken(sidecarOf(path)))) return taken(job, sidecarOf(path))
  const stored = storedObject(oss, { bucket, key }, head, cancelled)
  using content = job.raw ? asStored(stored) : await openContent(headers, stored, job, cancelled)
  const wanted = wantedRange(job, content)
  const around = job.range === null ? await surroundings(content, stored) : null
  // No more pieces than an upload has parts: they are all in memory, and so are their sums.
  const pieces = piecesOf(content, wanted, choosePartSize(wanted.length, job.partSize))
  running.tell({ t: 'planned', total: pieces.reduce((sum, { length }) => sum + length, 0), parts: pieces.length, keyName: content.opened?.keyName ?? null })

  const sink = await openSink(path, wanted.length)
  try {
    const sums: Sums = new Map()
    const progress = { done: 0 }
    const fetch = (piece: Piece, signal: AbortSignal): Promise<void> =>
      runPart(running, progress, {
        part: piece, oss,
        toSign: { method: 'GET', bucket, key, headers: rangeHeaders({ offset: piece.offset, length: piece.length, ifMatch: head.etag }) },
        action: 'oss:GetObject',
        job: (request) => ({
          kind: 'receive', request, offset: piece.offset, length: piece.length, cipher: cipherFor(content, piece.recipe), checksum: true,
          target: { temporary: sink.temporary, path, bytes: wanted.length }, at: piece.at,
        }),
        accept: ({ crc64, edges }) => void sums.set(piece.number, { crc64: crc64 ?? EMPTY_CRC64, edges }),
      }, signal)
    // What is there stays there over a pause: every request names the object's ETag.
    while (!(await eachPart(pieces.filter(({ number }) => !sums.has(number)), running, fetch))) await running.control.untilMoving()

    running.tell({ t: 'finishing' })
    compareEdges(content, pieces, sums)
    // OSS's sum and a message's tag are of the whole object, and say nothing of a piece.
    const checksum = around === null ? 'absent' : compareCrc64(head.crc64, await wholeSum(around, pieces, sums))
    const tag = around === null ? (content.mode === 'gcm' ? 'not-verified' : 'none') : await verifyTag(content, around.tag, sink.temporary, running)
    const savedAs = sidecar === null ? await sink.place(existing) : await placeWithSidecar(sink, path, writeEnvelopeFile(sidecar), existing)
    return { encrypted: content.opened !== null, checksum, tag, savedAs, skipped: savedAs === null, ...(content.opened?.oddCounter === true && { oddCounter: true }) }
  } finally {
    await sink.abort()
  }
}

function taken({ existing, path }: DownloadJob, which = path): TransferOutcome {
  if (existing === 'fail') throw new Failure({ code: 'target-exists', path: which })
  return { encrypted: false, checksum: 'absent', tag: 'none', savedAs: null, skipped: true }
}

/** A range may end after the object, and is cut; it may not begin there. */
function wantedRange({ range }: DownloadJob, { size }: Content): { readonly offset: number; readonly length: number } {
  if (range === null) return { offset: 0, length: size }
  if (range.offset > size) throw new Failure({ code: 'bad-request', detail: `the object has ${size} bytes` })
  return { offset: range.offset, length: Math.min(range.length ?? size, size - range.offset) }
}
