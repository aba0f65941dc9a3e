import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openControl } from '../../electron/core/transfer/control.ts'
import { MOST_SMALL } from '../../electron/core/transfer/small-lane.ts'
import { uploadSmall as uploadSmallFile } from '../../electron/core/transfer/small-upload.ts'
import { byTurns, median, timed, type Figure } from './statistics.ts'
import { figure } from './table.ts'
import { cpuSeconds, uploadJob } from './upload.ts'
import { randomFile, scaledCount, type SinkSide, type Workbench } from './workbench.ts'

const BYTES = 4096
/** At once, on both sides. */
const FILES = 8

/** 10,000 files through the queue of the app, from the moment at which they are queued until the last is done. */
export async function uploadSmall(bench: Workbench): Promise<readonly Figure[]> {
  const side = await bench.sink(null)
  const folder = join(bench.memory, 'small')
  await mkdir(folder)
  const names = Array.from({ length: scaledCount(bench, 10_000) }, (_, number) => `${String(number).padStart(6, '0')}.bin`)
  for (const name of names) await randomFile(join(folder, name), BYTES)
  let cpu = 0
  const contenders: Record<string, () => Promise<number>> = {
    ours: timed(async () => (cpu = await cpuSeconds(() => throughLane(bench, side, folder, names)))),
  }
  const running = await side.peer('bench-go-v1')
  if (running !== null) contenders['peer'] = timed(() => running.run('putAll', { master: bench.master, key: 'small/', file: folder, threads: FILES }))
  const times = await byTurns(bench.effort.rounds ?? 5, contenders)
  const ours = median(times['ours'] ?? [])
  return [figure('upload-small', ours, times['peer'] === undefined ? null : median(times['peer']), { objectsPerSecond: names.length / ours, cpuMsPerObject: (cpu * 1000) / names.length })]
}

/** As many at once as the lane takes, each started when another one ends. */
async function throughLane(bench: Workbench, side: SinkSide, folder: string, names: readonly string[]): Promise<void> {
  const { masterKey, oss, ...job } = uploadJob(bench, side, { path: '', bytes: BYTES, key: '' }, Infinity)
  const running = bench.running(1)
  const rest = names[Symbol.iterator]()
  await Promise.all(Array.from({ length: MOST_SMALL }, async () => {
    for (const name of rest) {
      const outcome = await uploadSmallFile({ ...job, masterKey, oss, name, key: `small/${name}`, source: join(folder, name) }, { ...running, control: openControl() })
      if (outcome === null) throw new Error('a small file that is none')
    }
  }))
}
