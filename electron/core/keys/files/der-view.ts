import {
  CONSTRUCTED,
  elementAt,
  elementsIn,
  OCTET_STRING,
  oidText,
  SEQUENCE,
  smallInteger,
  type Element,
} from '../../../../shared/format/der.ts'
import { rejectKeyFile } from './refuse.ts'

/**
 * One element of a key file, read by the tolerant rules of `format/der.ts`. Body and whole are
 * views of the bytes that the element was read from, not copies.
 */
export interface DerView {
  /** The whole first byte: class, constructed bit and number. */
  readonly tag: number
  readonly body: Uint8Array
  /** Tag, length and body. */
  readonly whole: Uint8Array
}

/**
 * Reads the element at the start of `bytes` and ignores what follows it. Throws Failure
 * 'key-import' not-a-key.
 */
export function readDer(bytes: Uint8Array): DerView {
  const element = elementAt(bytes, 0, bytes.length, 'tolerant')
  return element === null || element === 'more'
    ? rejectKeyFile('not-a-key')
    : viewOf(bytes, 0, element)
}

/** Lists the elements inside an element. A primitive element has none. */
export function inside({ tag, body }: DerView): readonly DerView[] {
  if ((tag & CONSTRUCTED) === 0) return []
  const elements =
    elementsIn(body, { start: 0, end: body.length }, 'tolerant') ?? rejectKeyFile('not-a-key')
  return elements.map((element, i) => viewOf(body, elements[i - 1]?.next ?? 0, element))
}

const viewOf = (bytes: Uint8Array, at: number, { tag, start, end, next }: Element): DerView => ({
  tag,
  body: bytes.subarray(start, end),
  whole: bytes.subarray(at, next),
})

/** The whole of the body, as the readers of `format/der.ts` take it. */
const placeOf = ({ tag, body }: DerView): Element => ({
  tag,
  start: 0,
  end: body.length,
  next: body.length,
})

/**
 * Returns the content of an octet string. BER may split the string into pieces, which are joined.
 * `tag`: another tag, where the type is implicit. Throws Failure 'key-import' not-a-key.
 */
export function octets(view: DerView | undefined, tag: number = OCTET_STRING): Uint8Array {
  if (view?.tag === tag) return view.body
  if (view?.tag !== (tag | CONSTRUCTED)) rejectKeyFile('not-a-key')
  return Buffer.concat(
    inside(view).map((piece) =>
      piece.tag === OCTET_STRING ? piece.body : rejectKeyFile('not-a-key'),
    ),
  )
}

/** Returns an INTEGER from 0 to 2^31 - 1. Throws Failure 'key-import' not-a-key. */
export function integerIn(view: DerView | undefined): number {
  const value = view === undefined ? null : smallInteger(view.body, placeOf(view), 'tolerant')
  return value ?? rejectKeyFile('not-a-key')
}

/** Returns an object identifier as dotted numbers, and '' for any other element. */
export const oidIn = (view: DerView | undefined): string =>
  view === undefined ? '' : oidText(view.body, placeOf(view))

/**
 * Tells whether these bytes are one SEQUENCE with something in it, and nothing but line ends behind
 * it.
 */
export function isWholeDer(bytes: Uint8Array): boolean {
  try {
    const structure = readDer(bytes)
    return (
      structure.tag === SEQUENCE &&
      inside(structure).length > 0 &&
      bytes.subarray(structure.whole.length).every((byte) => byte === 10 || byte === 13)
    )
  } catch {
    return false
  }
}
