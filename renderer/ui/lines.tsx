import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
} from 'react'
import { layoutOf, type Section } from './line-layout.ts'

export interface LinesProps {
  readonly label: string
  readonly className: string
  readonly sections: readonly Section[]
  readonly rowPx: number
  readonly headingPx: number
  /** Above the rows, and there while they scroll; `headPx` high. */
  readonly head?: ReactNode
  readonly headPx?: number
  /** What row `index` is known by, over all sections; and where it is, -1 when it is gone. */
  readonly keyAt: (index: number) => string | undefined
  readonly indexOf: (key: string) => number
  readonly heading?: (section: Section, props: { readonly style: CSSProperties }) => ReactNode
  readonly row: (index: number, props: LineProps) => ReactNode
  /** A key that moves nowhere, on row `index`. True: it was of use. */
  readonly onKey: (event: KeyboardEvent<HTMLElement>, index: number) => boolean
  readonly onMenu?: (index: number, at: { readonly x: number; readonly y: number }) => void
  readonly region: string
  /** Shows this row, and goes there, when it becomes another. */
  readonly wanted?: string | null
}

/** To be spread on a row. */
export interface LineProps {
  readonly id: string
  readonly role: 'row'
  readonly 'aria-rowindex': number
  readonly className: string
  readonly style: CSSProperties
}

const OVERSCAN = 6

/**
 * Any number of rows of one height, under headings if there are any, as one tab stop. Drawing costs
 * what is seen: rows are asked for by their number and nothing is measured.
 */
export function Lines({
  label,
  className,
  sections,
  rowPx,
  headingPx,
  head,
  headPx = 0,
  keyAt,
  indexOf,
  heading,
  row,
  onKey,
  onMenu,
  region,
  wanted = null,
}: LinesProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 0 })
  const [at, visit] = useState<{ readonly key: string; readonly index: number } | null>(null)
  const layout = layoutOf(sections, rowPx, headingPx)
  useLayoutEffect(() => {
    const box = scroller.current
    if (box === null) return
    const measure = () =>
      setView((before) =>
        before.top === box.scrollTop && before.height === box.clientHeight
          ? before
          : { top: box.scrollTop, height: box.clientHeight },
      )
    measure()
    box.addEventListener('scroll', measure, { passive: true })
    const resized = new ResizeObserver(measure)
    resized.observe(box)
    return () => {
      box.removeEventListener('scroll', measure)
      resized.disconnect()
    }
  }, [])
  // The row that took the place of one that is gone.
  const found = at === null ? 0 : indexOf(at.key)
  const active = Math.min(found >= 0 ? found : (at?.index ?? 0), layout.count - 1)
  const move = (to: number) => {
    const index = Math.min(Math.max(to, 0), layout.count - 1)
    const key = keyAt(index)
    const box = scroller.current
    if (key === undefined || box === null) return
    visit({ key, index })
    const top = layout.topOf(index)
    const room = box.clientHeight - headPx
    if (top < box.scrollTop) box.scrollTop = index === 0 ? 0 : top
    else if (top + rowPx > box.scrollTop + room) box.scrollTop = top + rowPx - room
  }
  useEffect(() => {
    if (wanted === null) return
    const index = indexOf(wanted)
    if (index < 0) return
    move(index)
    scroller.current?.focus({ preventScroll: true })
    // Only `wanted` is news: the row is shown once, and may then be scrolled away.
  }, [wanted])
  const menuAt = (index: number) => {
    const box = document.getElementById(idOf(region, index))?.getBoundingClientRect()
    if (box !== undefined) onMenu?.(index, { x: box.left + 40, y: box.bottom })
  }
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (active < 0 || event.target !== event.currentTarget) return
    const page = Math.max(1, Math.floor((view.height - headPx) / rowPx) - 1)
    const to = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      Home: 0,
      End: layout.count - 1,
      PageDown: active + page,
      PageUp: active - page,
    }[event.key]
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey
    if (to !== undefined && plain) move(to)
    else {
      // What a key is pressed on stays the active row, wherever that moves it.
      visit({ key: keyAt(active) ?? '', index: active })
      if (
        onMenu !== undefined &&
        (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))
      )
        menuAt(active)
      else if (!onKey(event, active)) return
    }
    event.preventDefault()
  }
  const shown = layout.between(
    view.top - OVERSCAN * rowPx,
    view.top + view.height + OVERSCAN * rowPx,
  )
  const rowAt = (event: MouseEvent) => {
    const index =
      Number(
        (event.target as Element).closest('[aria-rowindex]')?.getAttribute('aria-rowindex') ?? 0,
      ) - 1
    return index >= 0 ? index : null
  }
  const context = (event: MouseEvent) => {
    if (onMenu === undefined) return
    event.preventDefault()
    const index = rowAt(event)
    if (index === null) return
    visit({ key: keyAt(index) ?? '', index })
    onMenu(index, { x: event.clientX, y: event.clientY })
  }
  const activeShown = shown.some((line) => line.kind === 'row' && line.index === active)
  return (
    <div
      className={className}
      role="grid"
      aria-label={label}
      aria-rowcount={layout.count}
      tabIndex={0}
      ref={scroller}
      data-region={region}
      onKeyDown={onKeyDown}
      onContextMenu={context}
      {...(activeShown && { 'aria-activedescendant': idOf(region, active) })}
    >
      {head}
      <div className="rows" role="rowgroup" style={{ height: layout.height }}>
        {shown.map((line) => {
          const style = { transform: `translateY(${line.top}px)` }
          if (line.kind === 'heading') return heading?.(line.section, { style })
          return row(line.index, {
            id: idOf(region, line.index),
            role: 'row',
            'aria-rowindex': line.index + 1,
            className: line.index === active ? 'focus' : '',
            style,
          })
        })}
      </div>
    </div>
  )
}

const idOf = (region: string, index: number): string => `${region}-${index}`
