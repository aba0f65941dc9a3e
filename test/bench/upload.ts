import { join } from 'node:path'
import { planParts } from '../../shared/format/part-plan.ts'
import { Failure, ok } from '../../shared/contract/errors.ts'
import type { UploadJob } from '../../electron/core/transfer/run/jobs.ts'
import { identify } from '../../electron/core/files/file-source.ts'
import { eachPart } from '../../electron/core/transfer/run/running.ts'
import { upload } from '../../electron/core/transfer/upload/upload.ts'
import { randomFile, scaledBytes, type SinkSide, type Workbench } from './workbench.ts'

export const PART = 8 * 1024 ** 2
export const PARALLEL = 4

/** The parts that every upload of a large file shares. */
export interface Large {
  readonly path: string
  readonly bytes: number
}

/** 1 GiB of random bytes in memory. */
export async function largeFile(bench: Workbench): Promise<Large> {
  const large = { path: join(bench.memory, 'large'), bytes: scaledBytes(bench, 1024 ** 3) }
  await randomFile(large.path, large.bytes)
  return large
}

/** A job of the production engine. `multipartFrom`: bytes from which it goes up in parts. */
export const uploadJob = (
  bench: Workbench,
  { oss, bucket }: SinkSide,
  file: { readonly path: string; readonly bytes: number; readonly key: string },
  multipartFrom: number,
  seals = false,
): UploadJob => ({
  kind: 'upload',
  name: file.key,
  target: '',
  profileId: null,
  keyName: null,
  oss: async () => ok(oss),
  bucket,
  key: file.key,
  source: file.path,
  size: file.bytes,
  masterKey: async () => ok(bench.masterKey()),
  openers: bench.openers(),
  format: 'v2',
  seals: () => seals,
  replace: true,
  multipartFrom,
  partSize: PART,
  parallel: PARALLEL,
})

/** Ours: encrypted and summed, with all that an upload of the app does. */
export const sealed = (bench: Workbench, side: SinkSide, large: Large) => (): Promise<unknown> =>
  upload(uploadJob(bench, side, { ...large, key: 'large' }, 1), bench.running(PARALLEL))

/**
 * The floor: the same threads, reads, sockets and parts, without cipher and sum, and without the
 * requests around the parts.
 */
export const floor =
  (bench: Workbench, { url, bucket }: SinkSide, { path, bytes }: Large) =>
  async (): Promise<unknown> => {
    const identity = await identify(path)
    return eachPart(
      planParts(bytes, PART),
      bench.running(PARALLEL),
      async ({ number, offset, length }, signal) => {
        const request = {
          url: `${url}/${bucket}/large?partNumber=${number}&uploadId=1`,
          method: 'PUT',
          headers: {},
        }
        const { answer } = await bench.pool.run(
          {
            kind: 'send',
            request,
            source: { path, identity },
            offset,
            length,
            cipher: null,
            checksum: false,
          },
          { signal },
        )
        if (answer?.status !== 200)
          throw new Failure({
            code: 'oss',
            status: answer?.status ?? 0,
            ossCode: '',
            ec: '',
            message: 'the sink refused a part',
            requestId: '',
            retryAfterMs: 0,
          })
      },
    )
  }

/** CPU seconds of this process, threads included, that `work` takes. */
export async function cpuSeconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}
