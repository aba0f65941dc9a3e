import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openMemoryIndex } from '../../electron/core/index/memory/memory-index.ts'
import type { FoundState, RowIndex } from '../../electron/core/index/port.ts'
import { openRowIndex } from '../../electron/core/index/row-index.ts'
import type { ObjectRow } from '../../shared/contract/models.ts'

const B = 'bucket'
const T1 = '2026-01-01T00:00:00.000Z'
const T2 = '2026-01-01T00:00:01.000Z'
const row = (key: string, change: Partial<ObjectRow> = {}): ObjectRow => ({
  key,
  kind: 'file',
  size: 7,
  modified: T1,
  etag: 'E',
  storageClass: 'Standard',
  ...change,
})
const head = {
  text: '{"kind":"plain"}',
  dataSize: 3,
  partSize: null,
  versionId: 'v1',
  isYoung: false,
  dataKey: null,
  content: 'c1',
}
const found = (key: string, change: Partial<FoundState> = {}): FoundState => ({
  key,
  etag: 'E',
  modified: T1,
  state: 'encrypted',
  keyId: 'k1',
  head,
  ...change,
})
const known = {
  text: head.text,
  dataSize: 3,
  partSize: null,
  state: 'encrypted',
  keyId: 'k1',
  size: 7,
}

describe.each([
  ['the engine', async () => (await openRowIndex(':memory:', '')) as RowIndex],
  ['the index in memory', async () => openMemoryIndex()],
])('states in %s', (_name, open) => {
  let index: RowIndex
  beforeEach(async () => {
    index = await open()
    list([row('a/one'), row('a/two')])
  })
  afterEach(() => index.close())

  const list = (rows: readonly ObjectRow[], depth: 'level' | 'below' = 'level', prefix = 'a/') =>
    index.replacePage({
      bucket: B,
      prefix,
      depth,
      after: '',
      through: null,
      rows,
      listing: { cursor: null, listed: rows.length, now: 1 },
    })
  const put = (...states: readonly FoundState[]) => index.upsert(B, [], states)
  const stateOf = (key: string) => {
    const sort = { by: 'path', down: false } as const
    const scope = { bucket: B, prefix: '', depth: 'below' } as const
    const asked = { scope, sort, filter: {}, keyOrder: [], mayBeOld: false }
    return index.query(asked, 0, 9).rows.find((one) => one.key === key)?.state
  }
  const headOf = (key: string, change: Partial<ObjectRow> = {}) => {
    const { etag, modified } = row(key, change)
    return index.heads(B, [{ key, etag, modified }])[0]
  }

  test('a HEAD is stored and found by key, ETag and time', () => {
    expect(put(found('a/one'))).toBe(1)
    expect([stateOf('a/one'), headOf('a/one')]).toEqual(['encrypted', known])
    // A listing of the same object, also with another class or with milliseconds, confirms it.
    list([row('a/one', { storageClass: 'IA' }), row('a/two')])
    expect([stateOf('a/one'), headOf('a/one')]).toEqual(['encrypted', known])
    expect(headOf('a/one', { modified: '2026-01-01T00:00:00.900Z' })).toEqual(known)
  })

  test.each<readonly [string, Partial<FoundState>]>([
    ['another ETag', { etag: 'F' }],
    ['another time', { modified: T2 }],
    ['another key', { key: 'a/three' }],
    ['no ETag', { etag: '' }],
    ['no time', { modified: '' }],
  ])('a HEAD of %s is not stored', (_what, change) => {
    expect(put(found('a/one', change))).toBe(0)
    expect(stateOf('a/one')).toBe('unknown')
  })

  test.each<readonly [string, Partial<ObjectRow>]>([
    ['another ETag', { etag: 'F' }],
    ['the same ETag and another time', { modified: T2 }],
    ['no ETag', { etag: '' }],
  ])('an object with %s has no state, and gets none back', (_what, change) => {
    put(found('a/one'))
    expect([headOf('a/one', change), headOf('a/two')]).toEqual([null, null])
    list([row('a/one', change), row('a/two')])
    expect([stateOf('a/one'), headOf('a/one', change)]).toEqual(['unknown', null])
    list([row('a/one'), row('a/two')])
    expect([stateOf('a/one'), headOf('a/one')]).toEqual(['unknown', null])
  })

  test('an object that was deleted and comes again has no state', () => {
    put(found('a/one'))
    list([row('a/two')])
    list([row('a/one'), row('a/two')])
    expect([stateOf('a/one'), headOf('a/one')]).toEqual(['unknown', null])
    put(found('a/one'))
    index.remove(B, [], ['a/'])
    list([row('a/one')])
    expect([stateOf('a/one'), headOf('a/one')]).toEqual(['unknown', null])
  })

  test.each([
    ['of its folder', 'level', 'a/'],
    ['of all folders', 'below', ''],
    ['of a part of a name', 'below', 'a/o'],
  ] as const)(
    'a HEAD in the second of its object is shown until the next listing %s',
    (_which, depth, prefix) => {
      put(found('a/one', { head: { ...head, isYoung: true } }))
      expect([stateOf('a/one'), headOf('a/one')]).toEqual(['encrypted', null])
      list([row('b/other')], 'level', 'b/')
      expect(stateOf('a/one')).toBe('encrypted')
      list([row('a/one'), ...(prefix === 'a/o' ? [] : [row('a/two')])], depth, prefix)
      expect(stateOf('a/one')).toBe('unknown')
      put(found('a/one'))
      list([row('a/one'), ...(prefix === 'a/o' ? [] : [row('a/two')])], depth, prefix)
      expect(stateOf('a/one')).toBe('encrypted')
    },
  )

  test('a state of a version goes with the version, and with no other one', () => {
    put(found('a/one'), found('a/two'))
    index.dropVersion(B, 'a/one', 'v2')
    expect(stateOf('a/one')).toBe('encrypted')
    index.dropVersion(B, 'a/one', 'v1')
    expect([stateOf('a/one'), headOf('a/one')]).toEqual(['unknown', null])
    expect(stateOf('a/two')).toBe('encrypted')
  })

  test('a state without a HEAD changes the row and leaves its HEAD', () => {
    put(found('a/one'))
    put(found('a/one', { state: 'key-missing', keyId: null, head: null }))
    expect(stateOf('a/one')).toBe('key-missing')
    expect(headOf('a/one')).toEqual({ ...known, state: 'key-missing', keyId: null })
    // Another set of master keys: the HEAD stays, so no request is needed.
    index.keysChanged(['k2'])
    expect(headOf('a/one')).toEqual({ ...known, state: 'unknown', keyId: null })
  })
})
