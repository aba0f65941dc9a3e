import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { median, type Figure } from './statistics.ts'
import { figure } from './table.ts'
import type { Workbench } from './workbench.ts'

/** A part that a row needs is not on this machine. */
export class Lacking extends Error {}

/**
 * The browser shell behind `npm start`, and a Chromium that is open already: time until a row of
 * the practice bucket is painted. The very first start, which makes the samples, is told apart from
 * those after it, of which the median counts.
 */
export async function start(bench: Workbench): Promise<readonly Figure[]> {
  const chromium = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
  if (!existsSync(chromium))
    throw new Lacking(
      `${chromium} is not there: install Chromium, or set CHROMIUM_PATH to its program file`,
    )
  const script = join(bench.root, 'test', 'bench', 'start-window.mjs')
  const { stdout } = await promisify(execFile)(process.execPath, [
    script,
    bench.root,
    String(bench.effort.rounds ?? 5),
  ])
  const [first, ...later] = JSON.parse(stdout) as readonly {
    readonly answered: number
    readonly painted: number
  }[]
  const middle = (what: 'answered' | 'painted') => median(later.map((one) => one[what]))
  return [
    figure('start', middle('painted'), null, {
      linkSeconds: middle('answered'),
      firstEverSeconds: first?.painted ?? Number.NaN,
    }),
  ]
}
