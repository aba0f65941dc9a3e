/** The keyboard is a Mac's: ⌘ stands where others have Ctrl. */
export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** `mod+shift+u` → `⇧⌘U` or `Ctrl+Shift+U`. */
export function keysText(chord: string): string {
  const parts = chord.split('+')
  const last = parts.at(-1) ?? ''
  const key = KEY_TEXT[last] ?? (last.length === 1 ? last.toUpperCase() : last)
  const has = (name: string) => parts.includes(name)
  if (isMac) return `${has('alt') ? '⌥' : ''}${has('shift') ? '⇧' : ''}${has('mod') ? '⌘' : ''}${key}`
  return [has('mod') && 'Ctrl', has('alt') && 'Alt', has('shift') && 'Shift', key].filter(Boolean).join('+')
}

const KEY_TEXT: Readonly<Record<string, string>> = isMac
  ? { Delete: '⌫', Enter: '↩', ArrowUp: '↑', ArrowLeft: '←', ArrowRight: '→' }
  : { Delete: 'Del', ArrowUp: '↑', ArrowLeft: '←', ArrowRight: '→' }

/** Does a key press mean this chord? `mod` is ⌘ on a Mac and Ctrl elsewhere; letters are matched whatever the case. */
export function isChord(event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>, chord: string, mac = isMac): boolean {
  const parts = chord.split('+')
  const key = parts.at(-1) ?? ''
  const mod = mac ? event.metaKey : event.ctrlKey
  const other = mac ? event.ctrlKey : event.metaKey
  const same = event.key.toLowerCase() === key.toLowerCase() || event.code === `Key${key.toUpperCase()}` || event.code === `Digit${key}`
  return same && mod === parts.includes('mod') && !other && event.altKey === parts.includes('alt') && event.shiftKey === parts.includes('shift')
}
