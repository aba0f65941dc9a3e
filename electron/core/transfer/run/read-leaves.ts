import { isRetryable, type Failure } from '../../../../shared/contract/errors.ts'
import { combineCrc64, EMPTY_CRC64 } from '../../../../shared/format/crc64.ts'
import { planRanges, type Part } from '../../../../shared/format/part-plan.ts'
import { each } from '../../base/turns.ts'
import { withRetry } from '../../net/retry.ts'
import { readAction, versionQuery } from '../../oss/object-ref.ts'
import { rangeHeaders } from '../../oss/objects.ts'
import type { WorkerPool } from '../../worker/pool.ts'
import type { LeafList } from './leaf-list.ts'
import { goodAnswer, type Running } from './running.ts'
import type { SealedAt } from './stored-seal.ts'

/** Bytes of one request, at least. */
const RANGE_BYTES = 16 * 1024 * 1024
const ATTEMPTS = 4
/** Requests for one object at the same time. */
const AT_ONCE = 4

/**
 * Reads all stored bytes of an object into the leaves of its chunks, in worker threads. Nothing is
 * decrypted or kept. `dataKey`: of the object, which the caller still owns. Resolves with the
 * CRC-64 of the bytes. Throws Failure 'object-changed', and what a request throws.
 */
export async function readLeaves(
  { pool, traffic }: Pick<Running, 'traffic'> & { readonly pool: Pick<WorkerPool, 'run'> },
  { oss, ref, head }: SealedAt,
  list: LeafList,
  dataKey: Uint8Array,
  signal: AbortSignal,
): Promise<bigint> {
  const { bucket, key, versionId } = ref
  const unit = Math.max(1, Math.floor(RANGE_BYTES / list.chunkBytes)) * list.chunkBytes
  const ranges = planRanges(0, head.size, unit)
  const sums = new Map<number, bigint>()
  const toSign = { method: 'GET', bucket, key, query: versionQuery(versionId) }
  const once = async ({ number, offset, length }: Part, stop: AbortSignal): Promise<void> => {
    const headers = { ...rangeHeaders({ offset, length, ifMatch: head.etag }), ...traffic() }
    const { answer, crc64, leaves } = await pool.run(
      async () => ({
        kind: 'relay',
        request: await oss.sign({ ...toSign, headers }),
        into: null,
        offset,
        length,
        cipher: null,
        checksum: true,
        leaves: { ...list.planAt(offset), dataKey: Uint8Array.from(dataKey) },
      }),
      { signal: stop },
    )
    if (answer === null) throw new Error('a reading without an answer')
    goodAnswer(oss, answer, readAction(versionId), toSign)
    list.take(offset, leaves)
    sums.set(number, crc64 ?? EMPTY_CRC64)
  }
  // The clock is corrected by the answer that refuses it.
  const retryable = (error: Failure['error']) => error.code === 'clock' || isRetryable(error)
  await each(
    ranges.values(),
    AT_ONCE,
    (part) => withRetry(() => once(part, signal), { signal, attempts: ATTEMPTS, retryable }),
    signal,
  )
  return ranges.reduce(
    (sum, { number, length }) => combineCrc64(sum, sums.get(number) ?? EMPTY_CRC64, length),
    EMPTY_CRC64,
  )
}
