import { describe, expect, test } from 'vitest'
import { judgeSeal, type SealFacts } from '../../../electron/core/seals/judge-seal.ts'
import { rootOf } from '../../../electron/core/seals/leaves.ts'
import { makeSeal, moveSeal } from '../../../electron/core/seals/make-seal.ts'
import type { SealMemory } from '../../../electron/core/seals/memory.ts'
import { promisedCounter } from '../../../electron/core/seals/promise.ts'
import { deriveSealKeys } from '../../../electron/core/seals/seal-keys.ts'
import { NO_SEAL_YET, writeSealText } from '../../../electron/core/seals/seal-text.ts'
import { SEAL_STATE, type SealReason } from '../../../shared/contract/models-seals.ts'
import { bytesOf } from '../../format/vectors.ts'
import { BASE, factsOf, leavesOf, newSealOf, NOW, VECTORS, WRITER } from './seal-kit.ts'

/** The table of FORMAT.md 11.8, row by row, on one small object. */

const keys = deriveSealKeys(bytesOf(BASE.dataKey))
const otherKeys = deriveSealKeys(new Uint8Array(32).fill(8))
const stored = new Uint8Array(5000).fill(4)
const fresh = newSealOf(keys, stored)
const { counter } = fresh
/** A counter that promises nothing. */
const random = new Uint8Array(16).fill(1)
const seal = makeSeal(keys, fresh)
const text = writeSealText(seal)
const later = moveSeal(keys, seal, { ...fresh, time: NOW + 1 })
const elsewhere = moveSeal(keys, seal, { ...fresh, key: 'notes/other.txt', time: NOW - 1 })
const newer = Buffer.from(text, 'base64url').fill(2, 0, 1).toString('base64url')
const root = rootOf(keys, { ...fresh, leaves: leavesOf(keys, fresh, stored) })

/** An object of which all fits. */
const good: SealFacts = {
  ...factsOf({ ...BASE, length: stored.length }, { metadata: [text], tags: [] }),
  content: { root },
}
const open = (...candidates: readonly { keys: typeof keys; counter: Uint8Array }[]) =>
  ({ state: 'open', candidates }) as const
const unpromised = open({ keys, counter: random })
const memoryOf = (last = seal): SealMemory => ({ last, earlier: [], newest: last.time })
const known = memoryOf()
/** The memory of an object under another key at this name. */
const knownOther = memoryOf(makeSeal(otherKeys, newSealOf(otherKeys, stored)))
/** An object whose seal was removed. */
const bare = { metadata: [], tags: [] }
const foreign = { metadata: [writeSealText(elsewhere)], tags: [] }
const changedRoot = { root: new Uint8Array(32) }

