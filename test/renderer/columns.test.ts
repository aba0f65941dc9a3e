import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  allColumns,
  fitColumns,
  moveColumn,
  NAME_PX,
  resizeColumn,
  standardColumns,
  stepColumn,
  toggleColumn,
  type ListDepth,
} from '../../renderer/features/objects/columns/columns.ts'
import type { ColumnChoice } from '../../shared/contract/models-places.ts'

const depths = fc.constantFrom<ListDepth>('level', 'below')
/** Some columns of a kind of list, in any order and of any width. */
const chosen = depths.chain((depth) =>
  fc.record({
    depth: fc.constant(depth),
    choices: fc.shuffledSubarray([...allColumns(depth)]).chain((names) =>
      fc.tuple(
        ...names.map((name) =>
          fc.record({
            name: fc.constant(name),
            width: fc.option(fc.integer({ min: 24, max: 800 })),
          }),
        ),
      ),
    ) as fc.Arbitrary<ColumnChoice[]>,
  }),
)
const names = (choices: readonly ColumnChoice[]) => choices.map(({ name }) => name)
const shown = (depth: ListDepth, width: number, is12 = false) => {
  const { columns, state } = fitColumns(standardColumns(depth), depth, width, is12)
  return `${columns.join(' ')} ${state}`
}

describe('columns that fit', () => {
  // Source: screens.md 2 and 13: class leaves first, then modified; of a search modified leaves.
  test.each<[ListDepth, number, string]>([
    ['level', 0, 'size modified class state key'],
    ['level', 1056, 'size modified class state key'],
    ['level', 660, 'size modified class state key'],
    ['level', 659, 'size modified state key'],
    ['level', 581, 'size modified state word'],
    ['level', 517, 'size state word'],
    ['level', 409, 'size state icon'],
    ['level', 120, 'state icon'],
    ['below', 1056, 'path size modified state key'],
    ['below', 691, 'path size state key'],
    ['below', 560, 'path size state word'],
    ['below', 480, 'path size state icon'],
    ['below', 400, 'size state icon'],
  ])('of a %s of %i pixels: %s', (depth, width, expected) =>
    expect(shown(depth, width)).toBe(expected),
  )

  test('times with "am" are wider, so that the class leaves earlier', () =>
    expect([shown('level', 678, true), shown('level', 677, true)]).toEqual([
      'size modified class state key',
      'size modified state key',
    ]))

  test('the name keeps its room, and the order of the user stays', () =>
    fc.assert(
      fc.property(
        chosen,
        fc.integer({ min: 240, max: 2000 }),
        fc.boolean(),
        ({ depth, choices }, width, is12) => {
          const { columns, widths, template } = fitColumns(choices, depth, width, is12)
          const taken = widths.reduce<number>((sum, px) => sum + (px ?? 110), 32)
          expect(taken + NAME_PX).toBeLessThanOrEqual(width)
          expect(columns).toEqual(names(choices).filter((name) => columns.includes(name)))
          expect(template.match(/minmax\(0, [\d.]+fr\)|\d+px/g)).toHaveLength(columns.length + 1)
        },
      ),
    ))

  test('no column leaves while all of them fit', () =>
    fc.assert(
      fc.property(chosen, ({ depth, choices }) => {
        const { columns, widths } = fitColumns(choices, depth, 10_000, false)
        expect(columns).toEqual(names(choices))
        choices.forEach(({ width }, i) => {
          if (width !== null) expect(widths[i]).toBe(width)
        })
      }),
    ))

  test('a column that was made too wide gets its standard width before another one leaves', () => {
    const wide = resizeColumn(standardColumns('level'), 'size', 400)
    expect(fitColumns(wide, 'level', 660, false)).toEqual(
      fitColumns(standardColumns('level'), 'level', 660, false),
    )
  })
})

describe('columns that the user changes', () => {
  test('a width stays within its bounds, and null gives the standard width', () => {
    const widths = (px: number | null) =>
      resizeColumn(standardColumns('level'), 'size', px).map(({ width }) => width)
    expect(widths(3)).toEqual([24, null, null, null])
    expect(widths(90.4)).toEqual([90, null, null, null])
    expect(widths(5000)).toEqual([800, null, null, null])
    expect(widths(null)).toEqual([null, null, null, null])
  })

  test('a moved column stands before the other one, and no column is lost', () =>
    fc.assert(
      fc.property(
        chosen,
        fc.constantFrom(...allColumns('below')),
        fc.constantFrom(null, ...allColumns('below')),
        ({ choices }, name, before) => {
          const moved = moveColumn(choices, name, before)
          expect([...moved].sort(byName)).toEqual([...choices].sort(byName))
          if (!names(choices).includes(name) || name === before) return
          const next = names(moved)[names(moved).indexOf(name) + 1] ?? null
          expect(next).toBe(names(choices).includes(before as never) ? before : null)
        },
      ),
    ))

  test('a step goes over one shown column, and over the hidden ones beside it', () => {
    const all = standardColumns('level')
    const seen = ['size', 'modified', 'state'] as const
    expect(names(stepColumn(all, seen, 'state', -1))).toEqual([
      'size',
      'state',
      'modified',
      'class',
    ])
    expect(names(stepColumn(all, seen, 'modified', 1))).toEqual([
      'size',
      'class',
      'state',
      'modified',
    ])
    expect(stepColumn(all, seen, 'size', -1)).toBe(all)
    expect(stepColumn(all, seen, 'state', 1)).toBe(all)
    expect(stepColumn(all, seen, 'class', 1)).toBe(all)
  })

  test('a hidden column comes back at its standard place', () => {
    const all = standardColumns('level')
    for (const { name } of all)
      expect(names(toggleColumn(toggleColumn(all, 'level', name), 'level', name))).toEqual(
        names(all),
      )
    expect(names(toggleColumn([], 'below', 'path'))).toEqual(['path'])
  })
})

const byName = (a: ColumnChoice, b: ColumnChoice) => a.name.localeCompare(b.name)
