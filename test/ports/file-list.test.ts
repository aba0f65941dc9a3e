import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { openFileList, type ListedFile } from '../../electron/core/store/file-list.ts'

const root = mkdtempSync(join(tmpdir(), 'cb-list-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let made = 0
const fresh = (): string => join(root, 'lists', `${made++}.list`)

const all = (list: ReturnType<typeof openFileList>): readonly (readonly [number, ListedFile])[] => {
  const reader = list.reader()
  const found: (readonly [number, ListedFile])[] = []
  for (let one = reader.next(); one !== null; one = reader.next()) found.push([one.index, one.file])
  expect(reader.next()).toBe(null)
  return found
}
const files = fc.array(
  fc.record({
    root: fc.nat(3),
    path: fc.string({ unit: 'grapheme', maxLength: 60 }),
    size: fc.nat(),
    modified: fc.nat(),
  }),
  { maxLength: 300 },
)

const missings = fc.constantFrom(null, {
  code: 'left-out' as const,
  count: 2,
  path: '/a',
  reason: 'unreadable' as const,
})

test('what was listed is read back in order, before the end and after, by this start and by another', () => {
  fc.assert(
    fc.property(files, missings, (listed, missing) => {
      const path = fresh()
      const list = openFileList(path)
      for (const file of listed) list.add(file)
      list.flush()
      const expected = listed.map((file, i) => [i, file])
      expect(all(list)).toEqual(expected)
      expect(list.totals()).toBe(null)
      list.end({ files: listed.length, bytes: 7, missing })
      expect(all(list)).toEqual(expected)
      list.close()
      const again = openFileList(path)
      expect(again.totals()).toEqual({ files: listed.length, bytes: 7, missing })
      expect(all(again)).toEqual(expected)
      again.close()
    }),
    { numRuns: 40 },
  )
})

test('a reader sees what comes later, without losing its place', () => {
  const list = openFileList(fresh())
  const reader = list.reader()
  expect(reader.next()).toBe(null)
  for (let i = 0; i < 3000; i++) {
    list.add({ root: 0, path: `${i}`.repeat(9), size: i, modified: 0 })
    if (i % 7 !== 0) continue
    list.flush()
    for (let one = reader.next(), from = i - 6; one !== null; one = reader.next(), from++)
      expect(one.index).toBe(Math.max(0, from))
  }
  list.close()
})

test('a torn last line is cut off, and there is no end then', () => {
  const path = fresh()
  const first = openFileList(path)
  first.add({ root: 0, path: 'whole', size: 1, modified: 2 })
  first.end({ files: 1, bytes: 1, missing: null })
  first.close()
  appendFileSync(path, '[0,"torn')
  const again = openFileList(path)
  expect(again.totals()).toEqual({ files: 1, bytes: 1, missing: null })
  expect(all(again).map(([, { path: name }]) => name)).toEqual(['whole'])
  again.close()
})

test('an end as it was written before it told of what is missing', () => {
  const path = fresh()
  openFileList(path).close()
  appendFileSync(path, '[0,"a",1,2]\n[-1,"",1,1]\n')
  const list = openFileList(path)
  expect(list.totals()).toEqual({ files: 1, bytes: 1, missing: null })
  list.close()
})

test.each([
  '',
  '{}',
  'null',
  '[]',
  '[0]',
  '[0,5,1,1]',
  '[0,"a","x",1]',
  'noise \u0000 noise',
  '[0,"a",1',
])('a line that is none, %j, ends the list and is told', (line) => {
  const path = fresh()
  openFileList(path).close()
  appendFileSync(path, `[0,"whole",1,2]\n${line}\n[0,"after",1,2]\n[-1,"",2,2]\n`)
  const list = openFileList(path)
  expect(list.damage()).toBe(null)
  expect(all(list).map(([, { path: name }]) => name)).toEqual(['whole'])
  expect(list.damage()).toEqual({ code: 'file-damaged', path, kept: null })
  list.close()
})
