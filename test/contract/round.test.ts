import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openRound, progressOf } from '../../shared/contract/round.ts'
import { endNotice } from '../../shared/contract/sentences/round-words.ts'
import type { Transfer, TransferPhase } from '../../shared/contract/models-transfers.ts'

const t = (id: string, phase: TransferPhase, done = 0, total = 100): Transfer =>
  ({ id, name: id, phase, done, total, files: null, batchId: null }) as unknown as Transfer

test.each([
  [{ done: 0, total: 0, unfinished: 0 }, -1],
  [{ done: 50, total: 100, unfinished: 0 }, -1],
  [{ done: 0, total: 0, unfinished: 3 }, 2],
  [{ done: 0, total: 10, unfinished: 1 }, 0],
  [{ done: 5, total: 10, unfinished: 1 }, 0.5],
  [{ done: 10, total: 10, unfinished: 1 }, 0.99],
])('progress of %o is %d', (totals, progress) => {
  expect(progressOf(totals)).toBe(progress)
})

describe('a round', () => {
  test('counts what ended well until it is over, so that the share does not jump back', () => {
    const round = openRound()
    round.changed([t('a', 'running', 50), t('b', 'waiting', 0, 300)])
    expect(round.totals()).toEqual({ done: 50, total: 400, unfinished: 2 })
    round.changed([t('a', 'done', 100)])
    expect(round.totals()).toEqual({ done: 100, total: 400, unfinished: 1 })
    expect(round.changed([t('b', 'done', 300, 300)])).toEqual({
      finished: 2,
      needs: 0,
      names: ['a', 'b'],
    })
    expect(round.totals()).toEqual({ done: 0, total: 0, unfinished: 0 })
  })

  test('many files are one, and while they are counted nobody knows how much there is', () => {
    const many = (counting: boolean): Transfer => ({
      ...t('m', 'running', 10, 500),
      files: { total: 5, counting, done: 0, skipped: 0, failed: 0 },
    })
    const round = openRound()
    round.changed([many(true), { ...t('m.1', 'running', 7), batchId: 'm' }])
    expect(round.totals()).toEqual({ done: 10, total: 0, unfinished: 1 })
    round.changed([many(false), { ...t('m.2', 'failed'), batchId: 'm' }])
    expect(round.totals()).toEqual({ done: 10, total: 500, unfinished: 1 })
    expect(round.changed([{ ...many(false), phase: 'done' }])).toEqual({
      finished: 1,
      needs: 0,
      names: ['m'],
    })
  })

  test.each<readonly [string, readonly (readonly Transfer[])[], unknown]>([
    [
      'something that was over when it was first heard of is no end',
      [[t('a', 'done')], [t('b', 'needs-user')]],
      null,
    ],
    [
      'one that came and went in one event counts beside one that goes on',
      [[t('a', 'running')], [t('b', 'done')], [t('a', 'done')]],
      { finished: 2, needs: 0, names: ['b', 'a'] },
    ],
    [
      'what waits for a key or for credentials needs the user; what waits for the network goes on',
      [
        [t('a', 'running'), t('b', 'running')],
        [t('a', 'needs-network')],
        [t('b', 'needs-master-key')],
        [t('a', 'needs-credentials')],
      ],
      { finished: 0, needs: 2, names: [] },
    ],
    ['all paused is no end', [[t('a', 'running')], [t('a', 'paused')]], null],
    [
      'and goes on',
      [
        [t('a', 'running')],
        [t('b', 'done')],
        [t('a', 'paused')],
        [t('a', 'running')],
        [t('a', 'done')],
      ],
      { finished: 2, needs: 0, names: ['b', 'a'] },
    ],
    [
      'what needs the user',
      [[t('a', 'running'), t('b', 'running')], [t('a', 'failed')], [t('b', 'needs-user')]],
      { finished: 0, needs: 2, names: [] },
    ],
    [
      'what needed the user before does not count again',
      [[t('a', 'running')], [t('a', 'failed')], [t('b', 'running')], [t('b', 'done')]],
      { finished: 1, needs: 0, names: ['b'] },
    ],
    [
      'tried again, it is a round of its own',
      [[t('a', 'running')], [t('a', 'failed')], [t('a', 'waiting')], [t('a', 'done')]],
      { finished: 1, needs: 0, names: ['a'] },
    ],
  ])('%s', (_name, events, last) => {
    const round = openRound()
    expect(events.map((event) => round.changed(event)).at(-1)).toEqual(last)
  })

  test('cancelling the last one is no news, and the next round begins at nothing', () => {
    const round = openRound()
    round.changed([t('a', 'running'), t('b', 'done', 100)])
    round.removed(['a', 'never heard of'])
    expect(round.totals()).toEqual({ done: 0, total: 0, unfinished: 0 })
    round.changed([t('c', 'running', 1)])
    expect(round.changed([t('c', 'done')])).toEqual({ finished: 1, needs: 0, names: ['c'] })
  })

  test('property: its totals are those of the transfers it knows', () => {
    const phases: readonly TransferPhase[] = [
      'waiting',
      'running',
      'finishing',
      'paused',
      'needs-user',
      'failed',
      'done',
    ]
    const event = fc.array(
      fc.record({
        id: fc.constantFrom('a', 'b', 'c', 'd'),
        phase: fc.constantFrom(...phases),
        done: fc.nat(100),
      }),
      { minLength: 1, maxLength: 3 },
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        const round = openRound()
        const known = new Map<string, Transfer>()
        for (const one of events) {
          const transfers = one.map(({ id, phase, done }) => t(id, phase, done))
          round.changed(transfers)
          for (const transfer of transfers) known.set(transfer.id, transfer)
          const all = [...known.values()]
          const going = all.filter(({ phase }) =>
            ['waiting', 'running', 'finishing'].includes(phase),
          )
          if (going.length === 0 && all.every(({ phase }) => phase !== 'paused')) known.clear()
          else if (going.length === 0) expect(round.totals().unfinished).toBe(0)
          const counted = [...known.values()].filter(({ phase }) =>
            ['waiting', 'running', 'finishing', 'done'].includes(phase),
          )
          expect(round.totals()).toEqual({
            unfinished: known.size === 0 ? 0 : going.length,
            total: counted.length * 100,
            done: counted.reduce(
              (sum, { phase, done }) => sum + (phase === 'done' ? 100 : done),
              0,
            ),
          })
        }
      }),
    )
  })
})

test('names in a notification are shown as they are, never as commands', () => {
  const end = { finished: 1, needs: 0, names: ['\u202egnp.exe\n'] }
  expect(endNotice(end, 'en', true).body).toBe('⟨RLO⟩gnp.exe␊')
  expect(endNotice(end, 'en', false)).toEqual({
    title: 'All transfers finished',
    body: '1 transfer finished.',
  })
  expect(endNotice({ finished: 0, needs: 2, names: [] }, 'en', true)).toEqual({
    title: 'Transfers ended, 2 need you',
    body: 'Open Cipherbucket to see why.',
  })
  expect(endNotice({ finished: 0, needs: 2, names: [] }, 'zh-CN', true).title).toBe(
    '传输已结束，2 个需要你处理',
  )
})
