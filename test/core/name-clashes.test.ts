import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pathsFor } from '../../electron/core/app/local/local-names.ts'
import { newPathsOf, type PlannedPath } from '../../electron/core/app/local/name-clashes.ts'
import { ENVELOPE_FILE_SUFFIX as SUFFIX } from '../../shared/format/envelope/envelope-file.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'clashes-'))))
afterAll(() => rm(folder, { recursive: true }))

const EXACT = { cases: false, forms: false }
const piece = fc.constantFrom('a', 'A', 'b', 'a (2)', `a${SUFFIX}`, `a (2)${SUFFIX}`, 'x.txt')
const object = fc.record({
  path: fc.array(piece, { minLength: 1, maxLength: 2 }).map((names) => names.join('/')),
  changed: fc.boolean(),
  isFolder: fc.boolean(),
  plain: fc.boolean(),
})

const planned = (
  objects: readonly { path: string; changed: boolean; isFolder: boolean }[],
): readonly PlannedPath[] => objects.map((one, index) => ({ ...one, index, key: `k${index}` }))

test('no two objects are one file, none is a folder or an envelope file of another, whatever they are called', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(object, { maxLength: 12 }), fc.boolean(), async (objects, raw) => {
      const rows = planned(objects)
      const found = await newPathsOf({
        rows: () => rows,
        folder,
        raw,
        arePlain: async (keys) => keys.map((key) => objects[Number(key.slice(1))]?.plain === true),
      })
      const needed = new Set<string>()
      const files: string[] = []
      for (const { index, path, isFolder } of rows) {
        const at = found.get(index) ?? path
        if (!isFolder) files.push(at)
        // Without a clash nobody asks whether an object is encrypted, since nothing depends on it.
        if (!isFolder && raw && found.has(index) && objects[index]?.plain === false)
          files.push(at + SUFFIX)
        for (let above = isFolder ? at : dirname(at); above !== '.'; above = dirname(above))
          needed.add(above)
      }
      expect(new Set(files).size).toBe(files.length)
      for (const file of files) expect(needed.has(file)).toBe(false)
    }),
  )
})

test('the paths are those that all names together would get', async () => {
  if (process.platform !== 'linux') return
  await fc.assert(
    fc.asyncProperty(fc.array(object, { maxLength: 10 }), async (objects) => {
      const rows = planned(objects)
      const found = await newPathsOf({
        rows: () => rows,
        folder,
        raw: false,
        arePlain: async (keys) => keys.map(() => true),
      })
      const files = rows.filter(({ isFolder }) => !isFolder)
      const all = pathsFor(
        files.map(({ path, changed }) => ({ path, changed, encrypted: false })),
        rows.flatMap(({ path, isFolder }) => (isFolder ? [path] : [])),
        EXACT,
      )
      const kept = files.filter(({ path }, i) => all[i] === path)
      // A file system that is stricter than this one would need more numbers; no name keeps less.
      for (const { index, path } of kept) expect(found.get(index) ?? path).toBe(path)
    }),
  )
})

test('20,000 names without a clash cost no path each', async () => {
  const COUNT = 20_000
  function* rows(): Generator<PlannedPath> {
    for (let index = 0; index < COUNT; index++)
      yield { index, key: '', path: `folder/${index}`, changed: false, isFolder: false }
  }
  const found = await newPathsOf({ rows, folder, raw: true, arePlain: async () => [] })
  expect(found.size).toBe(0)
})
