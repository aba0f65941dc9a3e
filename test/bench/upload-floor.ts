import { join } from 'node:path'
import { planParts } from '../../shared/format/part-plan.ts'
import { ok } from '../../shared/contract/errors.ts'
import { identify } from '../../electron/core/stream/file-source.ts'
import { eachPart } from '../../electron/core/transfer/running.ts'
import { upload } from '../../electron/core/transfer/upload.ts'
import { interleaved, randomFile, rounded, type Figure, type Workbench } from './workbench.ts'

const BYTES = 1024 ** 3
const PART = 8 * 1024 * 1024
const PARALLEL = 4
const ROUNDS = 5

/** 1 GiB, 8 MiB parts, 4 in parallel, to a bare sink: sealed, against the same engine without cipher and sum. Seconds. */
export async function uploadFloor(bench: Workbench): Promise<Figure> {
  const source = join(bench.memory, 'source')
  await randomFile(source, BYTES)
  const ours = (): Promise<unknown> =>
    upload({
      kind: 'upload', name: 'source', target: '', profileId: null, keyName: null, oss: async () => ok(bench.oss), bucket: 'bench-bucket', key: 'source', source, size: BYTES,
      masterKey: async () => ok(bench.masterKey()), format: 'v2', replace: true, multipartFrom: 1, partSize: PART, parallel: PARALLEL,
    }, bench.running(PARALLEL))
  const peer = async (): Promise<unknown> => {
    const identity = await identify(source)
    return eachPart(planParts(BYTES, PART), bench.running(PARALLEL), async ({ number, offset, length }, signal) => {
      const request = { url: `${bench.sinkUrl}/bench-bucket/source?partNumber=${number}&uploadId=1`, method: 'PUT', headers: {} }
      await bench.pool.run({ kind: 'send', request, source: { path: source, identity }, offset, length, cipher: null, checksum: false }, { signal })
    })
  }
  const times = await interleaved(ROUNDS, ours, peer)
  const ratio = times.ours / times.peer
  return { name: 'upload-floor', ours: rounded(times.ours), peer: rounded(times.peer), ratio: rounded(ratio), target: 2, met: ratio <= 2 }
}
