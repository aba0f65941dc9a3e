import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openQueue } from '../../electron/core/transfer/transfer-queue.ts'
import { Failure } from '../../shared/contract/errors.ts'
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
    ours: timed(async () => (cpu = await cpuSeconds(() => throughQueue(bench, side, folder, names)))),
  }
  const running = await side.peer('bench-go-v1')
  if (running !== null) contenders['peer'] = timed(() => running.run('putAll', { master: bench.master, key: 'small/', file: folder, threads: FILES }))
  const times = await byTurns(bench.effort.rounds ?? 5, contenders)
  const ours = median(times['ours'] ?? [])
  return [figure('upload-small', ours, times['peer'] === undefined ? null : median(times['peer']), { objectsPerSecond: names.length / ours, cpuMsPerObject: (cpu * 1000) / names.length })]
}

async function throughQueue(bench: Workbench, side: SinkSide, folder: string, names: readonly string[]): Promise<void> {
  let [left, done, failed] = [names.length, () => {}, (_cause: unknown) => {}]
  const all = new Promise<void>((resolve, reject) => ([done, failed] = [resolve, reject]))
  const queue = openQueue({
    pool: bench.pool,
    now: () => Date.now(),
    limits: () => ({ files: FILES, parts: 1 }),
    changed: (transfers) => {
      for (const { error } of transfers) if (error !== null) failed(new Failure(error))
    },
    removed: () => undefined,
    masked: (cause) => {
      throw cause
    },
  })
  // Told of each as it ends: what the window is told comes only four times a second.
  const finished = (): void => {
    left -= 1
    if (left === 0) done()
  }
  queue.add(names.map((name) => ({ ...uploadJob(bench, side, { path: join(folder, name), bytes: BYTES, key: `small/${name}` }, Infinity), finished })))
  try {
    await all
  } finally {
    await queue.close()
  }
}
