import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { isMainThread, workerData } from 'node:worker_threads'
import { fuzz, type Finding } from './runner.ts'
import { knownFaults } from './target.ts'
import { targets } from './targets.ts'
import { work, type Job } from './worker.ts'

/**
 * `npm run fuzz [-- --seconds N --target NAME --seed S]`: random inputs for every reader, five
 * minutes in all. CONTRIBUTING.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '300' },
      target: { type: 'string' },
      seed: { type: 'string' },
    },
  })
  const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target)
  const [seconds, seed] = [Number(values.seconds), Number(values.seed ?? Date.now() % 1_000_000)]
  if (chosen.length === 0 || !(seconds > 0) || !Number.isInteger(seed)) {
    process.stderr.write(
      `--target is one of ${targets.map(({ name }) => name).join(', ')}; --seconds and --seed are numbers.\n`,
    )
    return 2
  }
  const root = new URL('..', import.meta.url)
  let count = 0
  process.stdout.write(`Seed ${seed}\n`)
  for (const target of chosen) {
    const known = knownFaults(root, target.name)
    const { runs, kept, seen, findings } = await fuzz({
      target,
      entry: new URL(import.meta.url),
      root,
      seconds: seconds / chosen.length,
      seed,
    })
    process.stdout.write(
      `${target.name}: ${runs} inputs, ${kept} led on, ${seen} characters of code, ${findings.length} findings\n`,
    )
    for (const finding of findings) {
      const isKnown = known.includes(finding.why)
      process.stdout.write(
        `  ${finding.why}\n  ${isKnown ? 'known, waits for its fix' : keep(root, target.name, finding)}\n`,
      )
      if (!isKnown) count++
    }
  }
  return count === 0 ? 0 : 1
}

/**
 * Into test/fuzz/findings, where `npm test` fails on it until it is fixed; then it moves to
 * test/fuzz/seeds.
 */
function keep(root: URL, target: string, { input, why }: Finding): string {
  const name = createHash('sha256').update(input).digest('hex').slice(0, 12)
  const folder = `test/fuzz/findings/${target}/`
  mkdirSync(new URL(folder, root), { recursive: true })
  writeFileSync(new URL(`${folder}${name}`, root), input)
  writeFileSync(new URL(`${folder}${name}.why`, root), `${why}\n`)
  return folder + name
}

if (isMainThread) process.exitCode = await main()
else await work(workerData as Job, import.meta.url)
