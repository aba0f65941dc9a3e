import { useRef, type DragEvent, type MouseEvent } from 'react'
import { isMac } from '../../shell/platform.ts'
import type { GridProps } from './grid-props.ts'

/** The handlers of the pointer on the scrolled element of a grid. */
export interface GridPointer {
  onMouseDown(event: MouseEvent): void
  onClick(event: MouseEvent): void
  onDoubleClick(event: MouseEvent): void
  onContextMenu(event: MouseEvent): void
  onDragStart(event: DragEvent): void
}

const rowOf = ({ target }: MouseEvent): number | null => {
  const index = (target as Element).closest<HTMLElement>('[data-index]')?.dataset['index']
  return index === undefined ? null : Number(index)
}

/**
 * Turns presses of the pointer into rows. A press on one of several selected rows counts when it is
 * released, because it may start a drag. A press beside a name may start a band. A press on the
 * check mark of a row toggles the row.
 */
export function useGridPointer(
  { onPoint, onMenu, onDoubleClick, onDragStart, onBand, isSelected }: GridProps,
  startBand: (event: MouseEvent) => void,
  openMenu: () => boolean,
): GridPointer {
  const pressed = useRef<number | null>(null)
  return {
    onMouseDown(event) {
      pressed.current = null
      const target = event.target as Element
      if (event.button !== 0 || target.closest('.ghead')) return
      const index = rowOf(event)
      const isTick = target.closest('[data-tick]') !== null
      const pointing = {
        extend: event.shiftKey,
        toggle: isTick || (isMac ? event.metaKey : event.ctrlKey),
      }
      const isPlain = !pointing.extend && !pointing.toggle
      if (isPlain && index !== null && isSelected?.(index) === true) pressed.current = index
      else onPoint?.(index, pointing)
      const onName = target.closest('[draggable]') !== null
      if (onBand !== undefined && isPlain && !onName && pressed.current === null) startBand(event)
    },
    onClick(event) {
      const index = pressed.current
      pressed.current = null
      if (index !== null && rowOf(event) === index)
        onPoint?.(index, { extend: false, toggle: false })
    },
    onDoubleClick(event) {
      const index = rowOf(event)
      const isTick = (event.target as Element).closest('[data-tick]') !== null
      if (index !== null && !isTick) onDoubleClick?.(index)
    },
    onContextMenu(event) {
      if (onMenu === undefined || (event.target as Element).closest('.ghead')) return
      event.preventDefault()
      const index = rowOf(event)
      // From the keyboard the event has no row and no point of its own.
      if (index === null && event.button !== 2 && openMenu()) return
      onMenu(index, { x: event.clientX, y: event.clientY })
    },
    onDragStart(event) {
      pressed.current = null
      const index = rowOf(event)
      if (index === null || onDragStart === undefined) event.preventDefault()
      else onDragStart(index, event)
    },
  }
}
