// @vitest-environment happy-dom
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  between,
  isSelected,
  nothing,
  orderOf,
  select,
  type Selection,
  type SelectionAction,
} from '../../renderer/state/selection.ts'

const order = orderOf(['a', 'b', 'c', 'd', 'e'])
const at = (active: string, ...keys: string[]): Selection => ({
  keys: new Set(keys),
  all: false,
  active,
  anchor: active,
})
const point = (key: string, how: 'toggle' | 'alone' = 'alone'): SelectionAction => ({
  type: 'point',
  key,
  toggle: how === 'toggle',
})
/** Selects a range with Shift and a click. It starts at the anchor, or else at the first row. */
const extend =
  (key: string) =>
  (state: Selection): SelectionAction => {
    const anchor = state.anchor ?? 'a'
    const keys = between(order, order.indexOf(anchor), order.indexOf(key)) ?? []
    return { type: 'range', keys, anchor, key }
  }
type Step = SelectionAction | ((state: Selection) => SelectionAction)
const taken = (before: Selection, steps: readonly Step[]): Selection =>
  steps.reduce(
    (state, step) => select(state, typeof step === 'function' ? step(state) : step),
    before,
  )
const shown = (selection: Selection) =>
  `${[...selection.keys].sort().join('')} active ${selection.active ?? '-'} anchor ${selection.anchor ?? '-'}`

// Source: design, section 5 (keyboard), and how file managers behave.
const rows: readonly (readonly [string, Selection, readonly Step[], string])[] = [
  ['a click takes one row', nothing, [point('b')], 'b active b anchor b'],
  ['a click drops the others', at('b', 'a', 'b'), [point('d')], 'd active d anchor d'],
  ['Ctrl click adds', at('b', 'b'), [point('d', 'toggle')], 'bd active d anchor d'],
  ['Ctrl click takes away', at('b', 'b', 'd'), [point('d', 'toggle')], 'b active d anchor d'],
  ['Shift click takes all between', at('b', 'b'), [extend('d')], 'bcd active d anchor b'],
  ['Shift upwards', at('d', 'd'), [extend('b')], 'bcd active b anchor d'],
  [
    'Shift again measures from the same end',
    at('b', 'b'),
    [extend('d'), extend('a')],
    'ab active a anchor b',
  ],
  [
    'Shift with nothing selected begins at the top',
    nothing,
    [extend('c')],
    'abc active c anchor a',
  ],
  [
    'Ctrl with arrows only moves',
    at('b', 'b'),
    [{ type: 'visit', key: 'd' }],
    'b active d anchor b',
  ],
  [
    'then Space adds that row',
    at('b', 'b'),
    [{ type: 'visit', key: 'd' }, { type: 'toggle' }],
    'bd active d anchor d',
  ],
  [
    'Space on a selected row takes it away',
    at('b', 'b', 'c'),
    [{ type: 'toggle' }],
    'c active b anchor b',
  ],
  ['Space with no row does nothing', nothing, [{ type: 'toggle' }], ' active - anchor -'],
  [
    'clear keeps the keyboard where it is',
    at('b', 'a', 'b'),
    [{ type: 'clear' }],
    ' active b anchor b',
  ],
  [
    'a menu on a selected row keeps the selection',
    at('b', 'a', 'b'),
    [{ type: 'aim', key: 'a' }],
    'ab active a anchor b',
  ],
  [
    'a menu on another row takes that row',
    at('b', 'a', 'b'),
    [{ type: 'aim', key: 'e' }],
    'e active e anchor e',
  ],
]

describe('selection', () => {
  test.each(rows)('%s', (_name, before, actions, expected) => {
    expect(shown(taken(before, actions))).toBe(expected)
  })

  test('rows that are gone leave, and the keyboard is at the row that took their place', () => {
    const gone = (next: string | null, ...keys: readonly string[]): SelectionAction => ({
      type: 'retain',
      gone: keys,
      next,
    })
    expect(shown(select(at('b', 'b', 'c'), gone('d', 'b', 'c')))).toBe(' active d anchor d')
    expect(shown(select(at('e', 'e'), gone('b', 'e')))).toBe(' active b anchor b')
    expect(shown(select(at('a', 'a', 'e'), gone('d', 'e')))).toBe('a active a anchor a')
    const before = at('b', 'a', 'b')
    expect(select(before, gone(null))).toBe(before)
  })

  test('a range over rows that are not loaded has no ids', () => {
    const partly = { ...order, keyAt: (i: number) => (i === 2 ? undefined : order.keyAt(i)) }
    expect(between(partly, 0, 1)).toEqual(['a', 'b'])
    expect(between(partly, 3, 1)).toBe(null)
  })

  test('all that fits a filter keeps the filter, until a row is chosen', () => {
    const filter = { text: 'x' }
    const all = select(nothing, { type: 'all', filter, first: 'a' })
    expect(all).toMatchObject({ all: true, filter, active: 'a' })
    expect(select(all, point('b', 'toggle'))).toMatchObject({ all: true, filter })
    expect(select(all, point('b'))).not.toHaveProperty('filter')
    expect(select(all, { type: 'clear' })).not.toHaveProperty('filter')
  })

  test('everything in the folder is selected, rows that come later among it, until a row is chosen', () => {
    const all = select(nothing, { type: 'all', filter: null, first: 'a' })
    const names = (state: Selection) =>
      ['a', 'b', 'c', 'd', 'e', 'z'].filter((key) => isSelected(state, key))
    expect(names(all).join('')).toBe('abcdez')
    const without = select(all, point('b', 'toggle'))
    expect(names(without).join('')).toBe('acdez')
    expect(names(select(without, point('b', 'toggle'))).join('')).toBe('abcdez')
    expect(names(select(without, { type: 'aim', key: 'c' })).join('')).toBe('acdez')
    expect(names(select(without, { type: 'aim', key: 'b' })).join('')).toBe('b')
    expect(names(select(without, point('c'))).join('')).toBe('c')
    expect(names(select(without, { type: 'clear' })).join('')).toBe('')
    const listed = select(without, { type: 'retain', gone: ['b'], next: 'c' })
    expect(names(listed).join('')).toBe('abcdez')
  })

  test('what is selected is always a row that exists, whatever is done', () => {
    const keys = ['a', 'b', 'c', 'd', 'e']
    const key = fc.constantFrom(...keys)
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.record({ type: fc.constant('point' as const), key, toggle: fc.boolean() }),
      fc.record({ type: fc.constantFrom('visit' as const, 'aim' as const), key }),
      key.map(extend),
      fc.constantFrom<SelectionAction>({ type: 'toggle' }, { type: 'clear' }),
    )
    fc.assert(
      fc.property(fc.array(step), fc.subarray(keys), (steps, left) => {
        const gone = keys.filter((one) => !left.includes(one))
        const next = left[0] ?? null
        const state = select(taken(nothing, steps), { type: 'retain', gone, next })
        return (
          [...state.keys].every((one) => left.includes(one)) &&
          (state.active === null || left.includes(state.active))
        )
      }),
    )
  })
})
