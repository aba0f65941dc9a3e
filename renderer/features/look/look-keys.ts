import type { KeyboardEvent } from 'react'
import { isChord } from '../../shell/platform.ts'
import type { LookKind } from './look-kind.ts'
import { togglePlay } from './viewers/look-media.tsx'
import { zoomOf } from './look-tools.tsx'
import type { LookView } from './look-view.ts'

/** The action of a key in quick look. 'nothing': the action is done already. */
export type LookCommand =
  | { readonly do: 'close' | 'nothing' }
  | { readonly do: 'step'; readonly by: 1 | -1 }
  | { readonly do: 'change'; readonly change: Partial<LookView> }

const ZOOMED: ReadonlySet<LookKind> = new Set(['picture', 'heic', 'tiff', 'pdf'])

/** Returns what a key press means, or null for keys that belong to the browser or to a control. */
export function lookKey(
  event: KeyboardEvent<HTMLElement>,
  kind: LookKind,
  view: LookView,
  media: HTMLMediaElement | null,
): LookCommand | null {
  const { nativeEvent: press, key } = event
  if (event.defaultPrevented) return null
  if (kind === 'text' && view.guessed !== null && isChord(press, 'mod+f'))
    return { do: 'change', change: { find: view.find ?? '', match: 0 } }
  if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return null
  const isControl = (event.target as Element).closest('button, [role="menu"]') !== null
  // On a button the space bar and Enter press the button.
  if (isControl && (key === ' ' || key === 'Enter')) return null
  switch (key) {
    case ' ':
      return { do: event.repeat ? 'nothing' : 'close' }
    case 'ArrowLeft':
      return { do: 'step', by: -1 }
    case 'ArrowRight':
      return { do: 'step', by: 1 }
  }
  if (ZOOMED.has(kind)) {
    if (key === '+' || key === '=') return { do: 'change', change: zoomOf(view, 1) }
    if (key === '-') return { do: 'change', change: zoomOf(view, -1) }
    if (key === '0') return { do: 'change', change: { zoom: null } }
  }
  const paged = kind === 'pdf' ? pageKey(key, view) : null
  if (paged !== null) return { do: 'change', change: { page: paged } }
  if (media !== null && (key === 'k' || key === 'K' || key === 'Enter')) {
    togglePlay(media)
    return { do: 'nothing' }
  }
  return null
}

/** Returns the page that a key goes to, or null for other keys. */
function pageKey(key: string, { page, pages }: LookView): number | null {
  if (pages === 0) return null
  switch (key) {
    case 'PageDown':
      return Math.min(pages, page + 1)
    case 'PageUp':
      return Math.max(1, page - 1)
    case 'Home':
      return 1
    case 'End':
      return pages
    default:
      return null
  }
}

const isField = (target: EventTarget): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement
