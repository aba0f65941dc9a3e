import type { KeyboardEvent, PointerEvent } from 'react'

export interface ResizerProps {
  readonly label: string
  readonly edge: 'right' | 'left' | 'top'
  readonly value: number
  readonly min: number
  readonly max: number
  readonly onChange: (value: number) => void
}

/** The edge of a pane. It is dragged, or moved with the arrow keys in steps of 16 pixels. */
export function Resizer({ label, edge, value, min, max, onChange }: ResizerProps) {
  const flat = edge === 'top'
  const set = (next: number) => onChange(Math.round(Math.min(max, Math.max(min, next))))
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const from = flat ? event.clientY : event.clientX
    const target = event.currentTarget
    target.setPointerCapture(event.pointerId)
    const move = (next: globalThis.PointerEvent) => {
      const way = (flat ? next.clientY : next.clientX) - from
      set(edge === 'right' ? value + way : value - way)
    }
    target.addEventListener('pointermove', move)
    target.addEventListener(
      'lostpointercapture',
      () => target.removeEventListener('pointermove', move),
      { once: true },
    )
    event.preventDefault()
  }
  const key = (event: KeyboardEvent) => {
    const grow = edge === 'right' ? 'ArrowRight' : edge === 'left' ? 'ArrowLeft' : 'ArrowUp'
    const shrink = edge === 'right' ? 'ArrowLeft' : edge === 'left' ? 'ArrowRight' : 'ArrowDown'
    if (event.key === grow) set(value + 16)
    else if (event.key === shrink) set(value - 16)
    else return
    event.preventDefault()
  }
  return (
    <div
      className={`resizer ${edge}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={flat ? 'horizontal' : 'vertical'}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={Math.round(max)}
      onPointerDown={drag}
      onKeyDown={key}
    />
  )
}
