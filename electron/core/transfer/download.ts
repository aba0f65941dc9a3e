import { Failure, valueOf } from '../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../shared/contract/models-transfers.ts'
import { combineCrc64, EMPTY_CRC64 } from '../../../shared/format/crc64.ts'
import { writeEnvelopeFile } from '../../../shared/format/envelope-file.ts'
import { choosePartSize, planRanges, type Part } from '../../../shared/format/part-plan.ts'
import { readHeaders, recognise } from '../../../shared/format/recognise.ts'
import { headObject, rangeHeaders, type ObjectHead } from '../oss/objects.ts'
import { openSink } from '../stream/file-sink.ts'
import { isTaken } from '../stream/place-file.ts'
import { placeWithSidecar, sidecarOf } from '../stream/place-pair.ts'
import type { DownloadJob } from './jobs.ts'
import { copyFor, eachPart, runPart, type Running } from './running.ts'
import { compareCrc64 } from './stored-object.ts'
import { unseal } from './unseal.ts'

/**
 * Fetches an object into a file and decrypts it on the way, unless it is plain or wanted raw. Throws Failure; then nothing is
 * there under the real name, and the temporary file is gone. The file has its name only when it is whole and, where OSS
 * keeps a sum, agrees with it.
 */
export async function download(job: DownloadJob, running: Running): Promise<TransferOutcome> {
  const { bucket, key, path, existing } = job
  const oss = valueOf(await job.oss())
  if ((existing === 'skip' || existing === 'fail') && (await isTaken(path))) return taken(job)
  const head = await headObject(oss, bucket, key, running.control.cancelled)
  const headers = readHeaders(head.headers)
  const found = recognise(headers)
  // No key would help: these are not the bytes this envelope was made for.
  const declared = found.kind === 'sealed' && !job.raw ? found.envelope.dataSize : null
  if (declared !== null && declared !== head.size) throw new Failure({ code: 'size-differs', expected: declared, actual: head.size })
  const sidecar = job.raw && job.range === null && found.kind !== 'plain' ? { key, size: head.size, etag: head.etag, crc64: head.crc64, headers } : null
  if (sidecar !== null && (existing === 'skip' || existing === 'fail') && (await isTaken(sidecarOf(path)))) return taken(job, sidecarOf(path))
  const opened = job.raw ? null : await unseal(headers, job.candidates)
  using _wiped = opened?.dataKey
  const { offset, length } = wantedRange(job, head)
  // No more ranges than an upload has parts: they are all in memory, and so are their sums.
  const ranges = planRanges(offset, length, choosePartSize(length, job.partSize))
  running.tell({ t: 'planned', total: length, parts: ranges.length, keyName: opened?.keyName ?? null })

  const sink = await openSink(path, length)
  try {
    const sums = new Map<number, bigint>()
    const progress = { done: 0 }
    const fetch = (part: Part, signal: AbortSignal): Promise<void> =>
      runPart(running, progress, {
        part, oss,
        toSign: { method: 'GET', bucket, key, headers: rangeHeaders({ offset: part.offset, length: part.length, ifMatch: head.etag }) },
        action: 'oss:GetObject',
        job: (request) => ({
          kind: 'receive', request, offset: part.offset, length: part.length, cipher: copyFor(opened), checksum: true,
          target: { temporary: sink.temporary, path, bytes: length }, at: part.offset - offset,
        }),
        accept: ({ crc64 }) => void sums.set(part.number, crc64 ?? EMPTY_CRC64),
      }, signal)
    // What is there stays there over a pause: every range names the object's ETag.
    while (!(await eachPart(ranges.filter(({ number }) => !sums.has(number)), running, fetch))) await running.control.untilMoving()

    running.tell({ t: 'finishing' })
    const crc64 = ranges.reduce((sum, part) => combineCrc64(sum, sums.get(part.number) ?? EMPTY_CRC64, part.length), EMPTY_CRC64)
    // OSS's sum is of the whole object and says nothing of a piece.
    const checksum = job.range === null ? compareCrc64(head.crc64, crc64) : 'absent'
    const savedAs = sidecar === null ? await sink.place(existing) : await placeWithSidecar(sink, path, writeEnvelopeFile(sidecar), existing)
    return { encrypted: opened !== null, checksum, savedAs, skipped: savedAs === null }
  } finally {
    await sink.abort()
  }
}

function taken({ existing, path }: DownloadJob, which = path): TransferOutcome {
  if (existing === 'fail') throw new Failure({ code: 'target-exists', path: which })
  return { encrypted: false, checksum: 'absent', savedAs: null, skipped: true }
}

/** A range may end after the object, and is cut; it may not begin there. */
function wantedRange({ range }: DownloadJob, { size }: ObjectHead): { readonly offset: number; readonly length: number } {
  if (range === null) return { offset: 0, length: size }
  if (range.offset > size) throw new Failure({ code: 'bad-request', detail: `the object has ${size} bytes` })
  return { offset: range.offset, length: Math.min(range.length ?? size, size - range.offset) }
}
