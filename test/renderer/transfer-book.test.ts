// @vitest-environment happy-dom
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Transfer, TransferPhase } from '../../shared/contract/models-transfers.ts'
import { sectionsOf, rowsOf } from '../../renderer/features/transfers/transfer-sections.ts'
import { sortedRows } from '../../renderer/queries/transfers/sorted-rows.ts'
import { transfersOf, type Transfers } from '../../renderer/queries/transfers/transfer-book.ts'
import type { Group } from '../../renderer/queries/transfers/transfer-facts.ts'
import { manyFiles, transfer, transfers } from './fake-data.ts'

/** Each group's ids. */
const grouped = (
  all: Transfers,
  now = new Date(transfers[0]?.changed ?? ''),
): Partial<Record<Group, readonly string[]>> =>
  Object.fromEntries(
    sectionsOf(all, now)
      .filter(({ count }) => count > 0)
      .map((section) => [
        section.group,
        Array.from({ length: section.count }, (_, i) => section.at(i)?.id),
      ]),
  )

describe('transfers in order', () => {
  test('groups come in their order, what is over newest first', () => {
    expect(grouped(transfersOf(transfers))).toEqual({
      needs: ['t4', 't6'],
      running: ['t1', 't2'],
      waiting: ['t3', 't5'],
      done: ['t7', 't8', 't9'],
    })
    const old = transfer({ id: 'x', name: 'x', phase: 'done', changed: '2020-01-01T00:00:00Z' })
    expect(
      grouped(transfersOf([...transfers, old]), new Date('2026-01-01T12:00:00')).earlier?.at(-1),
    ).toBe('x')
  })

  test('files of many stand under them, by their number, and those that need somebody stand first', () => {
    const more = ['b1.99', 'b1.100'].map((id) =>
      transfer({ id, name: id, batchId: 'b1', order: 20, total: 5e6 }),
    )
    const after = transfer({ id: 'z', name: 'z', order: 21 })
    expect(grouped(transfersOf([after, ...more, ...manyFiles]))).toEqual({
      needs: ['b1.7'],
      running: ['b1', 'b1.99', 'b1.100', 'b1.1301', 'z'],
    })
  })

  test('a row is found by its number, and its number by its id', () => {
    const all = transfersOf([...transfers, ...manyFiles])
    const rows = rowsOf(sectionsOf(all, new Date(transfers[0]?.changed ?? '')), all)
    for (let i = 0; i < all.size; i++) expect(rows.indexOf(rows.at(i)?.id ?? '')).toBe(i)
    expect([rows.at(all.size), rows.indexOf('gone')]).toEqual([undefined, -1])
  })
})

describe('totals', () => {
  test('count what is not finished', () => {
    const totals = transfersOf(transfers).totals()
    expect(totals).toMatchObject({
      running: 2,
      paused: 1,
      waiting: 1,
      done: 3,
      needKey: 1,
      needOther: 1,
      unfinished: 6,
      speed: 48.2e6,
      counting: false,
    })
    expect(totals.bytesTotal).toBe(18.7e9 + 8.2e6 + 41.3e9 + 96200 + 4100 + 11e6)
    // Paused bytes are not waited for.
    expect(totals.secondsLeft).toBe(Math.ceil((18.7e9 - 11.6e9 + 1e6 + 4100) / 48.2e6))
    expect(transfersOf([]).totals().speed).toBe(null)
  })

  test('many files count once, with all their bytes, and not beside their files', () => {
    expect(transfersOf(manyFiles).totals()).toMatchObject({
      running: 1,
      unfinished: 1,
      needOther: 0,
      bytesDone: 81.2e9,
      bytesTotal: 412e9,
      speed: 41.5e6,
    })
  })

  test('while files are counted nobody knows how long it takes', () => {
    const [batch] = manyFiles as [Transfer]
    const counting = transfersOf([
      { ...batch, files: { total: 5, counting: true, done: 1, skipped: 0, failed: 0 } },
    ])
    expect(counting.totals()).toMatchObject({ counting: true, secondsLeft: null })
    expect(counting.with([batch]).totals()).toMatchObject({
      counting: false,
      secondsLeft: Math.ceil((412e9 - 81.2e9) / 41.5e6),
    })
  })

  test('what finishes beside others stays in the sum until all of them are over: the bar does not go back', () => {
    let all = transfersOf([
      transfer({ id: 'a', name: 'a', done: 60, total: 100 }),
      transfer({ id: 'b', name: 'b', done: 0, total: 100 }),
    ])
    all = all.with([transfer({ id: 'a', name: 'a', phase: 'done', done: 100, total: 100 })])
    expect(all.totals()).toMatchObject({ bytesDone: 100, bytesTotal: 200 })
    all = all.with([transfer({ id: 'b', name: 'b', phase: 'done', done: 100, total: 100 })])
    expect(all.totals()).toMatchObject({ bytesDone: 0, bytesTotal: 0, unfinished: 0 })
    expect(all.with([transfer({ id: 'c', name: 'c', done: 1, total: 10 })]).totals()).toMatchObject(
      { bytesDone: 1, bytesTotal: 10 },
    )
  })
})

