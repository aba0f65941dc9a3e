import { fromBase64, toBase64 } from '../base64.ts'
import { latin1, utf8 } from '../bytes.ts'
import { BLOCK_BYTES } from '../counter.ts'

/**
 * Returns the texts that KMS may know as the CiphertextBlob of a wrapped value, the likelier first.
 * Most SDKs put the bytes of the blob into the header ('a'). The Python SDK V1 puts its base64 text
 * there, encoded once more ('b').
 *
 * Source  Real blobs begin with the id of a key version, which contains `-`, so their bytes are
 * never base64 text.
 */
export function kmsBlobs(wrapped: Uint8Array): readonly [string, string?] {
  const encoded = toBase64(wrapped)
  const text = latin1(wrapped)
  return fromBase64(text) === null || text === '' ? [encoded] : [text, encoded]
}

/**
 * Turns a CiphertextBlob into the bytes whose base64 goes into the header, see {@link kmsBlobs}.
 * Errors  RangeError for a blob that is not base64; the callers of KMS refuse it before.
 */
export function fromKmsBlob(blob: string, form: 'a' | 'b'): Uint8Array {
  const bytes = fromBase64(blob)
  if (bytes === null || bytes.length === 0) throw new RangeError('a CiphertextBlob is base64')
  return form === 'a' ? bytes : utf8(blob)
}

/** Turns the bytes of a header, whose form is known, into a CiphertextBlob. */
export function toKmsBlob(wrapped: Uint8Array, form: 'a' | 'b'): string {
  return form === 'a' ? toBase64(wrapped) : latin1(wrapped)
}

/**
 * Returns the text that format V1 wraps for the initial counter: its value as decimal digits,
 * ASCII. `counter`: 16 bytes.
 */
export function digitsOf(counter: Uint8Array): Uint8Array {
  return utf8(String(counter.reduce((value, byte) => value * 256n + BigInt(byte), 0n)))
}

/**
 * Reads the digits of {@link digitsOf} as 16 bytes. Returns null for anything but a number below
 * 2^128.
 */
export function counterFromDigits(digits: Uint8Array): Uint8Array | null {
  const text = latin1(digits.subarray(0, MAX_DIGITS + 1))
  if (!/^[0-9]{1,39}$/.test(text)) return null
  const counter = new Uint8Array(BLOCK_BYTES)
  let left = BigInt(text)
  for (let i = BLOCK_BYTES - 1; i >= 0; i--, left >>= 8n) counter[i] = Number(left & 0xffn)
  return left === 0n ? counter : null
}

/** The digits of 2^128 - 1. */
const MAX_DIGITS = 39
