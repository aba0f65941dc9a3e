import type { Language } from '../../shared/contract/sentences/sentences.ts'

const orders = new Map<Language, (a: string, b: string) => number>()

/**
 * Compares names as people look for them: `file2` before `file10`, capitals among small letters,
 * Chinese by sound in Chinese.
 */
export function nameOrder(language: Language): (a: string, b: string) => number {
  const known = orders.get(language)
  if (known !== undefined) return known
  const { compare } = new Intl.Collator(language, { numeric: true })
  orders.set(language, compare)
  return compare
}
