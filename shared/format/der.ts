import { joined } from './bytes.ts'

/*
 * DER, ITU-T X.690: a strict reader that sees an element before its content has arrived, and the
 * writer. Key files are read by `core/keys/der.ts` instead, because what holds keys is often BER
 * and is always there as a whole.
 */

export const INTEGER = 0x02
export const BIT_STRING = 0x03
export const OCTET_STRING = 0x04
const NULL = 0x05
export const OID = 0x06
export const SEQUENCE = 0x30
export const SET = 0x31

/** Where an element is, told by its first bytes alone. */
export interface Element {
  /** The whole first byte: class, constructed bit and number. */
  readonly tag: number
  /** Offset of the first byte of the content. */
  readonly start: number
  /** Offset behind the content; the bytes at hand may end before it. */
  readonly end: number
}

/** Lengths of six bytes count to 256 TiB, more than OSS holds. */
const MAX_LENGTH_BYTES = 6

/**
 * The element at offset `at`, which must end at `limit` or before.
 * Shape  'more': tag and length are not all in `bytes` yet; null: no DER, or longer than `limit`
 * allows. Definite lengths in their shortest form only, and tag numbers below 31: no SDK writes
 * anything else, and one message has one form.
 */
export function elementAt(bytes: Uint8Array, at: number, limit: number): Element | 'more' | null {
  if (at + 2 > limit) return null
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) return 'more'
  if ((tag & 0x1f) === 0x1f) return null
  if (first < 0x80) return fitting(tag, at + 2, first, limit)
  const count = first - 0x80
  if (count === 0 || count > MAX_LENGTH_BYTES) return null
  const start = at + 2 + count
  if (start > limit) return null
  if (start > bytes.length) return 'more'
  let length = 0
  for (let i = at + 2; i < start; i++) length = length * 256 + (bytes[i] ?? 0)
  return length < 0x80 || bytes[at + 2] === 0 ? null : fitting(tag, start, length, limit)
}

function fitting(tag: number, start: number, length: number, limit: number): Element | null {
  return start + length <= limit ? { tag, start, end: start + length } : null
}

/**
 * The elements between two offsets; null when they do not fill the place exactly, or are not all in
 * `bytes`.
 */
export function elementsIn(
  bytes: Uint8Array,
  { start, end }: Omit<Element, 'tag'>,
): readonly Element[] | null {
  if (end > bytes.length) return null
  const found: Element[] = []
  for (let at = start; at < end;) {
    const element = elementAt(bytes, at, end)
    if (element === null || element === 'more') return null
    found.push(element)
    at = element.end
  }
  return found
}

/** A whole number from 0 to 2^31 - 1 in its shortest form, else null. */
export function wholeNumber(bytes: Uint8Array, { tag, start, end }: Element): number | null {
  const body = bytes.subarray(start, end)
  const [first = 0x80, second = 0x80] = body
  if (
    tag !== INTEGER ||
    body.length > 4 ||
    first >= 0x80 ||
    (first === 0 && body.length > 1 && second < 0x80)
  )
    return null
  return body.reduce((sum, byte) => sum * 256 + byte, 0)
}

/** Tag and length of an element whose content of `length` bytes follows. */
export function derStart(tag: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tag, length)
  const bytes: number[] = []
  for (let left = length; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256)
  return Uint8Array.of(tag, 0x80 + bytes.length, ...bytes)
}

export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return joined(
    derStart(
      tag,
      parts.reduce((sum, part) => sum + part.length, 0),
    ),
    ...parts,
  )
}

/** `value`: a whole number from 0 to 2^31 - 1. */
export function derInteger(value: number): Uint8Array {
  const bytes: number[] = []
  for (let left = value; left > 0; left >>= 8) bytes.unshift(left & 0xff)
  return der(INTEGER, Uint8Array.from((bytes[0] ?? 0x80) < 0x80 ? bytes : [0, ...bytes]))
}

export const derNull = (): Uint8Array => der(NULL)

/** `text`: dotted numbers, each below 2^28. */
export function derOid(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap((number) => {
    const digits = [number & 0x7f]
    for (let left = number >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80)
    return digits
  })
  return der(OID, Uint8Array.from(bytes))
}
