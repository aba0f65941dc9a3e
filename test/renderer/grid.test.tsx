// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { Grid } from '../../renderer/ui/grid/grid.tsx'
import type { Move, Pointing } from '../../renderer/ui/grid/grid-props.ts'
import type { RowCommand } from '../../renderer/ui/grid/grid-keys.ts'
import { gridItems, type Section } from '../../renderer/ui/grid/sections.ts'
import { useActiveRow } from '../../renderer/ui/grid/use-active-row.ts'
import { withLayout } from './layout.ts'

withLayout()
afterEach(cleanup)

const PX = { rowPx: 30, headingPx: 40 }

describe('sections', () => {
  const items = gridItems(
    [
      { heading: 'a', count: 2 },
      { heading: 'none', count: 0 },
      { heading: null, count: 3 },
      { heading: 'b', count: 100_000 },
    ],
    PX,
  )

  test('rows are numbered over all sections, and headings are items between them', () => {
    expect([items.rows, items.count]).toEqual([100_005, 100_007])
    const shown = (item: number) => {
      const found = items.at(item)
      return found?.kind === 'row' ? found.index : found?.section.heading
    }
    expect([-1, 0, 1, 2, 3, 5, 6, 7, 100_006, 100_007].map(shown)).toEqual([
      undefined,
      'a',
      0,
      1,
      2,
      4,
      'b',
      5,
      100_004,
      undefined,
    ])
  })

  test('every row is found again at its item', () => {
    for (const row of [0, 1, 2, 4, 5, 100_004])
      expect(items.at(items.itemOf(row))).toEqual({ kind: 'row', index: row })
    expect(items.itemOf(100_005)).toBe(-1)
  })

  test('each item stands below the ones before, and is found again by its pixels', () => {
    expect([0, 1, 2, 3, 6, 7].map(items.startOf)).toEqual([0, 40, 70, 100, 190, 230])
    expect(items.startOf(items.count)).toBe(items.px)
    expect(items.px).toBe(2 * 40 + 100_005 * 30)
    fc.assert(
      fc.property(fc.nat({ max: items.count - 1 }), fc.nat({ max: 29 }), (item, inside) => {
        expect(items.itemAt(items.startOf(item) + inside)).toBe(item)
      }),
    )
    expect([items.itemAt(-1), items.itemAt(1e9)]).toEqual([0, items.count - 1])
  })
})

describe('lines of tiles', () => {
  const tiled = (count: number, across: number) =>
    gridItems(
      [
        { heading: 'a', count: 1 },
        { heading: null, count },
      ],
      { rowPx: 188, headingPx: 40, across },
    )

  test('each tile is found again by its line and its column, and no line overlaps another', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat({ max: 187 }),
        fc.nat(),
        (count, across, inside, any) => {
          const items = tiled(count, across)
          expect(items.px).toBe(40 + 188 + Math.ceil(count / across) * 188)
          const item = 2 + (any % count)
          const start = items.startOf(item)
          expect(items.itemAt(start + inside, items.columnOf(item))).toBe(item)
          expect(items.endOf(item) - start).toBe(188)
          const line = items.itemAt(start + inside)
          expect([items.columnOf(line), items.startOf(line)]).toEqual([0, start])
          const last = items.itemAt(start + inside, across - 1)
          expect(last).toBe(Math.min(items.count - 1, line + across - 1))
        },
      ),
    ))
})

type GridEvent =
  | readonly ['move', number, Move]
  | readonly ['point', number | null, Pointing]
  | readonly ['menu', number | null]
  | readonly [RowCommand | 'open-row', number]

function shown(names: readonly string[], sections?: readonly Section[]) {
  const events: GridEvent[] = []
  function List() {
    const active = useActiveRow(
      names.length,
      (i) => names[i],
      (name) => names.indexOf(name),
    )
    return (
      <Grid
        label="List"
        className="grid"
        region="list"
        sections={sections ?? [{ heading: null, count: names.length }]}
        rowPx={30}
        headingPx={40}
        active={active.index}
        nameAt={(i) => names[i] ?? ''}
        heading={({ heading }, style) => (
          <div role="row" key={heading} style={style}>
            <div role="rowheader">{heading}</div>
          </div>
        )}
        row={(i, props) => (
          <div key={i} {...props}>
            <div role="gridcell">
              {names[i]}
              <button type="button">act</button>
            </div>
          </div>
        )}
        onMove={(index, { extend, only }) => {
          events.push(['move', index, { extend, only }])
          active.set(index)
        }}
        onCommand={(command, index) => {
          events.push([command, index])
          return command === 'delete'
        }}
        onMenu={(index) => events.push(['menu', index])}
        onPoint={(index, pointing) => events.push(['point', index, pointing])}
        onDoubleClick={(index) => events.push(['open-row', index])}
      />
    )
  }
  render(<List />)
  const grid = screen.getByRole('grid')
  return {
    grid,
    events,
    key: (key: string, more = {}) => fireEvent.keyDown(grid, { key, ...more }),
    active: () => grid.getAttribute('aria-activedescendant'),
  }
}
const many = Array.from({ length: 50_000 }, (_, i) => `row ${i}`)

