import { joined } from './bytes.ts'

/*
 * DER and BER, ITU-T X.690: the one reader, and the writer of DER. Messages of the KMS Encryption
 * SDK are read as strict DER. Key files are read tolerantly, because the tools that write them
 * often write BER.
 */

export const INTEGER = 0x02
export const BIT_STRING = 0x03
export const OCTET_STRING = 0x04
const NULL = 0x05
const OID = 0x06
export const SEQUENCE = 0x30
export const SET = 0x31
/** The bit of a tag that says that an element holds other elements. */
export const CONSTRUCTED = 0x20

/**
 * Which encodings the reader takes.
 * 'strict': definite lengths in their shortest form. No SDK writes anything else, and a message
 * then has exactly one form.
 * 'tolerant': longer forms of a length, and constructed elements of indefinite length.
 */
export type DerRules = 'strict' | 'tolerant'

/** The place of an element, read from its first bytes alone. All offsets are in bytes. */
export interface Element {
  /** The whole first byte: class, constructed bit and number. */
  readonly tag: number
  /** Offset of the first byte of the content. */
  readonly start: number
  /** Offset behind the content. The bytes at hand may end before it. */
  readonly end: number
  /** Offset of what follows: `end`, or two bytes behind it for an element of indefinite length. */
  readonly next: number
}

/** Lengths of six bytes count to 256 TiB, more than OSS holds. */
const MAX_LENGTH_BYTES = 6
/** Elements of indefinite length within each other. Key files nest five. */
const MAX_DEPTH = 24

/**
 * Finds the element at offset `at`, which must end at `limit` or before. Returns 'more' while the
 * tag and the length are not all in `bytes`. Returns null for bytes that are not an element, or
 * that do not end at `limit`. Tag numbers above 30 are not read.
 */
export function elementAt(
  bytes: Uint8Array,
  at: number,
  limit: number,
  rules: DerRules = 'strict',
): Element | 'more' | null {
  return elementWithin(bytes, at, limit, rules, 0)
}

function elementWithin(
  bytes: Uint8Array,
  at: number,
  limit: number,
  rules: DerRules,
  depth: number,
): Element | 'more' | null {
  if (at + 2 > limit || depth > MAX_DEPTH) return null
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) return 'more'
  if ((tag & 0x1f) === 0x1f) return null
  if (first < 0x80) return fitting(tag, at + 2, first, limit)
  const count = first - 0x80
  if (count === 0)
    return rules === 'strict' || (tag & CONSTRUCTED) === 0
      ? null
      : indefiniteAt(bytes, at, tag, limit, depth)
  if (count > MAX_LENGTH_BYTES) return null
  const start = at + 2 + count
  if (start > limit) return null
  if (start > bytes.length) return 'more'
  let length = 0
  for (let i = at + 2; i < start; i++) length = length * 256 + (bytes[i] ?? 0)
  const isShortest = length >= 0x80 && bytes[at + 2] !== 0
  return isShortest || rules === 'tolerant' ? fitting(tag, start, length, limit) : null
}

function fitting(tag: number, start: number, length: number, limit: number): Element | null {
  const end = start + length
  return end <= limit ? { tag, start, end, next: end } : null
}

/** The content of an element of indefinite length ends before two zero bytes. */
function indefiniteAt(
  bytes: Uint8Array,
  at: number,
  tag: number,
  limit: number,
  depth: number,
): Element | 'more' | null {
  const start = at + 2
  for (let end = start; ;) {
    if (end + 2 > limit) return null
    if (end + 2 > bytes.length) return 'more'
    if (bytes[end] === 0 && bytes[end + 1] === 0) return { tag, start, end, next: end + 2 }
    const inner = elementWithin(bytes, end, limit, 'tolerant', depth + 1)
    if (inner === null || inner === 'more') return inner
    end = inner.next
  }
}

/**
 * Lists the elements between two offsets. Returns null when the elements do not fill the place
 * exactly, or are not all in `bytes`.
 */
export function elementsIn(
  bytes: Uint8Array,
  { start, end }: Pick<Element, 'start' | 'end'>,
  rules: DerRules = 'strict',
): readonly Element[] | null {
  if (end > bytes.length) return null
  const found: Element[] = []
  for (let at = start; at < end;) {
    const element = elementAt(bytes, at, end, rules)
    if (element === null || element === 'more') return null
    found.push(element)
    at = element.next
  }
  return found
}

/**
 * Reads an INTEGER from 0 to 2^31 - 1, and returns null for anything else. The strict rules also
 * ask for the shortest form.
 */
export function smallInteger(
  bytes: Uint8Array,
  { tag, start, end }: Pick<Element, 'tag' | 'start' | 'end'>,
  rules: DerRules = 'strict',
): number | null {
  const body = bytes.subarray(start, end)
  const [first = 0x80, second = 0x80] = body
  const isShortest = first !== 0 || body.length === 1 || second >= 0x80
  if (tag !== INTEGER || body.length > 5 || first >= 0x80) return null
  if (rules === 'strict' && !isShortest) return null
  const value = body.reduce((sum, byte) => sum * 256 + byte, 0)
  return value < 2 ** 31 ? value : null
}

/** Reads an object identifier as dotted numbers, and returns '' for any other element. */
export function oidText(bytes: Uint8Array, { tag, start, end }: Element): string {
  if (tag !== OID) return ''
  const numbers: number[] = []
  let number = 0
  for (const byte of bytes.subarray(start, end)) {
    number = number * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    numbers.push(number)
    number = 0
  }
  const [first = 0, ...rest] = numbers
  const root = Math.min(Math.floor(first / 40), 2)
  return [root, first - root * 40, ...rest].join('.')
}

/** Writes the tag and the length of an element whose content of `length` bytes follows. */
export function derStart(tag: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tag, length)
  const bytes: number[] = []
  for (let left = length; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256)
  return Uint8Array.of(tag, 0x80 + bytes.length, ...bytes)
}

/** Writes an element whose content is `parts`, one after the other. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return joined(
    derStart(
      tag,
      parts.reduce((sum, part) => sum + part.length, 0),
    ),
    ...parts,
  )
}

/** Writes an INTEGER. `value`: a whole number from 0 to 2^31 - 1. */
export function derInteger(value: number): Uint8Array {
  const bytes: number[] = []
  for (let left = value; left > 0; left >>= 8) bytes.unshift(left & 0xff)
  return der(INTEGER, Uint8Array.from((bytes[0] ?? 0x80) < 0x80 ? bytes : [0, ...bytes]))
}

/** Writes a NULL. */
export const derNull = (): Uint8Array => der(NULL)

/** Writes an object identifier. `text`: dotted numbers, each below 2^28. */
export function derOid(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap((number) => {
    const digits = [number & 0x7f]
    for (let left = number >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80)
    return digits
  })
  return der(OID, Uint8Array.from(bytes))
}
