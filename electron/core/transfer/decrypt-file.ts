import { Failure } from '../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../shared/contract/models-transfers.ts'
import { combineCrc64, crc64FromDecimal, EMPTY_CRC64 } from '../../../shared/format/crc64.ts'
import { ENVELOPE_PREFIX, META_PREFIX } from '../../../shared/format/envelope.ts'
import { choosePartSize, planRanges, type Part } from '../../../shared/format/part-plan.ts'
import { recognise } from '../../../shared/format/recognise.ts'
import { openSink } from '../stream/file-sink.ts'
import { identify, sameSource } from '../stream/file-source.ts'
import { isTaken } from '../stream/place-file.ts'
import type { DecryptJob } from './jobs.ts'
import { copyFor, eachPart, type Running } from './running.ts'
import { compareCrc64 } from './stored-object.ts'
import { unseal } from './unseal.ts'

/** Work for one thread at a time: small enough to stop soon, large enough that it costs nothing. */
const RANGE_BYTES = 32 * 1024 * 1024

/**
 * Decrypts a blob of this computer with its envelope; touches no network. Throws Failure: 'not-an-envelope' also where the
 * envelope file has none, 'size-differs' where the blob is not as long as its envelope says, 'checksum', and those of the
 * keys and the target. Nothing is there under the real name unless it is whole.
 */
export async function decryptFile(job: DecryptJob, running: Running): Promise<TransferOutcome> {
  const { blob, path, existing, headers, candidates } = job
  if (existing === 'fail' && (await isTaken(path))) throw new Failure({ code: 'target-exists', path })
  if (existing === 'skip' && (await isTaken(path))) return { encrypted: true, checksum: 'absent', savedAs: null, skipped: true }
  const identity = await identify(blob)
  for (const expected of [job.expectedSize, declaredSize(job)]) {
    if (expected !== null && expected !== identity.size) throw new Failure({ code: 'size-differs', expected, actual: identity.size })
  }
  const opened = await unseal(headers, candidates)
  if (opened === null) throw new Failure({ code: 'not-an-envelope', header: `${ENVELOPE_PREFIX.slice(META_PREFIX.length)}key`, problem: 'missing' })
  using _wiped = opened.dataKey
  const ranges = planRanges(0, identity.size, choosePartSize(identity.size, RANGE_BYTES))
  running.tell({ t: 'planned', total: identity.size, parts: ranges.length, keyName: opened.keyName })

  const expectedCrc64 = job.expectedCrc64 === null ? null : crc64FromDecimal(job.expectedCrc64)
  const sink = await openSink(path, identity.size)
  try {
    const sums = new Map<number, bigint>()
    const recode = async (part: Part, signal: AbortSignal): Promise<void> => {
      const { number, offset, length } = part
      const { crc64 } = await running.pool.run({
        kind: 'recode', source: { path: blob, identity }, offset, length, cipher: copyFor(opened),
        target: { temporary: sink.temporary, path, bytes: identity.size }, at: offset, checksum: expectedCrc64 !== null,
      }, { signal, onMoved: (bytes) => running.tell({ t: 'moved', part: number, bytes }) })
      sums.set(number, crc64 ?? EMPTY_CRC64)
      running.tell({ t: 'part-done', part: number, bytes: length })
    }
    while (!(await eachPart(ranges.filter(({ number }) => !sums.has(number)), running, recode))) {
      await running.control.untilMoving()
      if (!sameSource(await identify(blob), identity)) throw new Failure({ code: 'source-changed', path: blob })
    }

    running.tell({ t: 'finishing' })
    const crc64 = ranges.reduce((sum, part) => combineCrc64(sum, sums.get(part.number) ?? EMPTY_CRC64, part.length), EMPTY_CRC64)
    const checksum = compareCrc64(expectedCrc64 === null ? null : job.expectedCrc64, crc64)
    const savedAs = await sink.place(existing)
    return { encrypted: true, checksum, savedAs, skipped: savedAs === null }
  } finally {
    await sink.abort()
  }
}

/** Bytes the multipart upload declared for the whole object. */
function declaredSize({ headers }: DecryptJob): number | null {
  const found = recognise(headers)
  return found.kind === 'sealed' ? found.envelope.dataSize : null
}
