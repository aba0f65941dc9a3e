/** True on Apple keyboards, where ⌘ stands in place of Ctrl. */
export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** `mod+shift+u` → `⇧⌘U` or `Ctrl+Shift+U`. */
export function keysText(chord: string): string {
  const parts = chord.split('+')
  const last = parts.at(-1) ?? ''
  const key = KEY_TEXT[last] ?? (last.length === 1 ? last.toUpperCase() : last)
  const has = (name: string) => parts.includes(name)
  if (isMac)
    return `${has('alt') ? '⌥' : ''}${has('shift') ? '⇧' : ''}${has('mod') ? '⌘' : ''}${key}`
  return [has('mod') && 'Ctrl', has('alt') && 'Alt', has('shift') && 'Shift', key]
    .filter(Boolean)
    .join('+')
}

const KEY_TEXT: Readonly<Record<string, string>> = isMac
  ? { Delete: '⌫', Enter: '↩', ArrowUp: '↑', ArrowLeft: '←', ArrowRight: '→' }
  : { Delete: 'Del', ArrowUp: '↑', ArrowLeft: '←', ArrowRight: '→' }

export type KeyPress = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'
> &
  Partial<Pick<KeyboardEvent, 'getModifierState'>>

/**
 * Letters and marks of scripts other than Latin, as Russian, Greek, Hebrew or Thai layouts give
 * them.
 */
const OTHER_SCRIPT = /^(?!.*\p{Script=Latin})[\p{L}\p{M}]+$/u

/**
 * True if a key press is this chord. `mod` is ⌘ on a Mac and Ctrl elsewhere. The character of the
 * key counts, in either case. The position of the key counts for a key without a Latin letter, and
 * on a Mac with ⌥, which hides the letter. The position of digits counts too, because many layouts
 * have them behind Shift. A sign counts with or without Shift.
 */
export function isChord(event: KeyPress, chord: string, mac = isMac): boolean {
  const parts = chord.split('+')
  const key = parts.at(-1) ?? ''
  const mod = mac ? event.metaKey : event.ctrlKey
  const other = mac ? event.ctrlKey : event.metaKey
  if (mod !== parts.includes('mod') || other) return false
  const given = event.key.toLowerCase() === key.toLowerCase()
  const sign = given && /^[^a-z0-9]$/i.test(key)
  // AltGr writes other characters, so its letters and digits are no chords. On a Mac ⌥ does the
  // same for signs.
  if (!sign && event.getModifierState?.('AltGraph') === true) return false
  const alt = event.altKey === parts.includes('alt') || (mac && sign)
  const shift = event.shiftKey === parts.includes('shift') || sign || (given && /^[0-9]$/.test(key))
  return alt && shift && (given || byPlace(event, key, mac))
}

/** True for the key at the position of `key` on a US keyboard, on a layout without that letter. */
function byPlace(event: KeyPress, key: string, mac: boolean): boolean {
  if (/^[0-9]$/.test(key)) return event.code === `Digit${key}` && !/^[a-z0-9]$/i.test(event.key)
  const place = /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : SIGN_PLACES[key]
  return (
    place !== undefined &&
    event.code === place &&
    (OTHER_SCRIPT.test(event.key) || (mac && event.altKey && !/^[ -~]$/.test(event.key)))
  )
}

const SIGN_PLACES: Readonly<Record<string, string>> = {
  ',': 'Comma',
  '/': 'Slash',
  '[': 'BracketLeft',
  ']': 'BracketRight',
}

/**
 * Hides key presses of an input method from the page: Esc ends its word, Enter chooses it. Dialogs,
 * menus and fields need not handle them. Source: UI Events, "keydown during composition".
 */
export function leaveToInputMethod(window: Window): void {
  window.addEventListener(
    'keydown',
    (event) => {
      if (isInputMethods(event)) event.stopImmediatePropagation()
    },
    true,
  )
}

/** 229 means "an input method has the key", in some browsers also just after the end of a word. */
export const isInputMethods = (event: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean =>
  event.isComposing || event.keyCode === 229