describe('one keyboard model', () => {
  test('only what is seen is drawn, and the active row stays in the page', () => {
    const { grid, key, active } = shown(many)
    expect(grid.getAttribute('aria-rowcount')).toBe('50000')
    expect(grid.querySelectorAll('[data-index]').length).toBeLessThan(60)
    expect(grid.style.height).toBe(`${50_000 * 30}px`)
    key('End')
    expect(active()).toBe('list-49999')
    expect(document.getElementById('list-49999')?.getAttribute('aria-rowindex')).toBe('50000')
    key('Home')
    expect(active()).toBe('list-0')
  })

  test('arrows, pages and both ends move; Shift extends; Ctrl moves alone', () => {
    const { key, events } = shown(many)
    key('ArrowDown')
    key('PageDown')
    key('PageUp', { shiftKey: true })
    key('ArrowUp', { ctrlKey: true })
    expect(events).toEqual([
      ['move', 1, { extend: false, only: false }],
      ['move', 20, { extend: false, only: false }],
      ['move', 1, { extend: true, only: false }],
      ['move', 0, { extend: false, only: true }],
    ])
  })

  test('typing finds a row, a space belongs to the name, and alone it toggles', () => {
    const { key, active, events } = shown(['alpha', 'beta', 'be it', 'gamma'])
    key('b')
    key('e')
    key(' ')
    expect(active()).toBe('list-2')
    key('End')
    key(' ')
    expect(events.at(-1)).toEqual(['toggle', 3])
  })

  test('a key that the list has no use for is left to the page', () => {
    const { key } = shown(['a', 'b'])
    expect(key('Delete')).toBe(false)
    expect(key('Enter')).toBe(true)
    expect(key('a', { ctrlKey: true })).toBe(true)
    expect(key('Tab')).toBe(true)
  })

  test('a key held down moves, and does nothing else again', () => {
    const { key, events } = shown(['a', 'b', 'c'])
    key('ArrowDown', { repeat: true })
    expect(key('Delete', { repeat: true })).toBe(false)
    expect(events).toEqual([['move', 1, { extend: false, only: false }]])
  })

  test('keys on a button in a row belong to the button', () => {
    const { events } = shown(['a', 'b'])
    fireEvent.keyDown(screen.getAllByRole('button')[0] as Element, { key: 'Delete' })
    expect(events).toEqual([])
  })

  test('the menu key opens the menu of the active row', () => {
    const { key, events } = shown(['a', 'b'])
    key('ArrowDown')
    key('F10', { shiftKey: true })
    key('ContextMenu')
    expect(events.slice(1)).toEqual([
      ['menu', 1],
      ['menu', 1],
    ])
  })
})

test('the pointer names the row under it, or none beside all rows', () => {
  const { grid, events } = shown(['a', 'b'])
  fireEvent.mouseDown(screen.getByText('b'), { ctrlKey: true })
  fireEvent.mouseDown(grid, { shiftKey: true })
  fireEvent.doubleClick(screen.getByText('b'))
  fireEvent.contextMenu(screen.getByText('a'), { button: 2 })
  fireEvent.contextMenu(grid, { button: 2 })
  expect(events).toEqual([
    ['point', 1, { extend: false, toggle: true }],
    ['point', null, { extend: true, toggle: false }],
    ['open-row', 1],
    ['menu', 0],
    ['menu', null],
  ])
})

test('headings stand between the rows and are no rows of the keyboard', () => {
  const { grid, key, active } = shown(
    ['a', 'b', 'c'],
    [
      { heading: 'First', count: 1 },
      { heading: 'Second', count: 2 },
    ],
  )
  expect(screen.getAllByRole('row').map((row) => row.textContent?.replace('act', ''))).toEqual([
    'First',
    'a',
    'Second',
    'b',
    'c',
  ])
  expect(grid.style.height).toBe(`${2 * 40 + 3 * 30}px`)
  expect(document.getElementById('list-1')?.style.transform).toBe('translateY(110px)')
  key('ArrowDown')
  expect(active()).toBe('list-1')
})

test('the active row is kept by its key; the row that took its place follows one that is gone', () => {
  function Active({ names }: { readonly names: readonly string[] }) {
    const active = useActiveRow(
      names.length,
      (i) => names[i],
      (name) => names.indexOf(name),
    )
    return (
      <button type="button" onClick={() => active.set(1)}>
        {active.index}
      </button>
    )
  }
  const { rerender } = render(<Active names={['a', 'b', 'c']} />)
  fireEvent.click(screen.getByRole('button'))
  const steps: readonly (readonly [readonly string[], string])[] = [
    [['x', 'a', 'b', 'c'], '2'],
    [['a', 'c'], '1'],
    [['a'], '0'],
    [[], '-1'],
  ]
  for (const [names, expected] of steps) {
    rerender(<Active names={names} />)
    expect(screen.getByRole('button').textContent).toBe(expected)
  }
})
