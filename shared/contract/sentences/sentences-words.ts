import type { AppError } from '../errors.ts'

/**
 * One sentence maker per code. A new code does not compile until both languages have one.
 * `keychain`: its name on this system.
 */
export type Sentences = {
  readonly [C in AppError['code']]: (
    error: Extract<AppError, { readonly code: C }>,
    keychain: string,
  ) => string
}

/** Longest name a sentence repeats in full, in characters. */
const LONGEST = 80

/** Names of the bidi controls. Shown, because they can make a name read as another one. */
const BIDI: Readonly<Record<string, string>> = {
  '\u200e': 'LRM',
  '\u200f': 'RLM',
  '\u061c': 'ALM',
  '\u202a': 'LRE',
  '\u202b': 'RLE',
  '\u202c': 'PDF',
  '\u202d': 'LRO',
  '\u202e': 'RLO',
  '\u2066': 'LRI',
  '\u2067': 'RLI',
  '\u2068': 'FSI',
  '\u2069': 'PDI',
}

/**
 * A name from outside as it may stand in a sentence: control characters as pictures, bidi controls
 * by their name, and cut in the middle when it is long.
 */
export function shown(name: string): string {
  const letters = [...name].map(visible)
  if (letters.length <= LONGEST) return letters.join('')
  return `${letters.slice(0, LONGEST - 21).join('')}…${letters.slice(-20).join('')}`
}

/** The same in full length, for lists and tables. */
export const visibleName = (name: string): string => [...name].map(visible).join('')

function visible(letter: string): string {
  const point = letter.codePointAt(0) ?? 0
  if (point < 0x20) return String.fromCodePoint(0x2400 + point)
  if (point === 0x7f) return '␡'
  if (point >= 0x80 && point <= 0x9f) return '�'
  const bidi = BIDI[letter]
  return bidi === undefined ? letter : `⟨${bidi}⟩`
}

/** Bytes in powers of 1000 with three significant digits: `2.41 MB`. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = count
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${units[unit]}`
}

/** The last word of an envelope header: `start` for `x-oss-meta-client-side-encryption-start`. */
export const headerWord = (header: string): string =>
  header.toLowerCase().replace(/^(x-oss-meta-)?(client-side-encryption-|oss-crypto-)?/, '')

/** Is it the domain of a bucket, as the OSS console shows it, where an endpoint was asked for? */
export const isBucketDomain = (endpoint: string): boolean =>
  /^(https?:\/\/)?[^./]+\.(oss-[a-z0-9-]+|[a-z0-9-]+\.oss)\.aliyuncs\.com(\/|$)/i.test(
    endpoint.trim(),
  )

/**
 * The RAM permission behind an action of OSS (also without its prefix) or KMS; '' when `action` is
 * none.
 */
export function permission(action: string): string {
  const [, service = 'oss:', name] = /^(oss:|kms:)?([A-Z][A-Za-z0-9]+)$/.exec(action) ?? []
  return name === undefined ? '' : service + name
}