const ROWS: readonly (readonly [row: number, SealReason, string, Partial<SealFacts>])[] = [
  [1, 'envelope-missing', 'plain with a text', { envelope: { state: 'missing' } }],
  [
    1,
    'envelope-missing',
    'plain and known',
    { ...bare, envelope: { state: 'missing' }, memory: known },
  ],
  [1, 'envelope-missing', 'damaged with a text', { envelope: { state: 'damaged' } }],
  [
    1,
    'envelope-missing',
    'damaged with a malformed text',
    { metadata: ['x'], envelope: { state: 'damaged' } },
  ],
  [
    1,
    'envelope-missing',
    'damaged and known',
    { ...bare, envelope: { state: 'damaged' }, memory: known },
  ],
  [
    1,
    'envelope-missing',
    'a message and known',
    { ...bare, envelope: { state: 'message' }, memory: known },
  ],
  [2, 'plain', 'plain', { ...bare, envelope: { state: 'missing' } }],
  [
    2,
    'plain',
    'plain with a text in the tag alone',
    { metadata: [], tags: [text], envelope: { state: 'missing' } },
  ],
  [
    2,
    'plain',
    'plain, and the header waits',
    { metadata: [NO_SEAL_YET], envelope: { state: 'missing' } },
  ],
  [
    2,
    'plain',
    'plain, tags unreadable',
    { metadata: [], tags: 'unreadable', envelope: { state: 'missing' } },
  ],
  [2, 'message', 'a message', { ...bare, envelope: { state: 'message' } }],
  [3, 'damaged', 'damaged', { ...bare, envelope: { state: 'damaged' } }],
  [3, 'no-key', 'no key', { envelope: { state: 'closed', why: 'no-key' }, memory: known }],
  [3, 'cannot-open', 'no key opens', { envelope: { state: 'closed', why: 'cannot-open' } }],
  [4, 'tags-unreadable', 'nothing in the metadata', { metadata: [], tags: 'unreadable' }],
  [4, 'tags-unreadable', 'malformed in the metadata', { metadata: ['x'], tags: 'unreadable' }],
  [
    4,
    'tags-unreadable',
    'unreadable and known',
    { metadata: [], tags: 'unreadable', memory: known },
  ],
  [5, 'newer-seal', 'newer', { metadata: [newer] }],
  [5, 'newer-seal', 'newer before a good one', { metadata: [newer], tags: [text] }],
  [5, 'newer-seal', 'newer, tags unreadable', { metadata: [newer], tags: 'unreadable' }],
  [6, 'seal-damaged', 'malformed', { metadata: ['x'] }],
  [6, 'seal-damaged', 'malformed twice', { metadata: ['x'], tags: [''] }],
  [7, 'seal-missing', 'promised', bare],
  [7, 'seal-missing', 'promised, the tag waits', { metadata: [], tags: [NO_SEAL_YET] }],
  [7, 'seal-missing', 'promised and known as another', { ...bare, memory: knownOther }],
  [8, 'replaced', 'known as another', { ...bare, envelope: unpromised, memory: knownOther }],
  [
    8,
    'replaced',
    'known, and the counter is another',
    { ...bare, envelope: unpromised, memory: known },
  ],
  [9, 'never-sealed', 'nothing', { ...bare, envelope: unpromised }],
  [10, 'key', 'another data key', { envelope: open({ keys: otherKeys, counter }) }],
  [10, 'key', 'another counter', { envelope: unpromised }],
  [10, 'key', 'another key, another length', { envelope: unpromised, length: 1 }],
  [11, 'length', 'shorter', { length: stored.length - 1 }],
  [
    11,
    'length',
    'longer, not read',
    { length: stored.length + 1, content: { unread: 'not-read' } },
  ],
  [12, 'content', 'another root', { content: changedRoot }],
  [12, 'content', 'another root at another name', { ...foreign, content: changedRoot }],
  [13, 'tags-unreadable', 'another place, tags unreadable', { ...foreign, tags: 'unreadable' }],
  [14, 'other-name', 'another name', { key: 'notes/hello.txT' }],
  [14, 'other-name', 'another bucket', { bucket: 'examplebucket2' }],
  [14, 'other-name', 'another name, not read', { ...foreign, content: { unread: 'archived' } }],
  [
    15,
    'older-version',
    'replaced before',
    { memory: { ...memoryOf(later), earlier: [seal.place.subarray(0, 8)] } },
  ],
  [
    15,
    'older-version',
    'an hour before',
    { memory: memoryOf({ ...later, time: NOW + 3_600_000 }), content: { unread: 'not-read' } },
  ],
  [16, 'not-read', 'not read', { content: { unread: 'not-read' } }],
  [16, 'archived', 'archived', { content: { unread: 'archived' } }],
  [16, 'unreachable', 'unreachable', { content: { unread: 'unreachable' } }],
  [
    16,
    'not-read',
    'an older version by its id',
    {
      memory: memoryOf({ ...later, time: NOW + 3_600_000 }),
      isVersionAsked: true,
      content: { unread: 'not-read' },
    },
  ],
  [17, 'read', 'all fits', {}],
  [17, 'read', 'tags unreadable', { tags: 'unreadable' }],
  [17, 'read', 'known', { memory: known }],
  [
    17,
    'read',
    'an older version by its id',
    { memory: { ...memoryOf(later), earlier: [seal.place.subarray(0, 8)] }, isVersionAsked: true },
  ],
  [17, 'read', 'the place is in the tag', { ...foreign, tags: [text] }],
  [
    17,
    'sealed-later',
    'sealed by reading',
    { metadata: [writeSealText(makeSeal(keys, { ...fresh, byWriter: false, writer: null }))] },
  ],
]

