/**
 * True if two descriptions have the same pairs, in any order and spacing. Only texts of the window
 * depend on it; the core decides which key fits.
 */
export function isSameShownDescription(a: string, b: string): boolean {
  if (a === '' || b === '') return false
  const pairs = (text: string): string => {
    try {
      return JSON.stringify(
        Object.entries(JSON.parse(text) as object).sort(([x], [y]) => (x < y ? -1 : 1)),
      )
    } catch {
      return text
    }
  }
  return pairs(a) === pairs(b)
}
