import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openMemoryIndex } from '../../electron/core/index/memory/memory-index.ts'
import type { FoundState, RowIndex } from '../../electron/core/index/port.ts'
import { openRowIndex } from '../../electron/core/index/row-index.ts'
import type { ObjectRow } from '../../shared/contract/models.ts'

const B = 'bucket'
const MODIFIED = '2026-01-01T00:00:00.000Z'
const row = (key: string, change: Partial<ObjectRow> = {}): ObjectRow => ({
  key,
  kind: 'file',
  size: 7,
  modified: MODIFIED,
  etag: `E ${key}`,
  storageClass: 'Standard',
  ...change,
})
const found = (key: string, dataKey: string | null, content: string): FoundState => ({
  key,
  etag: `E ${key}`,
  modified: MODIFIED,
  state: 'encrypted',
  keyId: 'k1',
  head: {
    text: '{"kind":"plain"}',
    dataSize: 3,
    partSize: null,
    versionId: null,
    isYoung: true,
    dataKey,
    content,
  },
})
const KEYS = ['a', 'b', 'b/', 'b/1', 'b/2', 'b/c/1', 'b0', 'ba/x', 'é/1', '\u{1f4f7}/1', '\uffee/1']

describe.each([
  ['the engine', async () => (await openRowIndex(':memory:', '')) as RowIndex],
  ['the index in memory', async () => openMemoryIndex()],
])('audits of %s', (_name, open) => {
  let index: RowIndex
  beforeEach(async () => {
    index = await open()
    index.upsert(
      B,
      KEYS.map((key) => row(key)),
      [],
    )
    index.upsert('other', [row('b/1')], [])
  })
  afterEach(() => index.close())

  const walk = (prefix: string, count: number): string[] => {
    const keys: string[] = []
    for (let after = ''; ;) {
      const rows = index.audited(B, prefix, after, count)
      keys.push(...rows.map(({ key }) => key))
      const last = rows.at(-1)
      if (last === undefined) return keys
      after = last.key
    }
  }

  test.each(['', 'b', 'b/', 'b/c', 'b/c/', 'b/c/1', 'ba', 'é', 'none'])(
    'each object below %j comes once, in steps of any size',
    (prefix) => {
      const wanted = KEYS.filter((key) => key.startsWith(prefix))
      const all = walk(prefix, 100)
      expect(all.toSorted()).toEqual(wanted.toSorted())
      for (const count of [1, 2, 3]) expect(walk(prefix, count)).toEqual(all)
    },
  )

  test('a row has the HEAD that gave its state, also a young one', () => {
    index.upsert(B, [], [found('a', null, 'c')])
    const [first] = index.audited(B, '', '', 1)
    expect(first).toEqual({
      key: 'a',
      size: 7,
      modified: MODIFIED,
      etag: 'E a',
      storageClass: 'Standard',
      head: { text: '{"kind":"plain"}', dataSize: 3, partSize: null },
      sharedWith: null,
    })
  })

  const shared = (key: string) =>
    index.audited(B, key, '', 1).map(({ sharedWith }) => sharedWith)[0] ?? null

  test('one data key on two objects is found, in another bucket too', () => {
    index.upsert(B, [], [found('a', 'D', 'c1'), found('b0', 'E', 'c1')])
    expect([shared('a'), shared('b0')]).toEqual([null, null])
    index.upsert('other', [], [found('b/1', 'D', 'c2')])
    expect(shared('a')).toEqual({ bucket: 'other', key: 'b/1', isSame: false })
    index.remove('other', ['b/1'], [])
    expect(shared('a')).toBe(null)
  })

  test('a copy is told apart from another content, which comes first', () => {
    index.upsert(B, [], [found('a', 'D', 'c2'), found('b0', 'D', 'c2')])
    expect(shared('a')).toEqual({ bucket: B, key: 'b0', isSame: true })
    for (const content of ['c1', 'c3']) {
      index.upsert('other', [row('b/1')], [found('b/1', 'D', content)])
      expect(shared('a')).toEqual({ bucket: 'other', key: 'b/1', isSame: false })
    }
  })

  test('a copy without a CRC-64 is known by size and ETag', () => {
    const copy = { ...found('b0', 'D', 'other hash'), etag: 'E a' }
    index.upsert(B, [row('b0', { etag: 'E a' })], [found('a', 'D', 'hash'), copy])
    expect(shared('a')).toEqual({ bucket: B, key: 'b0', isSame: true })
    index.upsert(B, [row('b0', { etag: 'E a', size: 8 })], [copy])
    expect(shared('a')).toEqual({ bucket: B, key: 'b0', isSame: false })
  })

  test('sums by bucket, state and master key', () => {
    index.upsert(B, [], [found('a', null, ''), found('b/1', null, '')])
    const sums = index.stateSums().toSorted((a, b) => (a.state < b.state ? -1 : 1))
    expect(sums.filter(({ bucket }) => bucket === B)).toEqual([
      { bucket: B, state: 'encrypted', keyId: 'k1', objects: 2, bytes: 14 },
      { bucket: B, state: 'unknown', keyId: null, objects: KEYS.length - 2, bytes: 63 },
    ])
  })
})

test('a hostile bucket with one data key everywhere is read in one pass', async () => {
  const index = (await openRowIndex(':memory:', '')) as RowIndex
  const keys = Array.from({ length: 20_000 }, (_, n) => `k${n}`)
  index.upsert(
    B,
    keys.map((key) => row(key)),
    keys.map((key) => found(key, 'D', 'same')),
  )
  let objects = 0
  for (let after = ''; ;) {
    const rows = index.audited(B, '', after, 1000)
    objects += rows.filter(({ sharedWith }) => sharedWith?.isSame === true).length
    const last = rows.at(-1)
    if (last === undefined) break
    after = last.key
  }
  expect(objects).toBe(keys.length)
  index.close()
})
