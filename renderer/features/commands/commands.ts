import { useEffect, useLayoutEffect } from 'react'
import { create } from 'zustand'
import { isChord, type KeyPress } from '../../shell/platform.ts'
import { isDialogOpen } from '../../ui/controls/focus-return.tsx'
import type { MenuEntry, MenuItem } from '../../ui/controls/menu.tsx'

/**
 * The commands of the open page. The palette lists them, the page listens for their keys, and its
 * menus show the same items.
 */
export const usePageCommands = create<{ readonly items: readonly MenuItem[] }>(() => ({
  items: [],
}))

/**
 * Makes these items the commands of the page for as long as the page is open. `browser`: as for
 * {@link runShortcut}.
 */
export function usePageItems(entries: readonly MenuEntry[], browser: boolean): void {
  const items = entries.filter((entry) => entry !== 'line')
  useLayoutEffect(() => usePageCommands.setState({ items }))
  useEffect(() => () => usePageCommands.setState({ items: [] }), [])
  useWindowKeys(items, browser)
}

/**
 * Runs items by their keys, wherever the focus is on the page. An open dialog comes first: another
 * page or dialog would take away what was typed.
 */
export function useWindowKeys(items: readonly MenuItem[], browser: boolean): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || isDialogOpen()) return
      if (runShortcut(event, items, browser)) event.preventDefault()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  })
}

/**
 * Runs the command of a key press. Returns false when no command has these keys. A command that is
 * not possible now takes its keys too, so that a browser does not use them. `browser`: a tab keeps
 * some keys to itself.
 */
export function runShortcut(
  event: KeyPress & Pick<KeyboardEvent, 'target'>,
  items: readonly MenuItem[],
  browser: boolean,
): boolean {
  const found = items.find(
    ({ keys }) =>
      keys !== undefined &&
      !(keys.desktopOnly === true && browser) &&
      !(keys.notInFields === true && isField(event.target)) &&
      keys.chords.some((chord) => isChord(event, chord)),
  )
  found?.onSelect()
  return found !== undefined
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement
