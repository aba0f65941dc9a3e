import { useLayoutEffect } from 'react'

/**
 * True while a dialog is open. The page under it runs no shortcut and takes no drop and no paste.
 */
export const isDialogOpen = (): boolean => document.querySelector('[role="dialog"]') !== null

/** For each open layer (a dialog or a menu): the element that gets the focus after it. */
const returns = new WeakMap<Element, () => Element | null>()

/** Returns the `ref` of a layer. */
export const returnsTo =
  (to: () => Element | null) =>
  (layer: Element | null): void => {
    if (layer !== null) returns.set(layer, to)
  }

/**
 * Returns the element behind an element of an open layer, which gets the focus after that layer.
 * Null outside of layers.
 */
export function behind(element: Element): (() => Element | null) | null {
  const layer = element.closest('[role="menu"], [role="dialog"]')
  return layer === null ? null : (returns.get(layer) ?? null)
}

/**
 * Returns the focus when its layer closes, in the same turn and before the next click or key. An
 * element that took the focus meanwhile keeps it. Radix would return the focus in a later turn and
 * take it from that element, so each layer turns that off.
 */
export function FocusReturn({ to }: { readonly to: () => Element | null }) {
  useLayoutEffect(
    () => () =>
      queueMicrotask(() => {
        if (document.activeElement !== null && document.activeElement !== document.body) return
        const target = to()
        if (target instanceof HTMLElement) target.focus({ preventScroll: true })
      }),
    [],
  )
  return null
}

/** For `onCloseAutoFocus`. */
export const preventDefault = (event: Event): void => event.preventDefault()
