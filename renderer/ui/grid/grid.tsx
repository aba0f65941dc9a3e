import {
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
} from 'react'
import { NameRoom, watchWidth } from '../name.tsx'
import { gridCommand, stepFrom, type GridCommand } from './grid-keys.ts'
import { useGridPointer } from './grid-pointer.ts'
import { useNameSearch } from './name-search.ts'
import { useRubberBand } from './rubber-band.ts'
import { useScrollWindow } from './scroll-window.ts'
import type { GridProps, Move } from './grid-props.ts'
import { gridItems } from './sections.ts'

const HEAD_PX = 28
/** Right padding of a cell, which a measured column head does not contain. */
const CELL_PADDING_PX = 12

/**
 * Shows a list of any length as one ARIA grid and one tab stop. Headings and rows have one height
 * each, so nothing is measured. The focus stays on the grid and `aria-activedescendant` names the
 * active row, so that scrolling never loses it. The head stands before the grid, which owns it: Tab
 * comes to the head first.
 */
export function Grid(props: GridProps) {
  const { label, className, region, sections, rowPx, headingPx = 0, active, head, headId } = props
  const { besideNamePx, busy, multiselectable, heading, row, onCommand, onMenu } = props
  const rows = useRef<HTMLDivElement>(null)
  const [nameRoom, setNameRoom] = useState<number | null>(null)
  const search = useNameSearch()
  const items = gridItems(sections, { rowPx, headingPx })
  const { rows: count } = items
  const headPx = head === undefined ? 0 : HEAD_PX
  const firstIndex = head === undefined ? 1 : 2
  const activeItem = active >= 0 && active < count ? items.itemOf(active) : -1
  const idOf = (index: number) => `${region}-${index}`

  const shown = useScrollWindow(items, { rowPx, headPx })
  const { scroller } = shown
  const drawn = Array.from(
    { length: Math.max(0, shown.last - shown.first + 1) },
    (_, i) => shown.first + i,
  )
  if (activeItem >= 0 && activeItem < shown.first) drawn.unshift(activeItem)
  if (activeItem > shown.last) drawn.push(activeItem)
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
    shift: (by) => shown.scrollBy(by * rowPx),
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
        moveTo(stepFrom(active, command.by, count, page), command)
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
    })
    if (command === null) return
    // A key that is held down moves on. It does not open, delete or select again.
    const again = event.repeat && command.do !== 'move' && command.do !== 'type'
    if (again || carryOut(command)) event.preventDefault()
  }
  const band = useRubberBand(
    rows,
    scroller,
    {
      rowAt: (y) => (y >= shown.height ? -1 : rowNear(shown.itemAt(y), 1)),
      scrollBy: shown.scrollBy,
    },
    props.onBand,
  )
  const pointer = useGridPointer(props, band.start, openMenu)

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
          role="grid"
          aria-label={label}
          aria-rowcount={count + firstIndex - 1}
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
            const style = { transform: `translateY(${shown.topOf(number)}px)` }
            if (item === undefined) return null
            if (item.kind === 'heading') return heading?.(item.section, style)
            return row(item.index, {
              id: idOf(item.index),
              role: 'row',
              'aria-rowindex': item.index + firstIndex,
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