test.each(ROWS)('row %i, %s: %s', (_, reason, __, facts) => {
  const verdict = judgeSeal({ ...good, ...facts })
  expect([verdict.reason, verdict.state]).toEqual([reason, SEAL_STATE[reason]])
  const isIntact = reason === 'read' || reason === 'sealed-later'
  expect(verdict.state === 'intact').toBe(isIntact)
  if (!isIntact) expect(verdict.writer).toBeNull()
})

test('the table has every reason and every row', () => {
  expect(new Set(ROWS.map(([, reason]) => reason))).toEqual(new Set(Object.keys(SEAL_STATE)))
  expect(new Set(ROWS.map(([row]) => row)).size).toBe(17)
})

test('the promise of any pair that opens counts', () => {
  const promised = { keys: otherKeys, counter: promisedCounter(otherKeys) }
  expect(
    judgeSeal({ ...good, ...bare, envelope: open({ keys, counter: random }, promised) }).reason,
  ).toBe('seal-missing')
})

describe('the verdict has', () => {
  test('the pair that fits, which alone may decrypt', () => {
    const right = { keys, counter }
    const wrong = { keys: otherKeys, counter }
    const { candidate, reason } = judgeSeal({ ...good, envelope: open(wrong, right) })
    expect(reason).toBe('read')
    expect(candidate).toBe(right)
    expect(judgeSeal({ ...good, envelope: open(wrong) }).candidate).toBeNull()
  })

  test('the seal of the latest place that fits', () => {
    const texts = [seal, later, elsewhere].map(writeSealText)
    for (const order of [texts, [...texts].reverse()]) {
      const verdict = judgeSeal({ ...good, metadata: order.slice(0, 1), tags: order.slice(1) })
      expect([verdict.reason, verdict.seal?.time]).toEqual(['read', later.time])
    }
  })

  test('the deciding seal of a moved object, by which its name is found', () => {
    const verdict = judgeSeal({ ...good, key: 'x' })
    expect(verdict).toMatchObject({ state: 'moved', candidate: { counter } })
    expect(verdict.seal).toEqual(seal)
  })

  test('the id of the writer, or null for none and for another', () => {
    expect(judgeSeal(good).writer).toBe(VECTORS.writer.id)
    expect(judgeSeal({ ...good, writers: [new Uint8Array(32), WRITER] }).writer).toBe(
      VECTORS.writer.id,
    )
    expect(judgeSeal({ ...good, writers: [new Uint8Array(32)] }).writer).toBeNull()
    expect(judgeSeal({ ...good, writers: [] }).writer).toBeNull()
    const unmarked = writeSealText(makeSeal(keys, { ...fresh, writer: null }))
    expect(judgeSeal({ ...good, metadata: [unmarked] })).toMatchObject({
      reason: 'read',
      writer: null,
    })
  })
})

test('a second seal never helps a first one that does not fit', () => {
  const other = writeSealText(makeSeal(otherKeys, newSealOf(otherKeys, stored)))
  expect(judgeSeal({ ...good, metadata: [other], tags: [text] }).reason).toBe('key')
  const again = writeSealText(
    makeSeal(keys, {
      ...fresh,
      sealId: new Uint8Array(16),
      leaves: leavesOf(keys, { ...fresh, sealId: new Uint8Array(16) }, stored),
    }),
  )
  expect(judgeSeal({ ...good, ...foreign, tags: [again] }).reason).toBe('other-name')
})
