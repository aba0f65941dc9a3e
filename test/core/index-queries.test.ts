import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nameKey } from '../../electron/core/index/name-key.ts'
import { openMemoryIndex } from '../../electron/core/index/memory/memory-index.ts'
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
const anyKey = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
/** Some keys come again and again, so that rows are changed and removed. */
const usualKey = fc.constantFrom('a', 'b', '2', 'a/1', 'a/b', 'a/b/1', 'a/b/2', 'b/2')
const key = fc.oneof(anyKey, { arbitrary: usualKey, weight: 2 })
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
const GLOBS = '* ** b *a* ? a?* [ab]* [!a]* *.jpg *[ [[]* 中* *a*b* a*b*c *[ab]*b *2*.j?g'.split(
  ' ',
)
const CONDITIONS = [
  'text',
  'glob',
  'regex',
  'kinds',
  'larger',
  'smaller',
  'newer',
  'older',
  'classes',
  'states',
  'keyId',
] as const
const conditions: fc.Arbitrary<Required<IndexFilter>> = fc.record({
  text: fc.constantFrom(...PIECES),
  glob: fc.constantFrom(...GLOBS),
  regex: fc.constantFrom('^a', 'b$', '\\d+', '[é文]', '.'),
  kinds: fc.subarray([...FILE_KINDS]),
  larger: fc.integer({ min: 0, max: 5 }),
  smaller: fc.integer({ min: 0, max: 5 }),
  newer: fc.constant(new Date(1e12 + 2000).toISOString()),
  older: fc.constant(new Date(1e12 + 3000).toISOString()),
  classes: fc.subarray(CLASSES),
  states: fc.subarray([...STATES, 'unknown' as const]),
  keyId: fc.constantFrom('key-1', 'key-2'),
})
/** Few conditions, so that some rows meet them all. */
const filter: fc.Arbitrary<IndexFilter> = fc
  .tuple(conditions, fc.subarray([...CONDITIONS], { maxLength: 2 }))
  .map(([all, some]) => Object.fromEntries(some.map((name) => [name, all[name]])))
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

/** A change of the rows, made to both indexes. */
type Change = (index: RowIndex) => void
const change: fc.Arbitrary<Change> = fc.oneof(
  rows.map(
    (some): Change =>
      (index) =>
        index.replacePage(pageOf(some)),
  ),
  rows.map(
    (some): Change =>
      (index) =>
        void index.upsert(B, [], statesOf(some)),
  ),
  rows.map(
    (some): Change =>
      (index) =>
        void index.upsert(B, some, statesOf(some)),
  ),
  fc.tuple(fc.array(usualKey, { maxLength: 5 }), fc.subarray(['a/', 'b/', 'a/b/'])).map(
    ([objects, folders]): Change =>
      (index) =>
        void index.remove(B, objects, folders),
  ),
  // A set of keys that the index knows already changes nothing, so each set has a new key.
  fc.tuple(fc.subarray(['key-1', 'key-2']), fc.uuid()).map(
    ([ids, other]): Change =>
      (index) =>
        index.keysChanged([...ids, other]),
  ),
)

test('the engine and a plain sort in memory give the same rows, sums, places and keys', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 6 }),
      fc.array(query, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (changes, queries, isPrepared) => {
        const both = await openBoth()
        // The same queries after each change: rows in memory follow the changes.
        for (const make of changes) {
          both.forEach(make)
          for (const one of queries) {
            const [a, b] = both.map((index) => answers(index, one))
            // Equal names in different folders are in the order in which the index met the folders.
            const isTied = one.scope.depth === 'below' && one.sort.by !== 'path'
            if (isTied) expect(tied(a)).toEqual(tied(b))
            else expect(a).toEqual(b)
            while (isPrepared && both[0].prepare());
          }
        }
        const [a, b] = both.map((index) => [
          filled(index.counts(B, 'a', 2)),
          filled(index.counts(B, '', 3)),
          index.size(),
        ])
        expect(a).toEqual(b)
        for (const index of both) index.close()
      },
    ),
    { numRuns: 60 },
  )
})

/** Sums without the folders that have no object. Such a folder stays until it is looked at. */
const filled = (sums: ReturnType<RowIndex['counts']>) => ({
  ...sums,
  folders: sums.folders.filter(({ objects }) => objects > 0),
})

/** All that an index answers to a query, save the revision. */
function answers(index: RowIndex, one: RowsQuery) {
  const { revision: _revision, ...answer } = index.query(one, 0, 1000)
  const window = index.query(one, 1, 3).rows
  const at = answer.rows[2] ?? { bucket: B, key: 'none' }
  const place = index.position(one, { bucket: B, key: at.key })
  return { ...answer, window, place, keys: index.keys(one, 0, 2), one }
}

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
