import type { MasterKey } from './models.ts'

/**
 * The state of the recovery sheets of a key. 'none': nobody wrote one here. 'unread': a sheet was
 * written, and never read back. 'current': a sheet was read back within twelve months. 'due': that
 * is longer ago. The window shows all but 'current' in amber.
 */
export type SheetState = 'none' | 'unread' | 'current' | 'due'

/**
 * Returns the state of a key's recovery sheets. Null for a key that has no sheet: a key that is not
 * RSA, a public half alone, or a key of this session. `now`: ms since 1970.
 */
export function sheetStateOf(key: MasterKey, now: number): SheetState | null {
  const { kind, hasPrivate, origin, escrowed, sheets } = key
  if (kind !== 'rsa' || !hasPrivate || origin === 'session' || origin === 'sample') return null
  if (escrowed === null) return sheets === null ? 'none' : 'unread'
  return now < nextReadBack(escrowed) ? 'current' : 'due'
}

/**
 * Returns the time at which a sheet should be read back again, in ms since 1970. It is the same day
 * of the next year. `escrowed`: ISO 8601.
 */
export function nextReadBack(escrowed: string): number {
  const at = new Date(escrowed)
  return at.setUTCFullYear(at.getUTCFullYear() + 1)
}

/** Returns the whole months between two times in ms since 1970, 0 where the first is later. */
export function monthsBetween(from: number, to: number): number {
  const [a, b] = [new Date(from), new Date(to)]
  const months = (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth()
  return Math.max(0, b.getUTCDate() < a.getUTCDate() ? months - 1 : months)
}
