import { Failure, type KeyImportProblem } from '../../../../shared/contract/errors.ts'
import { INTEGER, OCTET_STRING, OID } from '../../../../shared/format/der.ts'

/**
 * One element of DER (or BER, which older PKCS#12 files are, and `format/der.ts` does not read).
 * Views into the bytes it was read from, not copies.
 */
export interface Der {
  /** The whole first byte: class, constructed bit and number. */
  readonly tag: number
  readonly body: Uint8Array
  readonly whole: Uint8Array
}

const CONSTRUCTED = 0x20
const MAX_DEPTH = 24

/** Stops reading a key file. */
export function refuse(problem: KeyImportProblem): never {
  throw new Failure({ code: 'key-import', problem })
}

/**
 * The element at the start of `bytes`; what follows it is ignored. Errors Failure 'key-import'
 * not-a-key.
 */
export function readDer(bytes: Uint8Array): Der {
  return elementAt(bytes, 0, 0)
}

/** The elements inside; for a primitive element none. */
export function inside(der: Der): readonly Der[] {
  return (der.tag & CONSTRUCTED) === 0 ? [] : elementsOf(der.body, 0)
}

function elementsOf(bytes: Uint8Array, depth: number): readonly Der[] {
  const found: Der[] = []
  for (let at = 0; at < bytes.length;) {
    const element = elementAt(bytes, at, depth)
    found.push(element)
    at += element.whole.length
  }
  return found
}

function elementAt(bytes: Uint8Array, start: number, depth: number): Der {
  const tag = bytes[start]
  const first = bytes[start + 1]
  // Numbers above 30 take more tag bytes; nothing in a key file has one.
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f || depth > MAX_DEPTH)
    refuse('not-a-key')
  if (first === 0x80) return indefiniteAt(bytes, start, tag, depth)
  let at = start + 2
  let length = first
  if (first > 0x80) {
    const count = first - 0x80
    if (count > 4) refuse('not-a-key')
    length = 0
    for (const end = at + count; at < end; at++)
      length = length * 256 + (bytes[at] ?? refuse('not-a-key'))
  }
  const end = at + length
  if (end > bytes.length) refuse('not-a-key')
  return { tag, body: bytes.subarray(at, end), whole: bytes.subarray(start, end) }
}

/** BER: elements until two zero bytes. */
function indefiniteAt(bytes: Uint8Array, start: number, tag: number, depth: number): Der {
  if ((tag & CONSTRUCTED) === 0) refuse('not-a-key')
  let at = start + 2
  while (bytes[at] !== 0 || bytes[at + 1] !== 0) at += elementAt(bytes, at, depth + 1).whole.length
  return { tag, body: bytes.subarray(start + 2, at), whole: bytes.subarray(start, at + 2) }
}

/**
 * Content of an octet string, also of one in pieces (BER). `tag`: another one, where the type is
 * implicit.
 */
export function octets(der: Der | undefined, tag: number = OCTET_STRING): Uint8Array {
  if (der?.tag === tag) return der.body
  if (der?.tag !== (tag | CONSTRUCTED)) refuse('not-a-key')
  return Buffer.concat(
    inside(der).map((piece) => (piece.tag === OCTET_STRING ? piece.body : refuse('not-a-key'))),
  )
}

/** A whole number from 0 to 2^31 - 1. */
export function smallInteger(der: Der | undefined): number {
  if (der?.tag !== INTEGER || der.body.length > 5) refuse('not-a-key')
  const value = der.body.reduce((sum, byte) => sum * 256 + byte, 0)
  return (der.body[0] ?? 0x80) < 0x80 && value < 2 ** 31 ? value : refuse('not-a-key')
}

/** Dotted text of an object identifier, '' for any other element. */
export function oidText(der: Der | undefined): string {
  if (der?.tag !== OID) return ''
  const numbers: number[] = []
  let number = 0
  for (const byte of der.body) {
    number = number * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    numbers.push(number)
    number = 0
  }
  const [first = 0, ...rest] = numbers
  const root = Math.min(Math.floor(first / 40), 2)
  return [root, first - root * 40, ...rest].join('.')
}
