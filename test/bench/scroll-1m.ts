import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Lacking } from './start.ts'
import type { Figure } from './statistics.ts'
import { figure } from './table.ts'
import { scaledCount, type Workbench } from './workbench.ts'

/** The longest task that may be: a frame waits for it. */
const LIMIT_SECONDS = 0.05

/** Milliseconds of one measurement. `longestTask` is CPU time; the others are frames. */
type Measured = Readonly<Record<'longest' | 'middle' | 'longestTask', number>>

/**
 * Scrolls a flat list of 1,000,000 objects of a practice server in Chromium. The figure is the CPU
 * time of the longest task, while rows arrive or afterwards. Frames stand beside it.
 */
export async function scroll1m(bench: Workbench): Promise<readonly Figure[]> {
  const chromium = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
  if (!existsSync(chromium))
    throw new Lacking(
      `${chromium} is not there: install Chromium, or set CHROMIUM_PATH to its program file`,
    )
  const script = join(bench.root, 'test', 'bench', 'scroll-window.mjs')
  const count = scaledCount(bench, 1_000_000)
  const { stdout } = await promisify(execFile)(process.execPath, [
    script,
    bench.root,
    String(count),
  ])
  const { rows, arriving, whole } = JSON.parse(stdout) as {
    readonly rows: number
    readonly arriving: Measured
    readonly whole: Measured
  }
  if (rows !== count) throw new Error(`${rows} of ${count} rows were listed`)
  return [
    figure('scroll-1m', Math.max(arriving.longestTask, whole.longestTask) / 1000, LIMIT_SECONDS, {
      taskArrivingSeconds: arriving.longestTask / 1000,
      longestSeconds: whole.longest / 1000,
      middleSeconds: whole.middle / 1000,
      longestArrivingSeconds: arriving.longest / 1000,
      middleArrivingSeconds: arriving.middle / 1000,
    }),
  ]
}
