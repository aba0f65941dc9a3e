import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openJournal } from '../../electron/core/store/journal.ts'
import { randomOf } from '../fuzz/random.ts'
import { eachSeed, seeds } from './budget.ts'
import { KEYS, keysOf, type Line } from './journal-lines.ts'
import { bundleVictims } from './victim.ts'

const root = mkdtempSync(join(tmpdir(), 'cb-journal-'))
const program = fileURLToPath(new URL('../../out/journal-victim.mjs', import.meta.url))
beforeAll(bundleVictims)
afterAll(() => rmSync(root, { recursive: true, force: true }))

const ANEW = 'writes anew'
/** The number of times that a journal was written again, and that it was killed meanwhile. */
let [anew, within] = [0, 0]

/** Runs the writer for about so long; the last line that it said it had written. */
async function written(path: string, ms: number): Promise<number> {
  const child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await once(child.stdout, 'data')
  await sleep(ms)
  child.kill('SIGKILL')
  await ended
  const lines = said.slice(0, said.lastIndexOf('\n')).split('\n')
  anew += lines.filter((line) => line === ANEW).length
  if (lines.at(-1) === ANEW) within += 1
  return Number(lines.findLast((line) => line !== ANEW))
}

/** A journal whose writer is killed again and again, at a compaction as at any other moment. */
async function live(seed: number): Promise<readonly string[]> {
  const random = randomOf(seed)
  const path = join(root, String(seed), 'journal')
  const wrong: string[] = []
  for (let round = 0; round < 6 && wrong.length === 0; round++) {
    const last = await written(path, random.int(150))
    const found = new Map<number, number>()
    let before = 0
    const { journal, damaged } = openJournal(path, (record) => {
      const line = record as Line
      found.set(keysOf(line), line.n)
      if (line.text.length !== (line.n * 7919) % 30_000)
        wrong.push(`line ${line.n} is not what was written`)
      before = Math.max(before, line.n)
    })
    await journal.close()
    if (damaged > 0) wrong.push(`${damaged} lines damaged`)
    if (before < last || before > last + 1) wrong.push(`${last} was the last, ${before} is there`)
    for (let n = Math.max(1, before - KEYS + 1); n <= before; n++)
      if (found.get(n % KEYS) !== n) wrong.push(`line ${n} is lost`)
  }
  return wrong
}

test('a journal that is killed while it is written and written anew: every line that was told is there', async () => {
  expect(await eachSeed(seeds(8, 100), 2, live)).toEqual([])
  console.info(`written anew ${anew} times, killed at it ${within} times`)
  expect(anew).toBeGreaterThan(0)
}, 3_600_000)
