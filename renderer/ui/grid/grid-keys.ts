import { isChord, isMac, type KeyPress } from '../../shell/platform.ts'

/** How far a key moves: a number of rows, or to a place. */
export type GridStep = number | 'page-up' | 'page-down' | 'first' | 'last'

/** Commands that a grid hands to its list, because only the list knows what they do. */
export type RowCommand =
  | 'toggle'
  | 'open'
  | 'open-in-folder'
  | 'all'
  | 'escape'
  | 'parent'
  | 'delete'
  | 'details'
  | 'copy'
  | 'cut'

/** The meaning of a key press on a grid. */
export type GridCommand =
  | {
      readonly do: 'move'
      readonly by: GridStep
      /** Shift is down: the selection becomes the range from its anchor. */
      readonly extend: boolean
      /** The active row moves and the selection stays. */
      readonly only: boolean
    }
  | { readonly do: RowCommand | 'menu' }
  | { readonly do: 'type'; readonly text: string }

export interface KeyContext {
  readonly mac: boolean
  /** A name is being typed, and a space belongs to it. */
  readonly typing: boolean
  /** The list has a parent folder, so that Backspace goes to it. Elsewhere Backspace deletes. */
  readonly hasParent: boolean
}

const STEPS: Readonly<Record<string, GridStep>> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: 'page-up',
  PageDown: 'page-down',
  Home: 'first',
  End: 'last',
}

/**
 * Returns what a key press means on any grid or list of the window, or null if it means nothing
 * there. Source: the keyboard table of the design, section 5.
 */
export function gridCommand(
  press: KeyPress,
  { mac = isMac, typing = false, hasParent = true }: Partial<KeyContext> = {},
): GridCommand | null {
  const chord = (text: string) => isChord(press, text, mac)
  if (chord(mac ? 'mod+ArrowUp' : 'alt+ArrowUp')) return hasParent ? { do: 'parent' } : null
  if (chord('Backspace')) return { do: hasParent ? 'parent' : 'delete' }
  if (mac ? chord('mod+Backspace') || chord('mod+Delete') : chord('Delete')) return { do: 'delete' }
  if (!hasParent && chord('Delete')) return { do: 'delete' }
  if (mac ? chord('mod+i') : chord('alt+Enter')) return { do: 'details' }
  if (chord('mod+a')) return { do: 'all' }
  if (chord('mod+c')) return { do: 'copy' }
  if (chord('mod+x')) return { do: 'cut' }
  if (chord('mod+Enter')) return { do: 'open-in-folder' }
  if (chord('shift+F10') || press.key === 'ContextMenu') return { do: 'menu' }
  if (press.altKey) return null
  const by = STEPS[press.key]
  const mod = mac ? press.metaKey : press.ctrlKey
  // On a Mac ⌘ with an arrow is taken (parent, open). Ctrl moves without selecting there as well.
  if (by !== undefined)
    return {
      do: 'move',
      by,
      extend: press.shiftKey,
      only: (mod || press.ctrlKey) && !press.shiftKey,
    }
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

/**
 * Returns the row where a step ends. `from` is -1 if no row is active. `page` is the number of
 * whole rows that fit.
 */
export function stepFrom(from: number, by: GridStep, count: number, page: number): number {
  const to = () => {
    switch (by) {
      case 'first':
        return 0
      case 'last':
        return count - 1
      case 'page-up':
        return from - page
      case 'page-down':
        return from + page
      default:
        return from < 0 ? 0 : from + by
    }
  }
  return Math.min(count - 1, Math.max(0, to()))
}
