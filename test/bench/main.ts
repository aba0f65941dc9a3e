import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { decryptOffline } from './decrypt-offline.ts'
import { downloadLarge } from './download-large.ts'
import { list100k } from './list-100k.ts'
import { memory } from './memory.ts'
import { openPeers } from './peers.ts'
import { writeResults } from './results.ts'
import { runAlone, runSide } from './side-process.ts'
import { start } from './start.ts'
import type { Figure } from './statistics.ts'
import { uploadFloor, uploadLarge, uploadLargePy, uploadLine } from './upload-large.ts'
import { uploadSmall } from './upload-small.ts'
import { openWorkbench, type Effort, type Workbench } from './workbench.ts'

type Bench = (bench: Workbench) => Promise<readonly Figure[]>

/** By the name on the command line, in the order in which they run. */
const BENCHES: Readonly<Record<string, Bench>> = {
  'upload-large': uploadLarge,
  'upload-large-py': uploadLargePy,
  'upload-floor': uploadFloor,
  'upload-line': uploadLine,
  'download-large': downloadLarge,
  'upload-small': uploadSmall,
  'decrypt-offline': decryptOffline,
  memory: (bench) => runAlone('memory', bench.effort),
  'list-100k': list100k,
  start,
}

/** Those that {@link runAlone} starts, in a process where nothing ran before. */
const ALONE: Readonly<Record<string, Bench>> = { memory }

const root = fileURLToPath(new URL('..', import.meta.url))
const worker = new URL('./core/part-worker.mjs', import.meta.url)

/** `npm run bench [-- NAME… --scale 0.1 --rounds 3]`: all of them without a name; JSON lines. Exit code 1 when one broke, 2 for a name that is none. */
async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { scale: { type: 'string', default: '1' }, rounds: { type: 'string' } } })
  const effort: Effort = { scale: Number(values.scale), rounds: values.rounds === undefined ? null : Number(values.rounds) }
  const unknown = positionals.filter((name) => BENCHES[name] === undefined)
  if (unknown.length > 0 || !(effort.scale > 0) || !(effort.rounds === null || (Number.isInteger(effort.rounds) && effort.rounds > 0))) {
    process.stderr.write(`Names are ${Object.keys(BENCHES).join(', ')}; --scale is a number above 0, --rounds a whole one.\n`)
    return 2
  }
  const load = loadavg()[0] ?? 0
  if (load > 1) process.stderr.write(`The machine is busy (load ${load.toFixed(1)}): these figures will be worth little.\n`)
  const folder = mkdtempSync(join(tmpdir(), 'cb-bench-peers-'))
  const peers = openPeers(root, folder)
  const figures: Figure[] = []
  let broken = false
  try {
    for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
      const bench = openWorkbench({ root, effort, peers, worker })
      try {
        const found = (await BENCHES[name]?.(bench)) ?? []
        for (const one of found) process.stdout.write(`${JSON.stringify(one)}\n`)
        figures.push(...found)
      } catch (cause) {
        // The others are still worth knowing.
        process.stderr.write(`${name} broke: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`)
        broken = true
      } finally {
        await bench.close()
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  // A part of the table, or a small one, would stand beside figures of another day or another size.
  const whole = !broken && positionals.length === 0 && effort.scale === 1 && effort.rounds === null
  if (whole) writeResults(root, { figures, versions: peers.versions(), skipped: peers.skipped(), load, date: new Date().toISOString().slice(0, 10) })
  return broken ? 1 : 0
}

/** The other end of {@link runAlone}. False when the arguments are none of it. */
async function isAlone([kind, name = '', effort = '{}']: readonly string[]): Promise<boolean> {
  const run = ALONE[name]
  if (kind !== 'alone' || run === undefined) return false
  const bench = openWorkbench({ root, effort: JSON.parse(effort) as Effort, peers: openPeers(root, tmpdir()), worker })
  try {
    process.stdout.write(JSON.stringify(await run(bench)))
  } finally {
    await bench.close()
  }
  return true
}

const args = process.argv.slice(2)
if (!(await runSide(args)) && !(await isAlone(args))) process.exitCode = await main(args)
