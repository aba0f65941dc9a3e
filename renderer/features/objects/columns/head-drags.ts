import { useRef, useState, type PointerEvent } from 'react'
import type { ListColumn } from '../../../../shared/contract/models-places.ts'
import { moveColumn, NAME_PX, resizeColumn } from './columns.ts'
import type { ListColumns } from './use-columns.ts'

/** Pixels that the pointer moves before a head is dragged. A shorter way is a click. */
const STARTS_PX = 4

/** The place where a dragged column would come to stand. `before` null: behind all others. */
export interface ColumnDrop {
  readonly name: ListColumn
  readonly before: ListColumn | null
}

/** Follows the pointer until its button is released. Esc or a lost pointer cancels. */
function followPointer(move: (x: number) => void, end: (isDone: boolean) => void): void {
  const control = new AbortController()
  const { signal } = control
  const stop = (isDone: boolean) => () => {
    control.abort()
    end(isDone)
  }
  const onMove = (event: globalThis.PointerEvent) => {
    event.preventDefault()
    move(event.clientX)
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    stop(false)()
  }
  window.addEventListener('pointermove', onMove, { signal })
  window.addEventListener('pointerup', stop(true), { signal })
  window.addEventListener('pointercancel', stop(false), { signal })
  window.addEventListener('keydown', onKey, { signal, capture: true })
}

const headOf = (element: Element): HTMLElement | null => element.closest('.ghead')
const cellOf = (head: Element, name: ListColumn): HTMLElement | null =>
  head.querySelector(`[data-column="${name}"]`)

/** Returns the widest that a column may become, in pixels, so that names keep their room. */
export function mostPx(element: Element, name: ListColumn): number {
  const head = headOf(element)
  const own = head === null ? null : cellOf(head, name)
  const free = ((head?.firstElementChild as HTMLElement | null)?.offsetWidth ?? 0) - NAME_PX
  return (own?.offsetWidth ?? 0) + Math.max(0, free)
}

/** Returns the width of the widest drawn cell of a column, in pixels. One layout is made for it. */
export function contentPx(element: Element, { fitted }: ListColumns, name: ListColumn): number {
  const grid = element.closest<HTMLElement>('.grid')
  const at = fitted.columns.indexOf(name)
  if (grid === null || at < 0) return 0
  const tracks = fitted.widths.map((px, i) => (i === at ? 'max-content' : `${px ?? 0}px`))
  const { className } = grid
  grid.style.setProperty('--cols', ['0px', ...tracks].join(' '))
  // The badge may hide the name of the key now.
  grid.classList.remove('st-word', 'st-icon')
  const cells = grid.querySelectorAll(`:is(.ghead, .row) > :nth-child(${at + 2})`)
  const px = Math.max(0, ...Array.from(cells, (cell) => cell.getBoundingClientRect().width))
  grid.style.setProperty('--cols', fitted.template)
  grid.className = className
  return Math.ceil(px)
}

/** Lets the pointer move heads, and size columns by the edges of their heads. */
export function useHeadDrags(columns: ListColumns) {
  const [drop, setDrop] = useState<ColumnDrop | null>(null)
  // The click at the end of a drag does not sort.
  const isDragged = useRef(false)
  const move = (event: PointerEvent<HTMLElement>, name: ListColumn) => {
    isDragged.current = false
    const head = headOf(event.currentTarget)
    if (event.button !== 0 || head === null) return
    const from = event.clientX
    const shown = columns.fitted.columns
    let latest: ColumnDrop | null = null
    const follow = (x: number) => {
      if (latest === null && Math.abs(x - from) < STARTS_PX) return
      isDragged.current = true
      const before = shown.find((one) => {
        const box = cellOf(head, one)?.getBoundingClientRect()
        return box !== undefined && x < box.left + box.width / 2
      })
      latest = { name, before: before ?? null }
      setDrop(latest)
    }
    followPointer(follow, (isDone) => {
      setDrop(null)
      if (!isDone || latest === null) return
      const moved = moveColumn(columns.choices, name, latest.before)
      if (moved !== columns.choices) columns.store(moved)
    })
  }
  const size = (event: PointerEvent<HTMLElement>, name: ListColumn) => {
    if (event.button !== 0) return
    event.preventDefault()
    event.stopPropagation()
    const from = event.clientX
    const most = mostPx(event.currentTarget, name)
    const start = columns.fitted.widths[columns.fitted.columns.indexOf(name)]
    const px = start ?? event.currentTarget.parentElement?.offsetWidth ?? 0
    let latest = columns.choices
    const follow = (x: number) => {
      // The edge stands at the left of its column.
      latest = resizeColumn(columns.choices, name, Math.min(most, px + from - x))
      columns.draft(latest)
    }
    followPointer(follow, (isDone) => {
      if (isDone && latest !== columns.choices) columns.store(latest)
      else columns.draft(null)
    })
  }
  return { drop, isDragged, move, size }
}
