import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nameKey } from '../../electron/core/index/name-key.ts'
import { openMemoryIndex } from '../../electron/core/index/memory-index.ts'
import type { FoundState, RowIndex, RowsQuery } from '../../electron/core/index/port.ts'
import { openRowIndex } from '../../electron/core/index/row-index.ts'
import { FILE_KINDS } from '../../shared/contract/file-kinds.ts'
import type { IndexFilter, RowState } from '../../shared/contract/models-index.ts'
import type { ObjectRow } from '../../shared/contract/models.ts'
import { compareKeys } from '../../electron/core/oss/list-pages.ts'

const B = 'bucket'

async function openBoth(): Promise<readonly [RowIndex, RowIndex]> {
  const engine = await openRowIndex(':memory:', '')
  if (engine === null) throw new Error('no index')
  return [engine, openMemoryIndex()]
}

const PIECES = [
  'a',
  'B',
  'b',
  'é',
  'e\u0301',
  '2',
  '10',
  '010',
  '-',
  '_',
  '.jpg',
  '.MP4',
  '.ts',
  ' ',
  '中',
  '文',
  'ß',
  '[',
  '*',
  '\u{1f600}',
  '齉',
]
const name = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(''))
const key = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
const CLASSES = ['Standard', 'IA', 'Archive']
const row = fc.record({
  key,
  kind: fc.constant('file' as const),
  size: fc.integer({ min: 0, max: 5 }),
  modified: fc.integer({ min: 0, max: 4 }).map((n) => new Date(1e12 + n * 1000).toISOString()),
  etag: fc.constantFrom('A', 'B', ''),
  storageClass: fc.constantFrom(...CLASSES),
})
const rows = fc
  .uniqueArray(row, { selector: (one) => one.key, maxLength: 30 })
  .map((some) => some.toSorted((a, b) => compareKeys(a.key, b.key)))
const STATES: readonly RowState[] = ['encrypted', 'plain', 'damaged', 'key-missing']
const optional = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: undefined, freq: 4 })
const filter: fc.Arbitrary<IndexFilter> = fc.record({
  text: optional(fc.constantFrom(...PIECES)),
  glob: optional(
    fc.constantFrom('*', '*a*', '?', 'a?*', '[ab]*', '[!a]*', '*.jpg', '*[', '[[]*', '中*'),
  ),
  regex: optional(fc.constantFrom('^a', 'b$', '\\d+', '[é文]', '.')),
  kinds: optional(fc.subarray([...FILE_KINDS])),
  larger: optional(fc.integer({ min: 0, max: 5 })),
  smaller: optional(fc.integer({ min: 0, max: 5 })),
  newer: optional(fc.constant(new Date(1e12 + 2000).toISOString())),
  older: optional(fc.constant(new Date(1e12 + 3000).toISOString())),
  classes: optional(fc.subarray(CLASSES)),
  states: optional(fc.subarray([...STATES, 'unknown' as const])),
  keyId: optional(fc.constantFrom('key-1', 'key-2')),
})
const query: fc.Arbitrary<RowsQuery> = fc.record({
  scope: fc.oneof(
    fc.record({
      bucket: fc.constant(B),
      prefix: fc.constantFrom('', 'a/', 'b/'),
      depth: fc.constant('level' as const),
    }),
    fc.record({
      bucket: fc.constantFrom(B, null),
      prefix: fc.constantFrom('', 'a/', 'a', 'a/b'),
      depth: fc.constant('below' as const),
    }),
  ),
  sort: fc.record({
    by: fc.constantFrom('name', 'size', 'modified', 'class', 'state', 'key', 'path'),
    down: fc.boolean(),
  }),
  filter,
  keyOrder: fc.constantFrom(['key-1', 'key-2'], ['key-2', 'key-1']),
  mayBeOld: fc.constant(false),
})

const pageOf = (some: readonly ObjectRow[]) => ({
  bucket: B,
  prefix: '',
  depth: 'below' as const,
  after: '',
  through: null,
  rows: some,
  listing: { cursor: null, listed: some.length, now: 1 },
})
const statesOf = (some: readonly ObjectRow[]): readonly FoundState[] =>
  some.map(({ key: of, etag, modified }, at) => {
    const state = STATES[at % 4] as RowState
    const keyId = state === 'encrypted' ? `key-${(at % 2) + 1}` : null
    return { key: of, etag, modified, state, keyId, head: null }
  })

