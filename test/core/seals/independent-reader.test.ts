import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storedOfBad, storedOfGood, VECTORS } from './seal-kit.ts'

/** A reader that was written from FORMAT.md 11 alone, in another language. */
const READER = fileURLToPath(new URL('../../tools/independent-seal-reader.py', import.meta.url))

let work: string
beforeAll(() => void (work = mkdtempSync(join(tmpdir(), 'seals-'))))
afterAll(() => rmSync(work, { recursive: true, force: true }))

test('an independent reader comes to the same states', () => {
  const objects = [
    ...VECTORS.good.map((row) => ({ ...row, texts: [row.seal], bytes: storedOfGood(row) })),
    ...VECTORS.bad.map((row) => ({ ...row, bytes: storedOfBad(row) })),
  ]
  const rows = objects.map(({ bytes, ...row }) => {
    const stored = join(work, row.storedSha256)
    writeFileSync(stored, bytes)
    return { ...row, stored, writer: VECTORS.writer.secret }
  })
  const input = JSON.stringify(rows)
  const lines = execFileSync('python3', ['-B', READER], { input, encoding: 'utf8' })
    .trimEnd()
    .split('\n')
  const unproven = [
    'sealed later, no writer mark',
    'altered: writer mark: intact, writer not proven',
  ]
  expect(lines).toEqual(
    rows.map(({ name, state }) => {
      const isProven = state[0] === 'intact' && !unproven.includes(name)
      return `${state.join(' ')} ${isProven ? 'proven' : 'not-proven'}`
    }),
  )
})
