import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ok } from '../../shared/contract/errors.ts'
import { download } from '../../electron/core/transfer/download/download.ts'
import { upload } from '../../electron/core/transfer/upload/upload.ts'
import type { Figure } from './statistics.ts'
import { figure } from './table.ts'
import { PARALLEL, PART, uploadJob } from './upload.ts'
import { scaledBytes, type Workbench } from './workbench.ts'

const MIB = 1024 ** 2
const LIMIT_MIB = 300
const SAMPLE_MS = 50

/**
 * A sparse file of 20 GiB up to a sink and down to a disk, all of it. `ours`: largest resident set
 * on the way, MiB. Growth is that of the last quarter of a direction over its second one; what
 * grows with the bytes would show there. To be run in a process of its own.
 */
export async function memory(bench: Workbench): Promise<readonly Figure[]> {
  const side = await bench.sink(null)
  const [source, path, size] = [
    join(bench.disk, 'sparse'),
    join(bench.disk, 'down'),
    scaledBytes(bench, 20 * 1024 ** 3),
  ]
  const file = await open(source, 'w')
  await file.truncate(size)
  await file.close()
  const up = await watched(() =>
    upload(
      uploadJob(bench, side, { path: source, bytes: size, key: 'sparse' }, 1),
      bench.running(PARALLEL),
    ),
  )
  const down = await watched(() =>
    download(
      {
        kind: 'download',
        name: 'sparse',
        target: '',
        profileId: null,
        keyName: null,
        oss: async () => ok(side.oss),
        bucket: side.bucket,
        key: 'sparse',
        size,
        path,
        existing: 'fail',
        raw: false,
        range: null,
        openers: bench.openers(),
        message: false,
        repair: false,
        partSize: PART,
        parallel: PARALLEL,
      },
      bench.running(PARALLEL),
    ),
  )
  await rm(path, { force: true })
  const most = Math.max(up.most, down.most)
  return [
    figure('memory', most, LIMIT_MIB, {
      upMiB: up.most,
      upGrowthMiB: up.growth,
      downMiB: down.most,
      downGrowthMiB: down.growth,
    }),
  ]
}

/** Resident set of the whole process while `work` runs, in MiB. */
async function watched(
  work: () => Promise<unknown>,
): Promise<{ readonly most: number; readonly growth: number }> {
  const samples: number[] = []
  const sample = (): void => void samples.push(process.memoryUsage.rss() / MIB)
  sample()
  const watch = setInterval(sample, SAMPLE_MS)
  await work().finally(() => clearInterval(watch))
  sample()
  const quarter = (which: number): number =>
    Math.max(
      ...samples.slice(
        Math.floor((samples.length * (which - 1)) / 4),
        Math.ceil((samples.length * which) / 4),
      ),
    )
  return { most: Math.max(...samples), growth: quarter(4) - quarter(2) }
}
