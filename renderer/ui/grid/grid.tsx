import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import {
  useCallback,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
} from 'react'
import { isMac } from '../../shell/platform.ts'
import type { MenuPoint } from '../controls/menu.tsx'
import { NameRoom, watchWidth } from '../name.tsx'
import { gridCommand, stepFrom, type GridCommand, type RowCommand } from './grid-keys.ts'
import { useNameSearch } from './name-search.ts'
import { gridItems, type Section } from './sections.ts'

const HEAD_PX = 28
/** Right padding of a cell, which a measured column head does not contain. */
const CELL_PADDING_PX = 12
const OVERSCAN = 8

export interface GridHandle {
  focus(): void
  /** Brings a row into view and moves as little as possible. */
  reveal(index: number): void
  element(): HTMLElement | null
}

/** How the active row changes. */
export interface Move {
  /** The selection becomes the range from its anchor to the row. */
  readonly extend: boolean
  /** The row becomes active and the selection stays. */
  readonly only: boolean
}

/** A press of the main mouse button. */
export interface Pointing {
  readonly extend: boolean
  readonly toggle: boolean
}

export interface GridProps {
  readonly label: string
  readonly className: string
  /** Name of the region that F6 goes to. Ids of rows begin with it. */
  readonly region: string
  readonly sections: readonly Section[]
  readonly rowPx: number
  readonly headingPx?: number
  /** Number of the active row over all sections, or -1. It stays in the page out of view too. */
  readonly active: number
  /** Column heads, 28 pixels high, with `headId` as id. */
  readonly head?: ReactNode
  readonly headId?: string
  /** Pixels beside a name in the first column. Without them each name measures its own room. */
  readonly besideNamePx?: number
  readonly multiselectable?: boolean
  readonly busy?: boolean
  /** Backspace goes to a parent folder instead of deleting. */
  readonly hasParent?: boolean
  /** Space looks into the row instead of selecting it. */
  readonly hasLook?: boolean
  readonly handle?: Ref<GridHandle> | undefined
  /** The text that typing searches for. */
  readonly nameAt: (index: number) => string
  readonly heading?: (section: Section, style: CSSProperties) => ReactNode
  /** Must spread `props` on the row's element. */
  readonly row: (index: number, props: RowProps) => ReactNode
  readonly onMove: (index: number, move: Move) => void
  /** Carries out a command on the active row. Returns false if the list has no such command. */
  readonly onCommand: (command: RowCommand, index: number) => boolean
  readonly onMenu?: (index: number, at: MenuPoint) => void
  /** The row under the pointer, or null beside all rows. */
  readonly onPoint?: (index: number | null, pointing: Pointing) => void
  readonly onDoubleClick?: (index: number) => void
}

export interface RowProps {
  readonly id: string
  readonly role: 'row'
  readonly 'aria-rowindex': number
  readonly 'data-index': number
  /** `focus` on the active row, else empty. */
  readonly className: string
  readonly style: CSSProperties
}

/** True if two rows stand at the same place and look the same. For `memo`. */
export const sameRowProps = (a: RowProps, b: RowProps): boolean =>
  a.id === b.id &&
  a.className === b.className &&
  a['aria-rowindex'] === b['aria-rowindex'] &&
  a.style.transform === b.style.transform

/**
 * Shows a list of any length as one ARIA grid and one tab stop. Headings and rows have one height
 * each, so nothing is measured. The focus stays on the grid and `aria-activedescendant` names the
 * active row, so that scrolling never loses it. The head stands before the grid, which owns it: Tab
 * comes to the head first.
 */
