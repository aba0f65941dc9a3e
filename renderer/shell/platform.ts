/** The keyboard is a Mac's: ⌘ stands where others have Ctrl. */
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
 * Letters and marks of another script than Latin: what a key of a Russian, Greek, Hebrew or Thai
 * layout gives.
 */
const OTHER_SCRIPT = /^(?!.*\p{Script=Latin})[\p{L}\p{M}]+$/u

/**
 * Does a key press mean this chord? `mod` is ⌘ on a Mac and Ctrl elsewhere. What the key gives
 * counts, whatever the case, and not its place on a US keyboard. The place counts where the key
 * gives no Latin letter at all; ⌥ hides the letter on a Mac. Digits count by their place too,
 * because many layouts have them behind Shift. A sign counts however the layout writes it, with
 * Shift or without.
 */
export function isChord(event: KeyPress, chord: string, mac = isMac): boolean {
  const parts = chord.split('+')
  const key = parts.at(-1) ?? ''
  const mod = mac ? event.metaKey : event.ctrlKey
  const other = mac ? event.ctrlKey : event.metaKey
  if (mod !== parts.includes('mod') || other) return false
  const given = event.key.toLowerCase() === key.toLowerCase()
  const sign = given && /^[^a-z0-9]$/i.test(key)
  // What AltGr writes is no letter or digit that was meant. On a Mac ⌥ does the same for signs.
  if (!sign && event.getModifierState?.('AltGraph') === true) return false
  const alt = event.altKey === parts.includes('alt') || (mac && sign)
  const shift = event.shiftKey === parts.includes('shift') || sign || (given && /^[0-9]$/.test(key))
  return alt && shift && (given || byPlace(event, key, mac))
}

/**
 * Is it the key that stands where a US keyboard has `key`, on a layout that has no such letter
 * there or anywhere?
 */
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
 * A key press that an input method takes for itself: Esc ends its word, Enter chooses it. It is
 * kept from everything that listens in the page, so that no dialog, menu or field has to think of
 * it. Source: UI Events, "keydown during composition".
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

/** 229: "an input method has it", also just after the end of a word in some browsers. */
export const isInputMethods = (event: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean =>
  event.isComposing || event.keyCode === 229