const phases: readonly TransferPhase[] = [
  'waiting',
  'running',
  'finishing',
  'paused',
  'needs-master-key',
  'needs-credentials',
  'needs-network',
  'needs-user',
  'failed',
  'done',
]
const anyTransfer = fc
  .record({
    n: fc.nat(30),
    phase: fc.constantFrom(...phases),
    done: fc.nat(1000),
    speed: fc.option(fc.nat(50)),
    of: fc.option(fc.nat(3)),
    counting: fc.boolean(),
    at: fc.nat(5),
  })
  .map(({ n, phase, done, speed, of, counting, at }) =>
    transfer({
      id: of === null ? `t${n}` : `t${of}.${n}`,
      batchId: of === null ? null : `t${of}`,
      order: of ?? n,
      name: 'x',
      phase,
      done,
      total: 1000,
      speed,
      changed: `2026-01-0${at + 1}T00:00:00.000Z`,
      files: of === null && n < 4 ? { total: 9, counting, done: 1, skipped: 0, failed: 0 } : null,
    }),
  )
const step = fc.oneof(
  fc.record({ put: fc.array(anyTransfer, { maxLength: 8 }) }),
  fc.record({
    drop: fc.array(
      fc.nat(30).map((n) => `t${n}`),
      { maxLength: 4 },
    ),
  }),
)

test('after any changes it is as if it had been made from what is there', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let all = transfersOf([])
      const model = new Map<string, Transfer>()
      for (const one of steps) {
        if ('put' in one) {
          all = all.with(one.put)
          for (const transfer of one.put) model.set(transfer.id, transfer)
        } else {
          all = all.without(one.drop)
          for (const id of one.drop) model.delete(id)
        }
      }
      const fresh = transfersOf([...model.values()])
      expect(grouped(all)).toEqual(grouped(fresh))
      // Finished transfers count until all are over, so the sums of bytes differ by the same on
      // both sides.
      const [now, made] = [all.totals(), fresh.totals()]
      expect({ ...now, bytesDone: now.bytesTotal - now.bytesDone, bytesTotal: 0 }).toEqual({
        ...made,
        bytesDone: made.bytesTotal - made.bytesDone,
        bytesTotal: 0,
      })
    }),
  )
})

test('sorted rows are what sorting gives, over many chunks', () => {
  const rows = sortedRows<number>((a, b) => a - b)
  const numbers = Array.from({ length: 5000 }, (_, i) => (i * 7919) % 5003)
  numbers.forEach(rows.add)
  for (const n of numbers.filter((n) => n % 3 === 0)) rows.remove(n)
  const expected = numbers.filter((n) => n % 3 !== 0).toSorted((a, b) => a - b)
  expect([...rows.values()]).toEqual(expected)
  expect([
    rows.length(),
    rows.at(2000),
    rows.indexOf(expected[2000] ?? 0),
    rows.indexOf(3),
    rows.at(99_999),
  ]).toEqual([expected.length, expected[2000], 2000, -1, undefined])
  expect(rows.beginning((n) => n < 1000)).toBe(expected.filter((n) => n < 1000).length)
})

/**
 * Milliseconds that an event of four changes takes among so many, and drawing what is seen after
 * it: the middle of many.
 */
function cost(count: number): number {
  let all = transfersOf(
    Array.from({ length: count }, (_, i) =>
      transfer({ id: `f${i}`, name: `${i}`, order: i, phase: 'waiting', total: 100 }),
    ),
  )
  const events = Array.from({ length: 300 }, (_, i) =>
    [0, 1, 2, 3].map((n) =>
      transfer({
        id: `f${i + n}`,
        name: 'x',
        order: i + n,
        phase: n === 0 ? 'done' : 'running',
        done: 50,
        total: 100,
        speed: 10,
        changed: new Date(i * 1000).toISOString(),
      }),
    ),
  )
  const times = events.map((changed) => {
    const started = performance.now()
    all = all.with(changed)
    const rows = rowsOf(sectionsOf(all, new Date()), all)
    for (let row = 0; row < 30; row++) rows.at(row)
    all.totals()
    return performance.now() - started
  })
  expect(all.totals()).toMatchObject({ done: 300, running: 3, waiting: count - 303 })
  return times.toSorted((a, b) => a - b)[150] ?? Infinity
}

test('an event costs what it changes, not what there is', () => {
  cost(1000)
  // Sixteen milliseconds are a frame. A walk over all rows would take a hundred times as long for a
  // hundred times as many.
  const [few, many] = [cost(1000), cost(100_000)]
  expect(many, `${few} ms among 1,000`).toBeLessThan(Math.max(1, few * 20))
})
