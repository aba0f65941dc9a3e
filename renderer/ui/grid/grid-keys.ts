import { isChord, isMac, type KeyPress } from '../../shell/platform.ts'

/**
 * How far a key moves: a number of rows, or to a place. The line steps are those of tiles, which
 * stand in lines of several.
 */
export type GridStep =
  | number
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'line-up'
  | 'line-down'
  | 'line-first'
  | 'line-last'

/** Commands that a grid hands to its list, because only the list knows what they do. */
export type RowCommand =
  | 'look'
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
  /** Space looks into the row. Ctrl with Space toggles it, as Space alone does elsewhere. */
  readonly hasLook: boolean
  /** Rows stand side by side as tiles, so that arrows move in two dimensions. */
  readonly isTiled: boolean
}

const STEPS: Readonly<Record<string, GridStep>> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: 'page-up',
  PageDown: 'page-down',
  Home: 'first',
  End: 'last',
}
const TILE_STEPS: Readonly<Record<string, GridStep>> = {
  ...STEPS,
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: 'line-up',
  ArrowDown: 'line-down',
  Home: 'line-first',
  End: 'line-last',
}

/**
 * Returns what a key press means on any grid or list of the window, or null if it means nothing
 * there. Source: the keyboard table of the design, section 5.
 */
export function gridCommand(
  press: KeyPress,
  {
    mac = isMac,
    typing = false,
    hasParent = true,
    hasLook = false,
    isTiled = false,
  }: Partial<KeyContext> = {},
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
  const mod = mac ? press.metaKey : press.ctrlKey
  // Ctrl with Home or End goes to an end of all tiles.
  const by = (isTiled && !(mod && /^(?:Home|End)$/.test(press.key)) ? TILE_STEPS : STEPS)[press.key]
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
  if (press.key === ' ' && !press.shiftKey)
    return { do: hasLook && !press.ctrlKey && !press.metaKey ? 'look' : 'toggle' }
  if (press.ctrlKey || press.metaKey) return null
  if (press.key === 'Enter') return { do: 'open' }
  if (press.key === 'Escape') return { do: 'escape' }
  return Array.from(press.key).length === 1 && press.key !== ' '
    ? { do: 'type', text: press.key }
    : null
}

/**
 * Returns the row where a step ends. `from` is -1 if no row is active. `page` is the number of
 * whole lines that fit. `across`: rows of a line.
 */
export function stepFrom(
  from: number,
  by: GridStep,
  count: number,
  page: number,
  across = 1,
): number {
  const column = Math.max(0, from) % across
  const to = () => {
    switch (by) {
      case 'first':
        return 0
      case 'last':
        return count - 1
      case 'page-up':
        return Math.max(column, from - page * across)
      case 'page-down':
        return from + page * across
      case 'line-up':
        return from < across ? from : from - across
      case 'line-down':
        // The last line may be shorter. A tile of that line has none below.
        return from < 0 ? 0 : from + across - column < count ? from + across : from
      case 'line-first':
        return from - column
      case 'line-last':
        return from - column + across - 1
      default:
        return from < 0 ? 0 : from + by
    }
  }
  return Math.min(count - 1, Math.max(0, to()))
}
