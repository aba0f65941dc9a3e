import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach } from 'vitest'
import type { Oss } from '../../electron/core/oss/client.ts'
import { getRange, headObject, putSmall, type ObjectHead } from '../../electron/core/oss/objects.ts'
import { listUploads } from '../../electron/core/oss/multipart.ts'
import { copyObjectJob } from '../../electron/core/transfer/copy/copy-object.ts'
import type { CopyJob } from '../../electron/core/transfer/run/jobs.ts'
import type { Running } from '../../electron/core/transfer/run/running.ts'
import { Failure, ok } from '../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../shared/contract/models-transfers.ts'
import { bench, never, type Bench } from './oss-practice.ts'
import { kit, noOpeners, PART, type Kit } from './transfer-kit.ts'

/**
 * How an end of a copy is named in the tests: the bucket, another one of the same account, and
 * another account on another server.
 */
export type Where = 'here' | 'beside' | 'elsewhere'

export const BESIDE = 'second-bucket'

export interface CopyKit extends Kit {
  /** The other server, with an account of its own. */
  readonly other: Bench
  /** From `from` to `to`; keys 'source' and 'target' unless told. */
  copyJob(
    from: Where,
    to: Where,
    change?: Partial<CopyJob> & {
      readonly key?: string
      readonly toKey?: string
      readonly versionId?: string | null
    },
  ): CopyJob
  copy(job: CopyJob, running?: Running): Promise<TransferOutcome>
  put(
    where: Where,
    key: string,
    body: Buffer,
    headers?: Readonly<Record<string, string>>,
  ): Promise<ObjectHead>
  at(
    where: Where,
    key: string,
  ): Promise<{ readonly head: ObjectHead; readonly bytes: Buffer } | null>
  /** Unfinished uploads everywhere. */
  unfinished(): Promise<number>
}

export function copyKit(): CopyKit {
  const other = bench()
  const k = kit() as CopyKit & { other: Bench }
  k.other = other
  afterEach(() => other.practice.faults.clear())
  const ends = (
    where: Where,
  ): { readonly oss: Oss; readonly bucket: string; readonly profileId: string } =>
    where === 'elsewhere'
      ? { oss: other.oss, bucket: other.bucket, profileId: 'other' }
      : { oss: k.oss, bucket: where === 'here' ? k.bucket : BESIDE, profileId: 'mine' }
  beforeEach(
    async () =>
      void (await k.oss.call(
        { method: 'PUT', bucket: BESIDE, key: null, action: 'oss:PutBucket' },
        never,
      )),
  )
  k.copyJob = (
    from,
    to,
    { key = 'source', toKey = 'target', versionId = null, ...change } = {},
  ) => {
    const side = (where: Where, name: string) => ({
      ...ends(where),
      oss: async () => ok(ends(where).oss),
      key: name,
      region: '',
    })
    return {
      kind: 'copy',
      openers: noOpeners({ code: 'no-master-key' }),
      sealMemory: async () => null,
      name: key,
      target: '',
      profileId: ends(to).profileId,
      keyName: null,
      removeSource: false,
      from: { ...side(from, key), versionId },
      to: side(to, toKey),
      existing: 'fail',
      size: null,
      multipartFrom: 3 * PART,
      partSize: PART,
      parallel: null,
      ...change,
    }
  }
  k.copy = (job, running = k.running()) => copyObjectJob(job, running)
  k.put = async (where, key, body, headers = {}) => {
    const { oss, bucket } = ends(where)
    await putSmall(oss, { bucket, key, headers, body, forbidOverwrite: false }, never)
    return headObject(oss, bucket, key, never)
  }
  k.at = async (where, key) => {
    const { oss, bucket } = ends(where)
    try {
      const head = await headObject(oss, bucket, key, never)
      return {
        head,
        bytes: await buffer(
          (await getRange(oss, { bucket, key, offset: 0, length: null, ifMatch: null }, never))
            .body,
        ),
      }
    } catch (cause) {
      if (cause instanceof Failure && cause.error.code === 'not-found') return null
      throw cause
    }
  }
  k.unfinished = async () => {
    const counts = await Promise.all(
      (['here', 'beside', 'elsewhere'] as const).map(
        async (where) =>
          (await listUploads(ends(where).oss, { bucket: ends(where).bucket, prefix: '' }, never))
            .length,
      ),
    )
    return counts.reduce((sum, n) => sum + n, 0)
  }
  return k
}
