import { fromBase64, toBase64 } from '../../../../shared/format/base64.ts'
import { utf8, utf8Text } from '../../../../shared/format/bytes.ts'

/**
 * What a program is asked, in one JSON line on its standard input. README, "An external program as
 * master key".
 */
export interface CommandRequest {
  readonly operation: 'wrap' | 'unwrap'
  readonly wrapAlgorithm: string
  /** Of the master key as it stands here, '' for none. */
  readonly keyDescription: string
  readonly bytes: Uint8Array
}

/** What a program answered. The caller wipes `bytes`. `text`: for people, made harmless. */
export type CommandAnswer =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly text: string }

/** The line, ended. To be wiped after use where it holds a key in the clear. */
export function writeRequest({
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
 * Everything a program wrote: one JSON object, blanks around it and a byte order mark before it
 * allowed, and nothing else. Members that are not known are passed over. `error` counts before
 * `bytes`. Null: anything else.
 */
export function readAnswer(output: Uint8Array): CommandAnswer | null {
  const text = utf8Text(output)
  if (text === null) return null
  let value: unknown
  try {
    value = JSON.parse(text.trim()) // trim also takes a byte order mark
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const { error, bytes } = value as { readonly error?: unknown; readonly bytes?: unknown }
  if (typeof error === 'string') return { kind: 'refused', text: harmless(error) }
  const decoded = typeof bytes === 'string' ? fromBase64(bytes) : null
  return decoded === null ? null : { kind: 'bytes', bytes: decoded }
}

/** Characters of a program's own words that are passed on. */
const MAX_WORDS = 200
/** Also halves of a pair: no text can hold them. */
const CONTROLS = /[\p{Cc}\p{Cs}\u2028\u2029]+/gu
/**
 * 16 bytes or more, as base64 or hexadecimal digits: a program that quotes what it was given would
 * quote a data key.
 */
const KEY_SHAPED = /[A-Za-z0-9+/_-]{22,}={1,2}|[A-Za-z0-9_-]{43,}|[0-9a-fA-F]{32,}/g

/**
 * Without control characters and without what could be a key, cut to 200 characters: it is shown,
 * and it is logged.
 */
function harmless(words: string): string {
  return [...words.replace(KEY_SHAPED, '…').replace(CONTROLS, ' ').trim()]
    .slice(0, MAX_WORDS)
    .join('')
}
