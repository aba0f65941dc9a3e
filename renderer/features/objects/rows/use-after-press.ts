import { useState, useSyncExternalStore } from 'react'

let isPressed = false
const listeners = new Set<() => void>()

function follow(onChange: () => void): () => void {
  if (listeners.size === 0) for (const name of EVENTS) window.addEventListener(name, onPress, true)
  listeners.add(onChange)
  return () => {
    listeners.delete(onChange)
    if (listeners.size > 0) return
    for (const name of EVENTS) window.removeEventListener(name, onPress, true)
    isPressed = false
  }
}

/** The events at which a button of the mouse goes down, or is down no longer. */
const EVENTS = ['mousedown', 'mouseup', 'dragend', 'blur'] as const

function onPress({ type }: Event): void {
  isPressed = type === 'mousedown'
  for (const one of listeners) one()
}

/**
 * Returns a flag. It becomes true only while no button of the mouse is down. A pane that opens
 * under a pressed row would move the row away, and a browser then starts no drag of it.
 */
export function useAfterPress(flag: boolean): boolean {
  const isDown = useSyncExternalStore(follow, () => isPressed)
  const [known, setKnown] = useState(flag)
  if (known !== flag && !(flag && isDown)) setKnown(flag)
  return known && flag
}
