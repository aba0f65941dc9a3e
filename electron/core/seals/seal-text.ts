import { chunkCount, MAX_CHUNKS, MAX_EXPONENT, MIN_EXPONENT } from './chunks.ts'
import { u64 } from './mac.ts'

/** The header of a seal that was sent with its object. */
export const SEAL_HEADER = 'x-oss-meta-cipherbucket-seal'
/** The tag of a seal that was made after its object was sent. */
export const SEAL_TAG = 'cipherbucket.seal'
/** The value of the tag until the seal is made. It is no text of a seal. */
export const NO_SEAL_YET = '0'

/** The content of a seal. Source FORMAT.md 11.4. */
export interface Seal {
  /** The program that uploaded the object made the seal. False: it was made later, by reading. */
  readonly byWriter: boolean
  /** A chunk has `2 ** exponent` bytes. */
  readonly exponent: number
  /** 16 random bytes, new for each sealing. */
  readonly sealId: Uint8Array
  /** Stored bytes. */
  readonly length: number
  /** 32 bytes: the MAC of all leaves. */
  readonly root: Uint8Array
  /** 32 bytes: the MAC of all fields above and the initial counter. */
  readonly content: Uint8Array
  /** Ms since 1970, when the object was put at this name. */
  readonly time: number
  /** 32 bytes: the MAC of content, time, bucket and key. */
  readonly place: Uint8Array
  /** 16 bytes: the writer mark, or zeros. */
  readonly writer: Uint8Array
}

/** The reading of one text. 'newer': a later version of the app wrote it. */
export type SealReading =
  | { readonly kind: 'seal'; readonly seal: Seal }
  | { readonly kind: 'newer' }
  | { readonly kind: 'malformed' }

const SEAL_BYTES = 148
const VERSION = 1
/** AES-256-CTR content, leaves by GMAC. */
const SUITE = 1
const BY_WRITER = 1
const MAX_TIME = 2 ** 48
const MALFORMED = { kind: 'malformed' } as const

/** Writes the first 60 bytes of a seal, which the content MAC covers. */
export function sealHead(seal: Omit<Seal, 'content' | 'time' | 'place' | 'writer'>): Buffer {
  const flags = seal.byWriter ? BY_WRITER : 0
  const first = Buffer.of(VERSION, SUITE, flags, seal.exponent)
  return Buffer.concat([first, seal.sealId, u64(seal.length), seal.root])
}

/**
 * Writes a seal as base64url without padding: 198 characters. Throws a RangeError for a seal that
 * no reader would take: such an object would count as changed.
 */
export function writeSealText(seal: Seal): string {
  const parts = [sealHead(seal), seal.content, u64(seal.time), seal.place, seal.writer]
  const text = Buffer.concat(parts).toString('base64url')
  if (readSealText(text).kind !== 'seal') throw new RangeError('the seal is not well-formed')
  return text
}

/** Reads one text. It needs no key, so all readers judge a text in the same way. */
export function readSealText(text: string): SealReading {
  const bytes = Buffer.from(text, 'base64url')
  // The decoder skips line feeds, and accepts padding and the other alphabet.
  if (bytes.toString('base64url') !== text || bytes.length < 2) return MALFORMED
  const [version = 0, suite = 0, flags = 0, exponent = 0] = bytes
  if (version > VERSION || (version === VERSION && suite > SUITE)) return { kind: 'newer' }
  if (version !== VERSION || suite !== SUITE || bytes.length !== SEAL_BYTES) return MALFORMED
  // The numbers are rounded when they exceed 2^53. They exceed the limits then, too.
  const length = Number(bytes.readBigUInt64BE(20))
  const time = Number(bytes.readBigUInt64BE(92))
  if (flags > BY_WRITER || exponent < MIN_EXPONENT || exponent > MAX_EXPONENT) return MALFORMED
  if (chunkCount(length, exponent) > MAX_CHUNKS || time >= MAX_TIME) return MALFORMED
  const part = (from: number, to: number) => Uint8Array.from(bytes.subarray(from, to))
  return {
    kind: 'seal',
    seal: {
      byWriter: flags === BY_WRITER,
      exponent,
      sealId: part(4, 20),
      length,
      root: part(28, 60),
      content: part(60, 92),
      time,
      place: part(100, 132),
      writer: part(132, SEAL_BYTES),
    },
  }
}

/**
 * The text that decides among several. 'none': there is no text. 'malformed': there are malformed
 * texts only. `places`: the deciding seal, and the others that sealed the same.
 */
export type DecidingSeal =
  | { readonly kind: 'seal'; readonly seal: Seal; readonly places: readonly Seal[] }
  | { readonly kind: 'newer' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'none' }

/**
 * Finds the text that decides: the first one that is not malformed. No other one is ever tried,
 * because two readers with two keys would then believe two seals. `texts`: metadata before tags.
 */
export function decidingSeal(texts: readonly string[]): DecidingSeal {
  const written = texts.filter((text) => text !== NO_SEAL_YET)
  const readings = written.map(readSealText).filter(({ kind }) => kind !== 'malformed')
  const [first] = readings
  if (first === undefined) return written.length === 0 ? { kind: 'none' } : MALFORMED
  if (first.kind !== 'seal') return first
  const places = readings.flatMap((one) =>
    one.kind === 'seal' && sealsTheSame(one.seal, first.seal) ? [one.seal] : [],
  )
  return { kind: 'seal', seal: first.seal, places }
}

/** Says whether two seals agree in what they sealed: bytes 0 to 91. */
function sealsTheSame(a: Seal, b: Seal): boolean {
  return sealHead(a).equals(sealHead(b)) && Buffer.compare(a.content, b.content) === 0
}
