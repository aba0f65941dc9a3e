/**
 * The same pairs, whatever the order and the spaces. The core decides; this only chooses the words.
 */
export function sameDescription(a: string, b: string): boolean {
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
