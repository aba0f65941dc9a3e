import { useCallback, useLayoutEffect, useRef, useState, type RefCallback } from 'react'
import { addDropZone, type DropRefusal } from './drop-zones.ts'

export interface DropZoneState {
  /** Must be the `ref` of the zone's element. */
  readonly ref: RefCallback<HTMLElement>
  /** Something is dragged over the zone. */
  readonly over: boolean
}

/** Makes an element a drop zone that takes files wherever they are dropped on it. */
export function useDropZone(
  onDrop: (transfer: DataTransfer) => void,
  onRefuse: (why: DropRefusal) => void,
): DropZoneState {
  const [over, setOver] = useState(false)
  const latest = useRef({ onDrop, onRefuse })
  useLayoutEffect(() => void (latest.current = { onDrop, onRefuse }))
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined
    const remove = addDropZone(element, {
      over(_element, _at, kind) {
        if (kind === 'rows') return false
        setOver(true)
        return true
      },
      left: () => setOver(false),
      drop: (transfer) => latest.current.onDrop(transfer),
      refuse: (why) => latest.current.onRefuse(why),
    })
    return () => {
      setOver(false)
      remove()
    }
  }, [])
  return { ref, over }
}
