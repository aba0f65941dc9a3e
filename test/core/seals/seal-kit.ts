import { createCipheriv } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { judgeSeal, type SealFacts } from '../../../electron/core/seals/judge-seal.ts'
import { LeafSum, rootOf } from '../../../electron/core/seals/leaves.ts'
import type { NewSeal } from '../../../electron/core/seals/make-seal.ts'
import { deriveSealKeys, type SealKeys } from '../../../electron/core/seals/seal-keys.ts'
import { readSealText, type Seal } from '../../../electron/core/seals/seal-text.ts'
import { bytesOf } from '../../format/vectors.ts'

interface SealRow {
  readonly name: string
  readonly source: string
  readonly dataKey: string
  readonly counter: string
  readonly bucket: string
  readonly key: string
  readonly length: number
  readonly storedSha256: string
  readonly state: readonly [state: string, reason: string]
}

export interface GoodRow extends SealRow {
  /** 'rule', or the plaintext in hex. */
  readonly plain: string
  readonly leaves: readonly string[]
  readonly seal: string
}

export interface BadRow extends SealRow {
  readonly change: string | null
  readonly texts: readonly string[]
}

export interface SealVectors {
  readonly keys: readonly Readonly<
    Record<'dataKey' | 'mac' | 'chunk' | 'six' | 'promisedCounter', string>
  >[]
  readonly exponents: readonly { readonly length: number; readonly exponent: number }[]
  readonly writer: Readonly<Record<'secret' | 'id' | 'markKey', string>>
  readonly good: readonly GoodRow[]
  readonly bad: readonly BadRow[]
}

/** The vectors of FORMAT.md 11. */
export const VECTORS = JSON.parse(
  readFileSync(new URL('../../vectors/seals.json', import.meta.url), 'utf8'),
) as SealVectors
/** The writer secret of the vectors. */
export const WRITER = bytesOf(VECTORS.writer.secret)
/** A moment near the times of the vectors. */
export const NOW = 1_796_000_000_000

const ruled = (length: number): Buffer => {
  const bytes = Buffer.alloc(length)
  for (let i = 0; i < length; i++) bytes[i] = (131 * i + 17 * (i >> 8)) & 0xff
  return bytes
}

function encrypted(plain: Buffer, dataKey: string, counter: string): Buffer {
  return createCipheriv('aes-256-ctr', bytesOf(dataKey), bytesOf(counter)).update(plain)
}

/** Returns the stored bytes of a good row. */
export function storedOfGood(row: GoodRow): Buffer {
  const plain = row.plain === 'rule' ? ruled(row.length) : Buffer.from(row.plain, 'hex')
  return encrypted(plain, row.dataKey, row.counter)
}

/** The row whose stored bytes most bad rows change. */
export const BASE = named(VECTORS.good, 'three chunks and five bytes')
const EXAMPLE = VECTORS.good.find(({ length }) => length === 38)

/** Finds a row by its name. */
export function named<Row extends { readonly name: string }>(all: readonly Row[], name: string) {
  const row = all.find((one) => one.name === name)
  if (row === undefined) throw new Error(`no row ${name}`)
  return row
}

const MIB = 1 << 20
/** The changes of bad rows by name. They change the stored bytes of {@link BASE}. */
const CHANGES: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  none: (bytes) => bytes,
  'last byte ^ 1': (bytes) => flipped(bytes, bytes.length - 1),
  'byte 0 ^ 1': (bytes) => flipped(bytes, 0),
  'first 3 MiB': (bytes) => bytes.subarray(0, 3 * MIB),
  '16 zero bytes added': (bytes) => Buffer.concat([bytes, Buffer.alloc(16)]),
  'chunks 0 and 1 exchanged': (bytes) =>
    Buffer.concat([bytes.subarray(MIB, 2 * MIB), bytes.subarray(0, MIB), bytes.subarray(2 * MIB)]),
  'chunk 2 is chunk 1': (bytes) =>
    Buffer.concat([
      bytes.subarray(0, 2 * MIB),
      bytes.subarray(MIB, 2 * MIB),
      bytes.subarray(3 * MIB),
    ]),
}

/** Returns the bytes with one bit of one byte flipped. */
export function flipped(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

/** Returns the stored bytes of a bad row. */
export function storedOfBad(row: BadRow): Buffer {
  if (row.change === 'plain length 1') return encrypted(ruled(1), row.dataKey, row.counter)
  if (row.change === 'content of FORMAT.md')
    return encrypted(Buffer.from(EXAMPLE?.plain ?? '', 'hex'), row.dataKey, row.counter)
  const change = CHANGES[row.change ?? 'none']
  if (change === undefined) throw new Error(`unknown change ${row.change}`)
  return change(storedOfGood(BASE))
}

/** Returns the leaves of whole stored bytes, which come in pieces of `piece` bytes. */
export function leavesOf(
  keys: SealKeys,
  { sealId, exponent }: Pick<Seal, 'sealId' | 'exponent'>,
  stored: Uint8Array,
  piece = 100_001,
): Uint8Array {
  const sum = new LeafSum(keys, { sealId, exponent, firstIndex: 0 })
  for (let at = 0; at < stored.length; at += piece) sum.update(stored.subarray(at, at + piece))
  return sum.leaves()
}

/** Returns the seal of a text that is well-formed. */
export function sealOf(text: string): Seal {
  const reading = readSealText(text)
  if (reading.kind !== 'seal') throw new Error(`the text is ${reading.kind}`)
  return reading.seal
}

/** The facts of an object that was read, with all that is usual. */
export function factsOf(
  row: Pick<SealRow, 'dataKey' | 'counter' | 'bucket' | 'key' | 'length'>,
  texts: Pick<SealFacts, 'metadata' | 'tags'>,
): SealFacts {
  const { bucket, key, length } = row
  return {
    bucket,
    key,
    length,
    ...texts,
    envelope: {
      state: 'open',
      candidates: [{ keys: deriveSealKeys(bytesOf(row.dataKey)), counter: bytesOf(row.counter) }],
    },
    content: { unread: 'not-read' },
    memory: null,
    isVersionAsked: false,
    writers: [WRITER],
  }
}

/**
 * Judges as a reader does: once without content and, where that verdict asks for it, once more with
 * all of it.
 */
export function judgedWhole(facts: SealFacts, stored: Uint8Array) {
  const first = judgeSeal(facts)
  const { seal, candidate } = first
  if (seal === null || candidate === null || stored.length !== seal.length) return first
  const leaves = leavesOf(candidate.keys, seal, stored)
  const root = rootOf(candidate.keys, { ...seal, leaves })
  return judgeSeal({ ...facts, content: { root } })
}

/** The facts of a new seal over the bytes, at the place of the vectors. */
export function newSealOf(keys: SealKeys, stored: Uint8Array): NewSeal {
  const base = { sealId: new Uint8Array(16).fill(7), exponent: 20 }
  return {
    ...base,
    counter: bytesOf(BASE.counter),
    length: stored.length,
    leaves: leavesOf(keys, base, stored),
    byWriter: true,
    time: NOW,
    bucket: BASE.bucket,
    key: BASE.key,
    writer: WRITER,
  }
}
