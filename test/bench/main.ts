import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { decryptOffline } from './decrypt-offline.ts'
import { downloadLarge } from './download-large.ts'
import { list100k } from './list-100k.ts'
import { isMillionRow, listMillion, MILLION_ROWS } from './list-1m.ts'
import { memory } from './memory.ts'
import { openPeers } from './peers.ts'
import { writeResults } from './results.ts'
import { inElectron, runAlone, runSide } from './side-process.ts'
import { scroll1m } from './scroll-1m.ts'
import { Lacking, start } from './start.ts'
import type { Figure } from './statistics.ts'
import { sealLarge, uploadFloor, uploadLarge, uploadLargePy, uploadLine } from './upload-large.ts'
import { uploadSmall } from './upload-small.ts'
import { openWorkbench, type Effort, type Workbench } from './workbench.ts'

type Bench = (bench: Workbench) => Promise<readonly Figure[]>

/** By the name on the command line, in the order in which they run. */
const BENCHES: Readonly<Record<string, Bench>> = {
  'upload-large': uploadLarge,
  'upload-large-py': uploadLargePy,
  'upload-floor': uploadFloor,
  'upload-line': uploadLine,
  'seal-large': sealLarge,
  'download-large': downloadLarge,
  'upload-small': uploadSmall,
  'decrypt-offline': decryptOffline,
  memory: (bench) => runAlone('memory', bench.effort),
  'list-100k': list100k,
  ...Object.fromEntries(
    MILLION_ROWS.map((name) => [name, (bench: Workbench) => runAlone(name, bench.effort)]),
  ),
  'scroll-1m': scroll1m,
  start,
}

/**
 * Returns what {@link runAlone} starts, in a process where nothing ran before. Several rows of a
 * million objects share one listing: their names stand in one text.
 */
function benchAlone(name: string): Bench | undefined {
  if (name === 'memory') return memory
  const rows = name.split(' ')
  return rows.every(isMillionRow) ? (bench) => listMillion(bench, rows) : undefined
}

const root = fileURLToPath(new URL('..', import.meta.url))
const worker = new URL('./core/part-worker.mjs', import.meta.url)

/** Those that say how the engine runs where users run it, and are measured in Electron too. */
const IN_ELECTRON = ['upload-large', 'upload-floor', 'download-large', 'decrypt-offline']

/**
 * `npm run bench [-- NAME… --scale 0.1 --rounds 3 --electron]`: all of them without a name; JSON
 * lines. `--electron-program`: of an Electron, filled in by the script. Exit code 1 when one broke,
 * 2 for a name that is unknown.
 */
async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      scale: { type: 'string', default: '1' },
      rounds: { type: 'string' },
      'electron-program': { type: 'string' },
    },
  })
  const effort: Effort = {
    scale: Number(values.scale),
    rounds: values.rounds === undefined ? null : Number(values.rounds),
  }
  const unknown = positionals.filter((name) => BENCHES[name] === undefined)
  if (
    unknown.length > 0 ||
    !(effort.scale > 0) ||
    !(effort.rounds === null || (Number.isInteger(effort.rounds) && effort.rounds > 0))
  ) {
    process.stderr.write(
      `Names are ${Object.keys(BENCHES).join(', ')}; --scale is a number above 0, --rounds a whole one.\n`,
    )
    return 2
  }
  const load = loadavg()[0] ?? 0
  if (load > 1)
    process.stderr.write(
      `The machine is busy (load ${load.toFixed(1)}): these figures will be worth little.\n`,
    )
  const folder = mkdtempSync(join(tmpdir(), 'cb-bench-peers-'))
  const peers = openPeers(root, folder)
  const figures: Figure[] = []
  const broken = new Map<string, string>()
  const wanted = positionals.length > 0 ? positionals : Object.keys(BENCHES)
  const million = wanted.filter(isMillionRow)
  try {
    for (const name of wanted) {
      // The first one measures all of them.
      if (isMillionRow(name) && name !== million[0]) continue
      const bench = openWorkbench({ root, effort, peers, worker })
      try {
        const found = isMillionRow(name)
          ? await runAlone(million.join(' '), effort)
          : ((await BENCHES[name]?.(bench)) ?? [])
        for (const one of found) process.stdout.write(`${JSON.stringify(one)}\n`)
        figures.push(...found)
      } catch (cause) {
        // The others are still worth knowing.
        process.stderr.write(
          `${name} broke: ${cause instanceof Lacking ? cause.message : cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`,
        )
        broken.set(
          name,
          cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause),
        )
      } finally {
        await bench.close()
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const program = values['electron-program']
  if (program !== undefined) {
    const found = await inElectron(
      program,
      wanted.filter((name) => IN_ELECTRON.includes(name)),
      effort,
    )
    figures.push(...found.figures)
    if (found.code !== 0) broken.set('in Electron', `ended with ${found.code}`)
  }
  // A part of the table, or a small run, would stand beside figures of another day or another size.
  // The table names the rows that failed.
  const whole = positionals.length === 0 && effort.scale === 1 && effort.rounds === null
  const skipped = new Map<string, string>([...peers.skipped(), ...broken])
  if (whole)
    writeResults(root, {
      figures,
      versions: peers.versions(),
      skipped,
      load,
      date: new Date().toISOString().slice(0, 10),
    })
  return broken.size > 0 ? 1 : 0
}

/** The other end of {@link runAlone}. False when the arguments are none of it. */
async function isAlone([kind, name = '', effort = '{}']: readonly string[]): Promise<boolean> {
  const run = benchAlone(name)
  if (kind !== 'alone' || run === undefined) return false
  const bench = openWorkbench({
    root,
    effort: JSON.parse(effort) as Effort,
    peers: openPeers(root, tmpdir()),
    worker,
  })
  try {
    process.stdout.write(JSON.stringify(await run(bench)))
  } finally {
    await bench.close()
  }
  return true
}

const args = process.argv.slice(2)
if (!(await runSide(args)) && !(await isAlone(args))) process.exitCode = await main(args)
