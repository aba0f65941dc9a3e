import { useLayoutEffect } from 'react'

/** Is a dialog open? What lies under it hears no shortcut, and takes no drop and no paste. */
export const isDialogOpen = (): boolean => document.querySelector('[role="dialog"]') !== null

/** What has the focus when a layer (a dialog or a menu) has gone, for each layer that is open. */
const returns = new WeakMap<Element, () => Element | null>()

/** To be given to the layer as its `ref`. */
export const returnsTo =
  (to: () => Element | null) =>
  (layer: Element | null): void => {
    if (layer !== null) returns.set(layer, to)
  }

/**
 * What stands behind an element: for one in an open layer, what gets the focus after that layer.
 * Null: it is in none.
 */
export function behind(element: Element): (() => Element | null) | null {
  const layer = element.closest('[role="menu"], [role="dialog"]')
  return layer === null ? null : (returns.get(layer) ?? null)
}

/**
 * Inside a layer: gives the focus back when that closes, in the same turn and before the next click
 * or key. Whatever has taken the focus by then keeps it. Radix gives it back in a later turn, when
 * it takes it from what the user went on to; so each layer refuses that.
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
export const refuse = (event: Event): void => event.preventDefault()
