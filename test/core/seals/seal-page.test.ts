import { createCipheriv } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { LEAF_BYTES } from '../../../electron/core/seals/leaves.ts'
import { makeSeal } from '../../../electron/core/seals/make-seal.ts'
import { promisedCounter } from '../../../electron/core/seals/promise.ts'
import { deriveSealKeys } from '../../../electron/core/seals/seal-keys.ts'
import {
  readSealText,
  SEAL_HEADER,
  SEAL_TAG,
  writeSealText,
} from '../../../electron/core/seals/seal-text.ts'
import { writerIdOf } from '../../../electron/core/seals/writer.ts'
import { SEAL_STATE } from '../../../shared/contract/models-seals.ts'
import { bytesOf, hex } from '../../format/vectors.ts'
import { leavesOf } from './seal-kit.ts'

const page = readFileSync(new URL('../../../FORMAT.md', import.meta.url), 'utf8')
const section = page.slice(page.indexOf('## 11. '), page.indexOf('## 12. '))
/** A row of an example: of section 11, or else of section 5. */
const row = (name: string): string => {
  const cell = new RegExp(`\\| ${name} \\| \`([0-9a-f]+)\` \\|`)
  return cell.exec(section)?.[1] ?? cell.exec(page)?.[1] ?? expect.fail(`no row ${name}`)
}

test('the worked example of seals is true', () => {
  const keys = deriveSealKeys(bytesOf(row('data key')))
  expect([hex(keys.mac), hex(keys.chunk)]).toEqual([row('Kmac'), row('Kchunk')])
  const stored = bytesOf(row('stored bytes'))
  const gcm = createCipheriv('aes-256-gcm', keys.chunk, Buffer.alloc(12)).setAAD(stored)
  gcm.final()
  expect(hex(gcm.getAuthTag())).toBe(row('G, shown here and nowhere else'))

  const sealed = { sealId: bytesOf(row('sealId')), exponent: 20 }
  const leaves = leavesOf(keys, sealed, stored)
  expect([hex(leaves), leaves.length]).toEqual([row('leaf 0'), LEAF_BYTES])
  const secret = bytesOf(row('W of the master key'))
  const seal = makeSeal(keys, {
    ...sealed,
    leaves,
    length: stored.length,
    counter: bytesOf(row('initial counter')),
    byWriter: true,
    time: parseInt(row('time'), 16),
    bucket: 'examplebucket',
    key: 'notes/hello.txt',
    writer: secret,
  })
  const text = writeSealText(seal)
  const bytes = Buffer.from(text, 'base64url')
  expect(hex(bytes.subarray(0, 28))).toBe(row('bytes 0–27'))
  const { root, content, place, writer } = seal
  expect([root, content, place, writer].map(hex)).toEqual(
    ['root', 'content', 'place', 'writer'].map(row),
  )
  expect(hex(writerIdOf(secret))).toBe(row('id of W'))
  expect(section.replace(/\s/g, '')).toContain(text)
  expect(readSealText(text)).toEqual({ kind: 'seal', seal })
  expect(hex(promisedCounter(keys, bytesOf('a0a1a2a3a4a5')))).toBe(
    row('promised counter for r = `a0a1a2a3a4a5`'),
  )
})

test('the table of states has the states and reasons of the code', () => {
  const rows = [...section.matchAll(/^\| \d+ \|.*\| (\w+) \| (.*) \|$/gm)]
  expect(rows).toHaveLength(17)
  const told = rows.flatMap(([, state = '', reasons = '']) =>
    [...reasons.matchAll(/`([a-z-]+)`/g)].map(([, reason = '']) => [reason, state]),
  )
  expect(Object.fromEntries(told)).toEqual(SEAL_STATE)
})

test('the names of header and tag are those of the page', () => {
  for (const name of [SEAL_HEADER, SEAL_TAG]) expect(section).toContain(`\`${name}\``)
})
