import { fromBase64, toBase64 } from '../base64.ts'

/** One character of base64, plain or as a program escaped it. */
const LETTERS =
  /(?:[A-Za-z0-9+/_=-]|%[0-9A-Fa-f]{2}|\\+[/=+]|\\+u00[0-9A-Fa-f]{2}|\\+x[0-9A-Fa-f]{2}|&#x?[0-9A-Fa-f]{1,6};|&(?:plus|equals|sol);)+/y
/**
 * From the end of one line of a value to the next: quotes, operators that join texts, the marks of
 * quoted lines.
 */
const NEXT_LINE =
  /\\*["'`]?[ \t]*[+.\\&]?[ \t]*(?:\r\n?|\n|\\+r\\+n|\\+n)(?:[ \t>|*<#]|\\+t)*(?:\d{1,4}[:|][ \t]*)?\\*["'`]?/y
/**
 * The characters that may follow a value. A dot may not, because programs write dots where they
 * cut.
 */
const ENDED =
  /(?:$|[\s"'`“”‘’,;)\]}<>|\\]|&(?:quot|#|lt|gt|nbsp|amp);?|&(?:[A-Za-z]|$)|\[(?:\\[rn]\]|$)|%(?:22|0|2C|5D|7D))/y
/**
 * The most lines of one value. 64 lines of 43 letters hold a value that a key of 16,384 bits
 * wrapped.
 */
const MAX_LINES = 64

/** Base64 in a text, perhaps over several lines. */
export interface Base64Run {
  /**
   * One piece for each line. Later pieces may not belong to the value; the caller finds that out.
   */
  readonly pieces: readonly string[]
  /** The offset behind the last piece. */
  readonly end: number
  /** True when nothing behind the value shows that it was cut off. */
  readonly whole: boolean
}

/** Finds the base64 that begins at `at`, and returns null without any. */
export function base64RunAt(text: string, at: number, maxLines = MAX_LINES): Base64Run | null {
  let end = matchEnd(LETTERS, text, at)
  if (end === null) return null
  const pieces = [unescaped(text.slice(at, end))]
  const isUrl = /[-_]/.test(pieces[0] ?? '')
  while (pieces.length < maxLines && !/[^=]=+$/.test(pieces.at(-1) ?? '')) {
    const next = matchEnd(NEXT_LINE, text, end)
    const close = next === null ? null : matchEnd(LETTERS, text, next)
    if (next === null || close === null || matchEnd(ENDED, text, close) === null) break
    const piece = unescaped(text.slice(next, close))
    if (
      !(isUrl ? /^[\w=-]+$/ : /^[A-Za-z0-9+/]+={0,2}$/).test(piece) ||
      /^[ \t]*[:=]/.test(text.slice(close, close + 8))
    )
      break
    pieces.push(piece)
    end = close
  }
  return { pieces, end, whole: matchEnd(ENDED, text, end) !== null }
}

function matchEnd(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : null
}

const ENTITIES: Readonly<Record<string, string>> = {
  plus: '+',
  equals: '=',
  sol: '/',
  quot: '"',
  apos: "'",
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: ' ',
  hyphen: '-',
  dash: '-',
  colon: ':',
  comma: ',',
  NewLine: '\n',
  Tab: '\t',
  lbrace: '{',
  lcub: '{',
  rbrace: '}',
  rcub: '}',
  lowbar: '_',
}

/** Undoes the escapes of HTML in one pass. A text that was escaped twice is still escaped once. */
export function withoutEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([A-Za-z]{2,8}));/gi,
    (all, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? all
      const point = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal)
      return point <= 0x10ffff ? String.fromCodePoint(point) : all
    },
  )
}

/** Undoes percent-encoding. Bytes that are not UTF-8 stay encoded. */
export function withoutPercents(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (all) => {
    try {
      return decodeURIComponent(all)
    } catch {
      return all
    }
  })
}

/** Undoes the escapes of letters. The last step undoes what mail does to an equals sign. */
export function unescaped(text: string): string {
  if (!/[\\%&]|=3d/i.test(text)) return text
  return withoutEntities(withoutPercents(text))
    .replace(
      /(?<!\\)\\+(?:u00([0-9a-f]{2})|x([0-9a-f]{2}))/gi,
      (_, wide?: string, narrow?: string) =>
        String.fromCharCode(parseInt(wide ?? narrow ?? '', 16)),
    )
    .replace(/(?<!\\)\\+([/=+:])/g, '$1')
    .replace(/=3D/gi, '=')
}

/**
 * Returns base64 as {@link toBase64} writes it, from a text in the URL alphabet or without padding.
 * Returns null for a text with several readings, or with none.
 */
export function canonicalBase64(text: string): string | null {
  const padding = /=*$/.exec(text.slice(-3))?.[0].length ?? 0
  const digits = text.slice(0, text.length - padding)
  if (digits === '' || (/[-_]/.test(digits) && /[+/]/.test(digits))) return null
  const missing = (4 - (digits.length % 4)) % 4
  if (missing === 3 || padding > missing) return null
  const whole = digits.replaceAll('-', '+').replaceAll('_', '/') + '='.repeat(missing)
  const bytes = fromBase64(whole)
  return bytes === null ? null : toBase64(bytes)
}

/** Returns the bytes that padded base64 stands for. */
export const base64Bytes = (text: string): number =>
  (text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0)
