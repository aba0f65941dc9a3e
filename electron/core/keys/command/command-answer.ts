import { fromBase64, toBase64 } from '../../../../shared/format/base64.ts'
import { utf8, utf8Text } from '../../../../shared/format/bytes.ts'

/**
 * A request to a program: one line of JSON on its standard input. See README, "An external program
 * as master key".
 */
export interface CommandRequest {
  readonly operation: 'wrap' | 'unwrap'
  readonly wrapAlgorithm: string
  /** The description of the master key, '' for none. */
  readonly keyDescription: string
  readonly bytes: Uint8Array
}

/**
 * The answer of a program. The caller wipes `bytes`. `text`: the program's own words, made
 * harmless.
 */
export type CommandAnswer =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly text: string }

/**
 * Writes the request line with its line end. The caller wipes the line, which can hold a plaintext
 * key.
 */
export function writeCommandRequest({
  operation,
  wrapAlgorithm,
  keyDescription,
  bytes,
}: CommandRequest): Uint8Array {
  return utf8(
    `${JSON.stringify({ version: 1, operation, wrapAlgorithm, keyDescription, bytes: toBase64(bytes) })}\n`,
  )
}

/**
 * Reads the whole output of a program: one JSON object, with blanks around it and a byte order mark
 * before it. Unknown members are ignored. `error` counts before `bytes`. Returns null for any other
 * output.
 */
export function readCommandAnswer(output: Uint8Array): CommandAnswer | null {
  const text = utf8Text(output)
  if (text === null) return null
  let value: unknown
  try {
    value = JSON.parse(text.trim()) // trim also removes a byte order mark
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const { error, bytes } = value as { readonly error?: unknown; readonly bytes?: unknown }
  if (typeof error === 'string') return { kind: 'refused', text: harmless(error) }
  const decoded = typeof bytes === 'string' ? fromBase64(bytes) : null
  return decoded === null ? null : { kind: 'bytes', bytes: decoded }
}

/** The most characters of a program's own words that are shown. */
const MAX_WORDS = 200
/** Control characters, and single halves of a surrogate pair, which no text can hold. */
const CONTROLS = /[\p{Cc}\p{Cs}\u2028\u2029]+/gu
/**
 * Base64 or hexadecimal digits of 16 bytes or more. A program that quotes its input would quote a
 * data key.
 */
const KEY_SHAPED = /[A-Za-z0-9+/_-]{22,}={1,2}|[A-Za-z0-9_-]{43,}|[0-9a-fA-F]{32,}/g

/**
 * Removes control characters and everything that could be a key, and cuts the text to 200
 * characters. The text is shown and logged.
 */
function harmless(words: string): string {
  return [...words.replace(KEY_SHAPED, '…').replace(CONTROLS, ' ').trim()]
    .slice(0, MAX_WORDS)
    .join('')
}
