import { describe, expect, test } from 'vitest'
import { byTurns, figureOf, median } from './statistics.ts'

test.each([
  [[3], 3],
  [[3, 1], 2],
  [[5, 1, 3], 3],
  [[10, 9, 1, 100], 9.5],
  [[2, 11, 100], 11],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected)
  expect(median([...values].reverse())).toBe(expected)
})

test('the median of nothing is no number', () => expect(median([])).toBeNaN())

describe('a figure', () => {
  test.each([
    ['speed', 1, 2, 2, 2, true],
    ['speed', 1, 1.9999, 2, 2, false],
    ['speed', 2, 1, 0.8, 0.5, false],
    ['time', 2, 1, 2, 2, true],
    ['time', 2.0001, 1, 2, 2, false],
    ['time', 1, 2, 2, 0.5, true],
  ] as const)(
    '%s: ours %d, peer %d, target %d → %d, met %s',
    (measure, ours, peer, target, ratio, met) => {
      expect(figureOf({ name: 'x', measure, target }, ours, peer)).toMatchObject({
        ratio,
        target,
        met,
      })
    },
  )

  test('without a peer there is no ratio, without a target nothing is met or missed', () => {
    expect(figureOf({ name: 'x', measure: 'speed', target: 2 }, 1.23456, null)).toEqual({
      name: 'x',
      ours: 1.235,
      peer: null,
      ratio: null,
      target: 2,
      met: null,
      runtime: `Node ${process.versions.node}`,
    })
    expect(
      figureOf({ name: 'x', measure: 'time', target: null }, 1, 2, { 'CPU s': 0.12345 }),
    ).toEqual({
      name: 'x',
      ours: 1,
      peer: 2,
      ratio: 0.5,
      target: null,
      met: null,
      runtime: `Node ${process.versions.node}`,
      more: { 'CPU s': 0.123 },
    })
  })
})

test('contenders take turns, the first changes, and the first round does not count', async () => {
  const order: string[] = []
  const one = (name: string) => async () => order.push(name)
  const taken = await byTurns(2, { a: one('a'), b: one('b'), c: one('c') })
  expect(order.join('')).toBe('abcbcacab')
  expect(taken).toEqual({ a: [6, 8], b: [4, 9], c: [5, 7] })
})
