import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import type { Version } from './peers.ts'
import type { Figure } from './statistics.ts'
import { rows, type Row } from './table.ts'

/** The result of a run, as RESULTS.md has it. */
export interface Run {
  readonly figures: readonly Figure[]
  readonly versions: readonly Version[]
  /** Name of a row or of a peer → why it was not measured. */
  readonly skipped: ReadonlyMap<string, string>
  /** Of the machine over the last minute, before the first bench. */
  readonly load: number
  /** YYYY-MM-DD. */
  readonly date: string
}

export function writeResults(root: string, run: Run): void {
  writeFileSync(join(root, 'test', 'bench', 'RESULTS.md'), resultsText(run))
}

export function resultsText({ figures, versions, skipped, load, date }: Run): string {
  const all = rows.flatMap((row) =>
    figures.filter(({ name }) => name === row.name).map((one) => ({ row, one })),
  )
  const lines = all.map(({ row, one }) => lineOf(row, one))
  const missed = all.flatMap(({ row, one }) =>
    one.met === false
      ? [`- ${row.name}, ${one.runtime}: ${row.missed ?? 'not looked into yet.'}`]
      : [],
  )
  const besides = figures.flatMap(({ name, runtime, more }) =>
    more === undefined
      ? []
      : [
          `- ${name}, ${runtime}: ${Object.entries(more)
            .map(([what, value]) => `${what} ${value}`)
            .join(', ')}`,
        ],
  )
  const absent = [...skipped].map(([name, why]) => `- ${name}: ${why}`)
  return `${[
    '# Bench results',
    '',
    'Written by `npm run bench`, when it runs whole and at full size. With `-- --electron` four rows',
    'also run in the Electron of the tests. `npm run bench -- NAME…` runs some rows; each prints one JSON',
    'line. Figures are medians of rounds in which all take turns, after one that warms up; `memory` is',
    'one run. A ratio is how many times as fast ours is (at least), or how many times as long it takes',
    '(at most).',
    '',
    machine(load, date, versions),
    '',
    '| Name | Runtime | Work | Ours | Peer | | Ratio | Target | Met |',
    '|---|---|---|---|---|---|---|---|---|',
    ...lines,
    ...section('Missed', missed),
    ...section('Besides', besides),
    ...section('Skipped', absent),
  ].join('\n')}\n`
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines]

function lineOf(
  { work, peer: whom, unit, measure }: Row,
  { name, runtime, ours, peer, ratio, target, met }: Figure,
): string {
  const wanted =
    target === null ? 'reported' : `at ${measure === 'speed' ? 'least' : 'most'} ${target}`
  const cells = [
    name,
    runtime,
    work,
    `${ours} ${unit}`,
    whom,
    peer === null ? '–' : `${peer} ${unit}`,
    ratio ?? '–',
    wanted,
    met === null ? '–' : met ? 'yes' : 'no',
  ]
  return `| ${cells.join(' | ')} |`
}

function machine(load: number, date: string, versions: readonly Version[]): string {
  const memory = Math.round(totalmem() / 1024 ** 3)
  const sdks = versions.map(({ sdk, version, runtime }) => `${sdk} ${version} (${runtime})`)
  return [
    `Machine: ${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${memory} GiB of memory, ${type()} ${release()}, load ${load.toFixed(1)} at the start, ${date}.`,
    `Versions: Node ${process.versions.node}, OpenSSL ${process.versions.openssl}${[...new Set(sdks)].map((one) => `, ${one}`).join('')}.`,
  ].join('\n')
}