export function Grid(props: GridProps) {
  const { label, className, region, sections, rowPx, headingPx = 0, active, head, headId } = props
  const { besideNamePx, busy, multiselectable, heading, row, onCommand, onMenu, onPoint } = props
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useRef<HTMLDivElement>(null)
  const [nameRoom, setNameRoom] = useState<number | null>(null)
  const search = useNameSearch()
  const items = gridItems(sections)
  const { rows: count } = items
  const headPx = head === undefined ? 0 : HEAD_PX
  const firstIndex = head === undefined ? 1 : 2
  const activeItem = active >= 0 && active < count ? items.itemOf(active) : -1
  const idOf = (index: number) => `${region}-${index}`

  const virtual = useVirtualizer({
    count: items.count,
    getScrollElement: () => scroller.current,
    estimateSize: (item) => (items.isHeading(item) ? headingPx : rowPx),
    overscan: OVERSCAN,
    scrollMargin: headPx,
    scrollPaddingStart: headPx,
    // Another function when headings move: the virtualizer places all items again.
    getItemKey: useCallback((item: number) => item, [items.shape]),
    rangeExtractor: useCallback(
      (range: Parameters<typeof defaultRangeExtractor>[0]) => {
        const shown = defaultRangeExtractor(range)
        if (activeItem < 0 || shown.includes(activeItem)) return shown
        return activeItem < (shown[0] ?? 0) ? [activeItem, ...shown] : [...shown, activeItem]
      },
      [activeItem],
    ),
  })
  useLayoutEffect(() => {
    if (besideNamePx === undefined) return undefined
    const cell = scroller.current?.querySelector('.ghead > :first-child')
    return cell
      ? watchWidth(cell, (width) => setNameRoom(width - besideNamePx + CELL_PADDING_PX))
      : undefined
  }, [besideNamePx])

  const reveal = (index: number) => {
    // The heading of the first section lies above the first row.
    if (index <= 0) virtual.scrollToOffset(0)
    else virtual.scrollToIndex(items.itemOf(index), { align: 'auto' })
  }
  useImperativeHandle(props.handle, () => ({
    focus: () => rows.current?.focus({ preventScroll: true }),
    reveal,
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
        const room = (scroller.current?.clientHeight ?? 0) - headPx
        const page = Math.max(1, Math.floor(room / rowPx) - 1)
        moveTo(stepFrom(active, command.by, count, page), command)
        return true
      }
      case 'type':
        moveTo(search.find(command.text, { length: count, at: props.nameAt }, active), {
          extend: false,
          only: false,
        })
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
  const indexAt = ({ target }: MouseEvent): number | null => {
    const index = (target as Element).closest<HTMLElement>('[data-index]')?.dataset['index']
    return index === undefined ? null : Number(index)
  }
  const onMouseDown = (event: MouseEvent) => {
    if (event.button !== 0 || (event.target as Element).closest('.ghead')) return
    onPoint?.(indexAt(event), {
      extend: event.shiftKey,
      toggle: isMac ? event.metaKey : event.ctrlKey,
    })
  }
  const onContextMenu = (event: MouseEvent) => {
    if (onMenu === undefined) return
    event.preventDefault()
    const index = indexAt(event)
    if (index !== null) onMenu(index, { x: event.clientX, y: event.clientY })
    // From the keyboard the event has no row and no point of its own.
    else if (event.button !== 2) openMenu()
  }
  const onDoubleClick = (event: MouseEvent) => {
    const index = indexAt(event)
    if (index !== null) props.onDoubleClick?.(index)
  }

  return (
    <div
      className={className}
      ref={scroller}
      onMouseDown={onMouseDown}
      onDoubleClick={onDoubleClick}
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
          style={{ height: virtual.getTotalSize() }}
          data-region={region}
          onKeyDown={onKeyDown}
          onContextMenu={onContextMenu}
          {...(headId !== undefined && { 'aria-owns': headId })}
          {...(multiselectable === true && { 'aria-multiselectable': true })}
          {...(busy !== undefined && { 'aria-busy': busy })}
          {...(activeItem >= 0 && { 'aria-activedescendant': idOf(active) })}
        >
          {virtual.getVirtualItems().map(({ index: number, start }) => {
            const item = items.at(number)
            const style = { transform: `translateY(${start - headPx}px)` }
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
        </div>
      </NameRoom>
    </div>
  )
}
