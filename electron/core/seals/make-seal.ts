import { Failure } from '../../../shared/contract/errors.ts'
import { isText } from '../../../shared/contract/object-names.ts'
import { counted, utf8 } from '../../../shared/format/bytes.ts'
import { BLOCK_BYTES } from '../../../shared/format/counter.ts'
import { rootOf, type RootFacts } from './leaves.ts'
import { macOf, u64 } from './mac.ts'
import type { SealKeys } from './seal-keys.ts'
import { sealHead, type Seal } from './seal-text.ts'
import { markFits, markOf, noMark } from './writer.ts'

const CONTENT = Buffer.of(3)
const PLACE = Buffer.of(4)

/** The bucket and name of an object, and the time when it was put there. */
export interface SealPlace {
  readonly bucket: string
  /** As OSS lists it. It is never normalised. */
  readonly key: string
  /** Ms since 1970, by the own clock of this computer. */
  readonly time: number
}

/** The facts of a new seal. */
export interface NewSeal extends RootFacts, SealPlace {
  /** The initial counter, 16 bytes, unwrapped. */
  readonly counter: Uint8Array
  /** The caller uploads the object. False: the caller read an object that was there. */
  readonly byWriter: boolean
  /** The writer secret for a mark; null for none. */
  readonly writer: Uint8Array | null
}

/**
 * Makes a seal. Throws Failure 'bad-name' not-text for a bucket or name with half a surrogate pair.
 * Throws a RangeError for a mark on a seal by reading: it would claim a stranger's object.
 */
export function makeSeal(keys: SealKeys, facts: NewSeal): Seal {
  const { byWriter, exponent, sealId, length, counter, writer } = facts
  if (writer !== null && !byWriter)
    throw new RangeError('a seal that was made by reading has no writer mark')
  const sealed = { byWriter, exponent, sealId, length, root: rootOf(keys, facts) }
  return placedSeal(keys, { ...sealed, content: contentMac(keys, sealed, counter) }, facts, writer)
}

/** The target of a copy. */
export interface SealMove extends SealPlace {
  /** The writer secret that the old mark must fit; null for none. */
  readonly writer: Uint8Array | null
  /** The writer secret of the new mark, when the copy is under another master key. */
  readonly newWriter?: Uint8Array
}

/**
 * Makes the seal of a copy: the same content at another place. The copy has a writer mark only when
 * the mark of `seal` fits `writer`. The caller has judged the object at its source before. Throws
 * Failure 'bad-name' as {@link makeSeal} does.
 */
export function moveSeal(keys: SealKeys, seal: Seal, target: SealMove): Seal {
  const { writer, newWriter } = target
  const isProven = writer !== null && markFits(writer, seal)
  return placedSeal(keys, seal, target, isProven ? (newWriter ?? writer) : null)
}

function placedSeal(
  keys: SealKeys,
  sealed: Omit<Seal, 'time' | 'place' | 'writer'>,
  { bucket, key, time }: SealPlace,
  writer: Uint8Array | null,
): Seal {
  const place = placeMac(keys, { content: sealed.content, time }, bucket, key)
  const placed = { ...sealed, time, place }
  return { ...placed, writer: writer === null ? noMark() : markOf(writer, placed) }
}

/** Returns the content MAC under a data key and an initial counter: 32 bytes. */
export function contentMac(
  keys: SealKeys,
  sealed: Parameters<typeof sealHead>[0],
  counter: Uint8Array,
): Uint8Array {
  if (counter.length !== BLOCK_BYTES)
    throw new RangeError(`counter must be 16 bytes, got ${counter.length}`)
  return macOf(keys.mac, CONTENT, sealHead(sealed), counter)
}

/** Returns the place MAC: 32 bytes. Throws Failure 'bad-name' as {@link makeSeal} does. */
export function placeMac(
  keys: SealKeys,
  { content, time }: Pick<Seal, 'content' | 'time'>,
  bucket: string,
  key: string,
): Uint8Array {
  // The encoder would turn every half of a pair into the same letter.
  for (const name of [bucket, key])
    if (!isText(name)) throw new Failure({ code: 'bad-name', name, rule: 'not-text' })
  return macOf(keys.mac, PLACE, content, u64(time), counted(utf8(bucket)), counted(utf8(key)))
}