test('the engine and a plain sort in memory give the same rows, sums, places and keys', async () => {
  await fc.assert(
    fc.asyncProperty(
      rows,
      rows,
      fc.array(query, { minLength: 1, maxLength: 6 }),
      async (first, second, queries) => {
        const both = await openBoth()
        for (const index of both) {
          index.replacePage(pageOf(first))
          index.replacePage(pageOf(second))
          index.upsert(B, [], statesOf(second))
        }
        for (const one of queries) {
          const [a, b] = both.map((index) => {
            const { revision: _revision, ...answer } = index.query(one, 0, 1000)
            const window = index.query(one, 1, 3).rows
            const place = index.position(one, { bucket: B, key: second[0]?.key ?? 'none' })
            // Equal names in different folders are in the order in which the index met the folders.
            return { ...answer, window, place, keys: index.keys(one, 0, 2), one }
          })
          const isTied = one.scope.depth === 'below' && one.sort.by !== 'path'
          if (isTied) expect(tied(a)).toEqual(tied(b))
          else expect(a).toEqual(b)
        }
        const [a, b] = both.map((index) => [
          index.counts(B, 'a', 2),
          index.counts(B, '', 3),
          index.size(),
        ])
        expect(a).toEqual(b)
        for (const index of both) index.close()
      },
    ),
    { numRuns: 100 },
  )
})

type Answer = ReturnType<RowIndex['query']>
const tied = (answer: Omit<Answer, 'revision'> | undefined) => ({
  ...answer,
  rows: answer?.rows.map((one) => one.key.slice(one.key.lastIndexOf('/') + 1)),
  window: null,
  place: null,
  keys: null,
  set: answer?.rows.toSorted((a, b) => compareKeys(a.key, b.key)),
})

test('any split of a listing into pages gives the same index, and so does a second listing', async () => {
  await fc.assert(
    fc.asyncProperty(rows, rows, fc.integer({ min: 1, max: 7 }), async (first, second, size) => {
      const [split, whole] = await openBoth()
      split.replacePage(pageOf(first))
      for (let at = 0; at === 0 || at < second.length; at += size) {
        const some = second.slice(at, at + size)
        const isLast = at + size >= second.length
        split.replacePage({
          ...pageOf(some),
          after: second[at - 1]?.key ?? '',
          through: isLast ? null : (some.at(-1)?.key ?? null),
          listing: { cursor: isLast ? null : 'next', listed: at, now: 2 },
        })
      }
      whole.replacePage(pageOf(second))
      const all: RowsQuery = {
        scope: { bucket: B, prefix: '', depth: 'below' },
        sort: { by: 'path', down: false },
        filter: {},
        keyOrder: [],
        mayBeOld: false,
      }
      expect(split.query(all, 0, 1000).rows).toEqual(whole.query(all, 0, 1000).rows)
      expect(split.counts(B, '', 5)).toEqual(whole.counts(B, '', 5))
      // Folders without objects are gone.
      const folders = new Set(
        second.flatMap(({ key: of }) =>
          [...of.matchAll(/\//g)].map(({ index }) => of.slice(0, index + 1)),
        ),
      )
      expect(split.size()).toBe(second.length + folders.size)
      split.close()
    }),
    { numRuns: 100 },
  )
})

test.each([
  [
    ['b', 'a', 'C', 'B', 'A'],
    ['a', 'A', 'b', 'B', 'C'],
  ],
  [
    ['file10', 'file2', 'file1', 'file02'],
    ['file1', 'file2', 'file02', 'file10'],
  ],
  [
    ['e1', 'é1', 'f', 'E0'],
    ['E0', 'e1', 'é1', 'f'],
  ],
  [
    ['张', '李', 'z', '1', '_', '王'],
    ['_', '1', 'z', '李', '王', '张'],
  ],
  [
    ['a b', 'a.b', 'ab', 'a'],
    ['a', 'a b', 'a.b', 'ab'],
  ],
])('names %j are in the order %j', (names, order) => {
  const bytes = (text: string) => Buffer.from(nameKey(text))
  const sorted = names.toSorted((a, b) => Buffer.compare(bytes(a), bytes(b)))
  expect(sorted).toEqual(order)
})

test('numbers are in the order of their values, however long they are', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 60n }),
      fc.bigInt({ min: 0n, max: 10n ** 60n }),
      (a, b) => {
        const [x, y] = [a, b].map((n) => Buffer.from(nameKey(`n${n}.txt`))) as [Buffer, Buffer]
        expect(Math.sign(Buffer.compare(x, y))).toBe(a < b ? -1 : a > b ? 1 : 0)
      },
    ),
  )
})
