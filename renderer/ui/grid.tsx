import { defaultRangeExtractor, useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import {
  useCallback,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
} from 'react'
import { useLayoutEffect } from 'react'
import { NameRoom, watchWidth } from './name.tsx'

export const ROW_PX = 30
const HEAD_PX = 28
/** Icon, gap and padding beside a name in its cell. */
const BESIDE_NAME_PX = 38

export interface GridHandle {
  focus(): void
  /** Brings a row into view, moving as little as possible. */
  reveal(index: number): void
  /** Whole rows that fit. */
  pageSize(): number
  element(): HTMLElement | null
}

export interface GridProps {
  readonly label: string
  readonly count: number
  /**
   * Index of the row the keyboard is at, -1 for none. It stays in the page while it is out of view.
   */
  readonly active: number
  readonly rowId: (index: number) => string
  readonly rowKey: (index: number) => string
  /** Must have `headId` as its id. */
  readonly head: ReactNode
  readonly headId: string
  /** Must spread `props` on the row's element. */
  readonly row: (index: number, props: RowProps) => ReactNode
  readonly busy: boolean
  readonly handle: Ref<GridHandle>
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void
  readonly onContextMenu: (event: MouseEvent<HTMLElement>) => void
}

export interface RowProps {
  readonly id: string
  readonly role: 'row'
  readonly 'aria-rowindex': number
  readonly 'data-index': number
  readonly style: CSSProperties
}

/**
 * A list of any length as one ARIA grid and one tab stop. The focus stays on the grid and
 * `aria-activedescendant` names the active row, so scrolling away never loses it. The head stands
 * before the grid, which owns it: Tab comes to it first.
 */
export function Grid({
  label,
  count,
  active,
  rowId,
  rowKey,
  head,
  headId,
  row,
  busy,
  handle,
  onKeyDown,
  onContextMenu,
}: GridProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useRef<HTMLDivElement>(null)
  const [room, setRoom] = useState<number | null>(null)
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    scrollMargin: 0,
    paddingStart: 0,
    scrollPaddingStart: HEAD_PX,
    getItemKey: rowKey,
    rangeExtractor: useCallback(
      (range: Parameters<typeof defaultRangeExtractor>[0]) => {
        const shown = defaultRangeExtractor(range)
        if (active < 0 || active >= count || shown.includes(active)) return shown
        return active < (shown[0] ?? 0) ? [active, ...shown] : [...shown, active]
      },
      [active, count],
    ),
  })
  useLayoutEffect(() => {
    const cell = scroller.current?.querySelector('.ghead > :first-child')
    return cell ? watchWidth(cell, (width) => setRoom(width - BESIDE_NAME_PX + 12)) : undefined
  }, [])
  useHandle(handle, virtual, scroller, rows)

  return (
    <div className="grid" ref={scroller}>
      {head}
      <NameRoom value={room}>
        <div
          className="rows"
          role="grid"
          aria-label={label}
          aria-owns={headId}
          aria-rowcount={count + 1}
          aria-multiselectable="true"
          aria-busy={busy}
          tabIndex={0}
          ref={rows}
          style={{ height: count * ROW_PX }}
          data-region="list"
          onKeyDown={onKeyDown}
          onContextMenu={onContextMenu}
          {...(active >= 0 && active < count && { 'aria-activedescendant': rowId(active) })}
        >
          {virtual.getVirtualItems().map((item) =>
            row(item.index, {
              id: rowId(item.index),
              role: 'row',
              'aria-rowindex': item.index + 2,
              'data-index': item.index,
              style: { transform: `translateY(${item.start}px)` },
            }),
          )}
        </div>
      </NameRoom>
    </div>
  )
}

type Part = { readonly current: HTMLDivElement | null }

function useHandle(
  handle: Ref<GridHandle>,
  virtual: Virtualizer<HTMLDivElement, Element>,
  scroller: Part,
  rows: Part,
): void {
  useLayoutEffect(() => {
    const made: GridHandle = {
      focus: () => rows.current?.focus({ preventScroll: true }),
      reveal: (index) => virtual.scrollToIndex(index, { align: 'auto' }),
      pageSize: () =>
        Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - HEAD_PX) / ROW_PX) - 1),
      element: () => rows.current,
    }
    if (typeof handle === 'function') return void handle(made)
    if (handle !== null) handle.current = made
  }, [handle, virtual, scroller, rows])
}
