import type { AppError } from '../errors.ts'

/**
 * One function for each error code that returns its sentence. A new code does not compile until
 * both languages have a sentence. `keychain`: the keychain's name on this system.
 */
export type Sentences = {
  readonly [C in AppError['code']]: (
    error: Extract<AppError, { readonly code: C }>,
    keychain: string,
  ) => string
}

/** Longest name that a sentence repeats in full, in characters. */
const LONGEST = 80

/**
 * Names of the bidi controls. Sentences show them, because a bidi control can make a name read as
 * another name.
 */
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
 * Returns a name from outside in a form that is safe in a sentence. Control characters become
 * pictures, bidi controls become their names, and a long name is cut in the middle.
 */
export function shown(name: string): string {
  const letters = [...name].map(visible)
  if (letters.length <= LONGEST) return letters.join('')
  return `${letters.slice(0, LONGEST - 21).join('')}…${letters.slice(-20).join('')}`
}

/** Returns the same form in full length, for lists and tables. */
export const visibleName = (name: string): string => [...name].map(visible).join('')

function visible(letter: string): string {
  const point = letter.codePointAt(0) ?? 0
  if (point < 0x20) return String.fromCodePoint(0x2400 + point)
  if (point === 0x7f) return '␡'
  if (point >= 0x80 && point <= 0x9f) return '�'
  const bidi = BIDI[letter]
  return bidi === undefined ? letter : `⟨${bidi}⟩`
}

/** Writes bytes in powers of 1000 with three significant digits: `2.41 MB`. */
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

/**
 * Returns the last word of an envelope header: `start` for
 * `x-oss-meta-client-side-encryption-start`.
 */
export const headerWord = (header: string): string =>
  header.toLowerCase().replace(/^(x-oss-meta-)?(client-side-encryption-|oss-crypto-)?/, '')

/** Says whether an endpoint is the domain of a bucket, as the OSS console shows it. */
export const isBucketDomain = (endpoint: string): boolean =>
  /^(https?:\/\/)?[^./]+\.(oss-[a-z0-9-]+|[a-z0-9-]+\.oss)\.aliyuncs\.com(\/|$)/i.test(
    endpoint.trim(),
  )

/**
 * Returns the RAM permission behind an action of OSS (also without its prefix) or KMS. Returns ''
 * when `action` is not an action.
 */
export function permission(action: string): string {
  const [, service = 'oss:', name] = /^(oss:|kms:)?([A-Z][A-Za-z0-9]+)$/.exec(action) ?? []
  return name === undefined ? '' : service + name
}
