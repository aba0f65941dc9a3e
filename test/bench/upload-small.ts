import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import type { UploadJob } from '../../electron/core/transfer/run/jobs.ts'
import { MOST_HELD } from '../../electron/core/worker/pool.ts'
import { uploadSmall as uploadSmallFile } from '../../electron/core/transfer/upload/small-upload.ts'
import { byTurns, median, timed, type Figure } from './statistics.ts'
import { figure } from './table.ts'
import { cpuSeconds, uploadJob } from './upload.ts'
import { randomFile, scaledCount, type Workbench } from './workbench.ts'

const BYTES = 4096
/** Of the peer. Ours has as many at once as its lane takes: that is what the app does. */
const GOROUTINES = 8

/**
 * 10,000 files through the lane that the app sends them through, from the moment at which their
 * jobs are there until the last is done.
 */
export async function uploadSmall(bench: Workbench): Promise<readonly Figure[]> {
  const side = await bench.sink(null)
  const folder = join(bench.memory, 'small')
  await mkdir(folder)
  const names = Array.from(
    { length: scaledCount(bench, 10_000) },
    (_, number) => `${String(number).padStart(6, '0')}.bin`,
  )
  for (const name of names) await randomFile(join(folder, name), BYTES)
  // As of one plan: what asks for the account and the key is the same for all of them.
  const common = uploadJob(bench, side, { path: '', bytes: BYTES, key: '' }, Infinity)
  const jobs = names.map((name) => ({
    ...common,
    name,
    key: `small/${name}`,
    source: join(folder, name),
  }))
  let cpu = 0
  const contenders: Record<string, () => Promise<number>> = {
    ours: timed(async () => (cpu = await cpuSeconds(() => throughLane(bench, jobs)))),
  }
  const running = await side.peer('bench-go-v1')
  if (running !== null)
    for (const operation of ['putAll', 'putAllAndLook'] as const)
      contenders[operation] = timed(() =>
        running.run(operation, {
          master: bench.master,
          key: 'small/',
          file: folder,
          threads: GOROUTINES,
        }),
      )
  const times = await byTurns(bench.effort.rounds ?? 5, contenders)
  const ours = median(times['ours'] ?? [])
  const peer = (operation: string): number | null =>
    times[operation] === undefined ? null : median(times[operation])
  return [
    figure('upload-small', ours, peer('putAllAndLook'), {
      objectsPerSecond: names.length / ours,
      cpuMsPerObject: (cpu * 1000) / names.length,
    }),
    figure('upload-small-unproven', ours, peer('putAll')),
  ]
}

/** As many at once as the lane takes, each started when another one ends. */
async function throughLane(bench: Workbench, jobs: readonly UploadJob[]): Promise<void> {
  const running = bench.running(1)
  const rest = jobs[Symbol.iterator]()
  await Promise.all(
    Array.from({ length: MOST_HELD }, async () => {
      for (const job of rest) {
        const outcome = await uploadSmallFile(job, { ...running, control: openControl() })
        if (outcome === null) throw new Error('a small file that is none')
      }
    }),
  )
}
