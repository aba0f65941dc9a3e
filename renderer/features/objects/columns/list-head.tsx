import { useLayoutEffect, useRef, type KeyboardEvent, type MouseEvent } from 'react'
import type { ListColumn } from '../../../../shared/contract/models-places.ts'
import { isChord } from '../../../shell/platform.ts'
import { sortBy, useUi, type Column } from '../../../state/ui.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { say } from '../../../ui/announce.ts'
import type { MenuEntry, MenuPoint } from '../../../ui/controls/menu.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { columnMenu, columnWord } from './column-menu.ts'
import { resizeColumn, stepColumn } from './columns.ts'
import { contentPx, mostPx, useHeadDrags } from './head-drags.ts'
import type { ListColumns } from './use-columns.ts'

/** The orders of each column. The last column has two: by state and by key. */
const SORTS: Readonly<Record<ListColumn | 'name', readonly Column[]>> = {
  name: ['name'],
  path: [],
  size: ['size'],
  modified: ['modified'],
  class: ['class'],
  state: ['state', 'key'],
}
/** Pixels by which a key changes a width. */
const STEP_PX = 8

/** The menu of a head, which the list opens. */
export interface HeadMenu {
  readonly at: MenuPoint
  readonly entries: readonly MenuEntry[]
  /** The button that gets the focus back. */
  readonly head: HTMLElement
}

export interface ListHeadProps {
  readonly id: string
  readonly columns: ListColumns
  readonly onMenu: (menu: HeadMenu) => void
}

/**
 * Shows the column heads as one tab stop. Arrows go between heads, and Enter sorts. A head is
 * dragged to move its column, and the edge of a head to size it. Keys and the menu do the same.
 */
export function ListHead({ id, columns, onMenu }: ListHeadProps) {
  const t = useText()
  const q = useQuantities()
  const sort = useUi((ui) => ui.sort)
  const drags = useHeadDrags(columns)
  const element = useRef<HTMLDivElement>(null)
  const { fitted, choices, store } = columns
  // A moved head is another element, and keeps the focus.
  const moved = useRef<ListColumn | null>(null)
  useLayoutEffect(() => {
    if (moved.current !== null) headButton(moved.current)?.focus()
    moved.current = null
  }, [fitted])
  const headButton = (name: ListColumn) =>
    element.current?.querySelector<HTMLElement>(`[data-column="${name}"] button`)

  const shift = (name: ListColumn, way: -1 | 1) => {
    const next = stepColumn(choices, fitted.columns, name, way)
    if (next === choices) return
    moved.current = name
    store(next)
    const n = q.count(fitted.columns.indexOf(name) + 2 + way)
    const of = q.count(fitted.columns.length + 1)
    say(t('objects:columns.moved', { name: columnWord(t, name), n, of }))
  }
  const size = (from: Element, name: ListColumn, px: number) => {
    const width = Math.min(px, mostPx(from, name))
    store(resizeColumn(choices, name, width))
    say(t('objects:columns.sized', { name: columnWord(t, name), n: q.count(Math.round(width)) }))
  }
  const fit = (from: Element, name: ListColumn) =>
    // Paths share the room with names, so their standard width is the one that fits.
    name === 'path'
      ? store(resizeColumn(choices, name, null))
      : size(from, name, contentPx(from, columns, name))

  const press = (event: KeyboardEvent<HTMLElement>) => {
    // Keys on a head must not reach the list.
    if (event.key !== 'Tab' && event.key !== 'F6') event.stopPropagation()
    const target = event.target as HTMLElement
    const cell = target.closest<HTMLElement>('[role=columnheader]')
    const name = (cell?.dataset['column'] ?? null) as ListColumn | null
    const key = (chord: string) => isChord(event.nativeEvent, chord)
    if (key('shift+F10') || event.key === 'ContextMenu') openMenu(event, name, target)
    const way = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (way === 0) return
    event.preventDefault()
    const isMove = key('mod+ArrowLeft') || key('mod+ArrowRight')
    const isSize = key('shift+ArrowLeft') || key('shift+ArrowRight')
    if (isMove && name !== null) shift(name, way)
    else if (isSize && name !== null) size(target, name, (cell?.offsetWidth ?? 0) + way * STEP_PX)
    if (isMove || isSize) return
    const heads = Array.from(event.currentTarget.querySelectorAll<HTMLElement>('button'))
    heads[heads.indexOf(target) + way]?.focus()
  }
  const openMenu = (
    event: Pick<MouseEvent, 'preventDefault'>,
    column: ListColumn | null,
    head: HTMLElement,
    at?: MenuPoint,
  ) => {
    event.preventDefault()
    const box = head.getBoundingClientRect()
    const acts =
      column === null
        ? null
        : { move: (way: -1 | 1) => shift(column, way), fit: () => fit(head, column) }
    onMenu({
      at: at ?? { x: box.left, y: box.bottom },
      entries: columnMenu(t, columns, acts),
      head,
    })
  }
  const { drop } = drags
  return (
    <div className="ghead" id={id} role="row" aria-rowindex={1} onKeyDown={press} ref={element}>
      {(['name', ...fitted.columns] as const).map((name, i, all) => {
        const own = name === 'name' ? null : name
        const sorts = SORTS[name]
        const isOn = sorts.includes(sort.by)
        const isTarget = drop !== null && drop.name !== name && drop.before === name
        const isEnd = drop !== null && drop.before === null && i === all.length - 1
        return (
          <span
            key={name}
            role="columnheader"
            className={[name === 'size' && 'num', isTarget && 'drop-at', isEnd && 'drop-end']
              .filter(Boolean)
              .join(' ')}
            {...(own !== null && {
              'data-column': own,
              onPointerDown: (event) => drags.move(event, own),
            })}
            {...(sorts.length > 0 && {
              'aria-sort': isOn ? (sort.down ? 'descending' : 'ascending') : 'none',
            })}
            onContextMenu={(event) =>
              openMenu(
                event,
                own,
                event.currentTarget.querySelector('button') ?? event.currentTarget,
                { x: event.clientX, y: event.clientY },
              )
            }
          >
            {own !== null && (
              <span
                className="col-edge"
                aria-hidden="true"
                onPointerDown={(event) => drags.size(event, own)}
                onDoubleClick={(event) => fit(event.currentTarget, own)}
              />
            )}
            {sorts.length === 0 && own !== null && (
              <button
                type="button"
                className="head-sort"
                tabIndex={-1}
                aria-haspopup="menu"
                onClick={(event) => {
                  if (!drags.isDragged.current) openMenu(event, own, event.currentTarget)
                }}
              >
                {columnWord(t, own)}
              </button>
            )}
            {sorts.map((column) => {
              const on = sort.by === column
              return (
                <button
                  key={column}
                  type="button"
                  className={on ? 'head-sort sorted' : 'head-sort'}
                  tabIndex={on || (isHidden(sort.by, all) && column === 'name') ? 0 : -1}
                  onClick={() => {
                    if (!drags.isDragged.current) sortBy(column)
                  }}
                >
                  {t(`objects:col.${column}`)}
                  {on && <Icon name="chevron" className={sort.down ? '' : 'flip'} />}
                </button>
              )
            })}
          </span>
        )
      })}
    </div>
  )
}

/** True if the list is in the order of a column that it does not show. */
const isHidden = (by: Column, shown: readonly (ListColumn | 'name')[]): boolean =>
  !shown.some((name) => SORTS[name].includes(by))
