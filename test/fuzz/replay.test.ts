import { beforeAll, describe, expect, test } from 'vitest'
import { slow } from '../faults/budget.ts'
import { fuzz } from './runner.ts'
import { knownFaults } from './target.ts'
import { faultyTargets } from './targets-faulty.ts'
import { targets } from './targets.ts'

const root = new URL('../..', import.meta.url)
const entry = new URL('out/fuzz.mjs', root)

// The threads run what `npm run fuzz` runs.
beforeAll(async () => {
  const { bundle } = (await import(new URL('build/bundle.mjs', root).href)) as {
    bundle(names: readonly string[]): Promise<void>
  }
  await bundle(['fuzz'])
})

/**
 * `npm run fuzz` for long; this is what once went wrong, and the same few seconds every time. A
 * finding that is mended fails here too: it moves to test/fuzz/seeds then.
 */
describe('whatever anybody wrote', () => {
  test.each(targets.map((target) => [target.name, target] as const))('%s', async (name, target) => {
    const { runs, findings } = await fuzz({ target, entry, root, seconds: slow ? 5 : 1, seed: 1 })
    const known = knownFaults(root, name)
    expect(
      findings
        .filter(({ why }) => !known.includes(why))
        .map(({ why, input }) => `${why}: ${Buffer.from(input).toString('base64')}`),
    ).toEqual([])
    expect(findings.map(({ why }) => why).sort()).toEqual([...known].sort())
    expect(runs).toBeGreaterThan(target.seeds(root).length)
  })
})

const WHY: Readonly<Record<string, RegExp>> = {
  throws: /^RangeError: at #$/,
  rejects: /^TypeError: no$/,
  hangs: /^hang/,
  'hangs between two promises': /^hang/,
  'waits for nothing': /^the thread ended/,
  'eats memory at once': /^memory/,
  'eats memory': /^memory/,
  recurses: /^RangeError: Maximum call stack/,
  'ends the thread': /^the thread ended/,
}

describe('a reader that is not right is found out', () => {
  test.each(faultyTargets.map((target) => [target.name, target] as const))(
    '%s',
    async (name, target) => {
      const { findings } = await fuzz({ target, entry, root, seconds: 0.5, seed: 1 })
      expect(findings).toHaveLength(1)
      expect(findings[0]?.why).toMatch(WHY[name] ?? /./)
      expect(Buffer.from(findings[0]?.input ?? []).toString()).toMatch(/^!/)
    },
  )
})
