import { isChord, type KeyPress } from '../../../shell/platform.ts'

/** What a key press on the list means. */
export type GridCommand =
  | {
      readonly do: 'move'
      readonly by: number | 'page-up' | 'page-down' | 'first' | 'last'
      readonly extend: boolean
      readonly only: boolean
    }
  | {
      readonly do:
        'toggle' | 'open' | 'all' | 'escape' | 'parent' | 'delete' | 'details' | 'menu' | 'copy'
    }
  | { readonly do: 'type'; readonly text: string }

const MOVES: Readonly<Record<string, number | 'page-up' | 'page-down' | 'first' | 'last'>> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: 'page-up',
  PageDown: 'page-down',
  Home: 'first',
  End: 'last',
}

/**
 * Source: the keyboard table of the design, section 5. Null: not for the list. `typing`: a name is
 * being typed, and a space belongs to it.
 */
export function gridCommand(press: KeyPress, mac: boolean, typing = false): GridCommand | null {
  const chord = (text: string) => isChord(press, text, mac)
  if (mac ? chord('mod+ArrowUp') : chord('alt+ArrowUp')) return { do: 'parent' }
  if (!mac && chord('Backspace')) return { do: 'parent' }
  if (mac ? chord('mod+Backspace') || chord('mod+Delete') : chord('Delete')) return { do: 'delete' }
  if (mac ? chord('mod+i') : chord('alt+Enter')) return { do: 'details' }
  if (chord('mod+a')) return { do: 'all' }
  if (chord('mod+c')) return { do: 'copy' }
  if (chord('shift+F10') || press.key === 'ContextMenu') return { do: 'menu' }
  if (press.altKey) return null
  const by = MOVES[press.key]
  const mod = mac ? press.metaKey : press.ctrlKey
  // On a Mac the arrows with ⌘ are taken (parent, open), so Ctrl moves without selecting there as
  // well.
  if (by !== undefined)
    return {
      do: 'move',
      by,
      extend: press.shiftKey,
      only: (mod || press.ctrlKey) && !press.shiftKey,
    }
  if (mac && press.key === 'Backspace' && !mod) return { do: 'parent' }
  if (press.key === ' ' && typing && !press.ctrlKey && !press.metaKey)
    return { do: 'type', text: ' ' }
  if (press.key === ' ' && !press.shiftKey) return { do: 'toggle' }
  if (press.ctrlKey || press.metaKey) return null
  if (press.key === 'Enter') return { do: 'open' }
  if (press.key === 'Escape') return { do: 'escape' }
  return Array.from(press.key).length === 1 && press.key !== ' '
    ? { do: 'type', text: press.key }
    : null
}

/** Where a move ends; `page`: whole rows that fit. */
export function moved(
  from: number,
  by: number | 'page-up' | 'page-down' | 'first' | 'last',
  count: number,
  page: number,
): number {
  const to =
    by === 'first'
      ? 0
      : by === 'last'
        ? count - 1
        : by === 'page-up'
          ? from - page
          : by === 'page-down'
            ? from + page
            : from < 0
              ? 0
              : from + by
  return Math.min(count - 1, Math.max(0, to))
}

/** Letters typed within 700 ms belong together. */
export interface Typed {
  readonly text: string
  readonly at: number
}
export const NOT_TYPED: Typed = { text: '', at: -Infinity }
export const isTyping = (before: Typed, now: number): boolean =>
  before.text !== '' && now - before.at < 700
export const typed = (before: Typed, text: string, now: number): Typed => ({
  text: isTyping(before, now) ? before.text + text : text,
  at: now,
})

/**
 * The row whose name starts with what was typed, looking from the active row on and around. One
 * letter again and again goes from one such row to the next.
 */
export function typeAhead(
  names: { readonly length: number; readonly at: (index: number) => string },
  from: number,
  text: string,
): number {
  const fold = (name: string) => name.normalize('NFC').toLocaleLowerCase()
  const letters = Array.from(fold(text))
  const repeated = letters.length > 1 && letters.every((letter) => letter === letters[0])
  const wanted = repeated ? (letters[0] ?? '') : fold(text)
  const start = letters.length === 1 || repeated ? from + 1 : Math.max(0, from)
  for (let i = 0; i < names.length; i++) {
    const index = (start + i) % names.length
    if (fold(names.at(index)).startsWith(wanted)) return index
  }
  return -1
}
