import {
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
} from 'react'
import { NameRoom, watchWidth } from '../name.tsx'
import { useDrawnItems } from './drawn-items.ts'
import { gridCommand, stepFrom, type GridCommand } from './grid-keys.ts'
import { useGridPointer } from './grid-pointer.ts'
import { useNameSearch } from './name-search.ts'
import { useRubberBand, type BandBox, type RowRange } from './rubber-band.ts'
import { useScrollWindow } from './scroll-window.ts'
import type { GridProps, Move, RowRole } from './grid-props.ts'
import { gridItems } from './sections.ts'

const HEAD_PX = 28
/** Right padding of a cell, which a measured column head does not contain. */
const CELL_PADDING_PX = 12
const always = () => true

/**
 * Shows a list of any length as one tab stop: an ARIA grid, or a list box of tiles. Headings and
 * rows have one height each, so nothing is measured. The focus stays on the grid and
 * `aria-activedescendant` names the active row, so that scrolling never loses it. The head stands
 * before the grid, which owns it: Tab comes to the head first.
 */
export function Grid(props: GridProps) {
  const { label, className, region, sections, rowPx, headingPx = 0, active, head, headId } = props
  const { besideNamePx, busy, multiselectable, heading, row, onCommand, onMenu } = props
  const rows = useRef<HTMLDivElement>(null)
  const [nameRoom, setNameRoom] = useState<number | null>(null)
  const search = useNameSearch()
  const { tiles = null } = props
  const headPx = head === undefined ? 0 : HEAD_PX
  const firstIndex = head === undefined ? 1 : 2
  const idOf = (index: number) => `${region}-${index}`

  const shown = useScrollWindow((across) => gridItems(sections, { rowPx, headingPx, across }), {
    rowPx,
    headPx,
    tiles,
  })
  const { scroller, items, across } = shown
  const { rows: count } = items
  const activeItem = active >= 0 && active < count ? items.itemOf(active) : -1
  const drawn = useDrawnItems(shown, props.isLoaded ?? always, activeItem)
  const rowNear = (item: number, way: 1 | -1): number => {
    const found = items.at(item) ?? items.at(item + way)
    return found?.kind === 'row' ? found.index : item + way < 0 ? 0 : rowNear(item + way, way)
  }
  const firstRow = count === 0 ? 0 : rowNear(shown.shownFirst, 1)
  const lastRow = count === 0 ? 0 : rowNear(shown.shownLast, -1)
  const { onShown } = props
  useLayoutEffect(() => onShown?.(firstRow, lastRow), [onShown, firstRow, lastRow])
  useLayoutEffect(() => {
    if (besideNamePx === undefined) return undefined
    const cell = scroller.current?.querySelector('.ghead > :first-child')
    return cell
      ? watchWidth(cell, (width) => setNameRoom(width - besideNamePx + CELL_PADDING_PX))
      : undefined
  }, [besideNamePx])

  const reveal = (index: number) => {
    // The heading of the first section lies above the first row.
    shown.reveal(index <= 0 ? 0 : items.itemOf(index))
  }
  useImperativeHandle(props.handle, () => ({
    focus: () => rows.current?.focus({ preventScroll: true }),
    reveal,
    shift: (by) => shown.scrollBy(Math.round(by / across) * rowPx),
    firstShown: () => firstRow,
    element: () => rows.current,
  }))

  const moveTo = (index: number, move: Move) => {
    if (index < 0 || index >= count) return
    props.onMove(index, move)
    reveal(index)
  }
  const openMenu = (): boolean => {
    const box = document.getElementById(idOf(active))?.getBoundingClientRect()
    if (onMenu === undefined || box === undefined) return false
    onMenu(active, { x: box.left + 40, y: box.bottom })
    return true
  }
  /** Returns false if the key is of no use here. */
  const carryOut = (command: GridCommand): boolean => {
    if (command.do !== 'type') search.reset()
    switch (command.do) {
      case 'move': {
        const page = Math.max(1, Math.floor(shown.view / rowPx) - 1)
        moveTo(stepFrom(active, command.by, count, page, across), command)
        return true
      }
      case 'type':
        if (props.onFind !== undefined) props.onFind(search.add(command.text))
        else {
          const found = search.find(command.text, { length: count, at: props.nameAt }, active)
          moveTo(found, { extend: false, only: false })
        }
        return true
      case 'menu':
        return openMenu()
      default:
        return onCommand(command.do, active)
    }
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    // Keys on a button inside of a row belong to the button.
    if (event.target !== event.currentTarget) return
    const command = gridCommand(event.nativeEvent, {
      typing: search.isTyping(),
      hasParent: props.hasParent === true,
      hasLook: props.hasLook === true,
      isTiled: tiles !== null,
    })
    if (command === null) return
    // A key that is held down moves on. It does not open, delete or select again.
    const again = event.repeat && command.do !== 'move' && command.do !== 'type'
    if (again || carryOut(command)) event.preventDefault()
  }
  const rowsIn = ({ left, top, right, bottom }: BandBox): readonly RowRange[] => {
    if (top >= shown.height || bottom < 0) return []
    const from = rowNear(shown.itemAt(Math.max(0, top)), 1)
    const to = bottom >= shown.height ? count - 1 : rowNear(shown.itemAt(bottom, across - 1), 1)
    if (tiles === null) return [[from, to]]
    const width = (rows.current?.clientWidth ?? 0) + tiles.gapPx
    const columnAt = (x: number) => Math.floor((x / width) * across)
    const [first, last] = [Math.max(0, columnAt(left)), Math.min(across - 1, columnAt(right))]
    const lines = Math.ceil((to + 1 - from) / across)
    return Array.from({ length: lines }, (_, line): RowRange => {
      const start = from + line * across
      return [start + first, Math.min(count - 1, start + last)]
    }).filter(([start, end]) => start <= end)
  }
  const band = useRubberBand(rows, scroller, { rowsIn, scrollBy: shown.scrollBy }, props.onBand)
  const pointer = useGridPointer(props, band.start, openMenu)

  const place = (item: number): CSSProperties =>
    tiles === null
      ? {}
      : {
          left: `calc((100% + ${tiles.gapPx}px) * ${items.columnOf(item)} / ${across})`,
          width: `calc((100% + ${tiles.gapPx}px) / ${across} - ${tiles.gapPx}px)`,
        }
  const roleOf = (index: number): RowRole =>
    tiles === null
      ? { role: 'row', 'aria-rowindex': index + firstIndex }
      : { role: 'option', 'aria-posinset': index + 1, 'aria-setsize': count }

  return (
    <div
      className={className}
      ref={scroller}
      style={props.columns === undefined ? {} : ({ '--cols': props.columns } as CSSProperties)}
      {...pointer}
    >
      {head}
      <NameRoom value={nameRoom}>
        <div
          className="rows"
          aria-label={label}
          {...(tiles === null
            ? { role: 'grid', 'aria-rowcount': count + firstIndex - 1 }
            : { role: 'listbox' })}
          tabIndex={0}
          ref={rows}
          style={{ height: shown.height }}
          data-region={region}
          onKeyDown={onKeyDown}
          {...(headId !== undefined && { 'aria-owns': headId })}
          {...(multiselectable === true && { 'aria-multiselectable': true })}
          {...(busy !== undefined && { 'aria-busy': busy })}
          {...(activeItem >= 0 && { 'aria-activedescendant': idOf(active) })}
        >
          {drawn.map((number) => {
            const item = items.at(number)
            const style = { transform: `translateY(${shown.topOf(number)}px)`, ...place(number) }
            if (item === undefined) return null
            if (item.kind === 'heading') return heading?.(item.section, style)
            return row(item.index, {
              id: idOf(item.index),
              ...roleOf(item.index),
              'data-index': item.index,
              className: item.index === active ? 'focus' : '',
              style,
            })
          })}
          {band.style !== null && <div className="band" style={band.style} aria-hidden="true" />}
        </div>
      </NameRoom>
    </div>
  )
}
