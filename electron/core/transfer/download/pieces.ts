import { BLOCK_BYTES } from '../../../../shared/format/counter.ts'
import { planRanges, type Part } from '../../../../shared/format/part-plan.ts'
import { openCipher } from '../../cipher/content-cipher.ts'
import type { JobCipher } from '../../cipher/content-cipher.ts'
import type { Content } from './content.ts'

/**
 * One range of stored bytes, and the place of its plaintext. `offset` and `length` are those of the
 * stored bytes that are read.
 */
export interface ContentPiece extends Part {
  /** Place of the plaintext: bytes from the start of the wanted range. */
  readonly at: number
  /** Bytes at the start that the piece before has too. */
  readonly lead: number
  /** Cipher parameters besides the data key; null for bytes as they are. */
  readonly recipe: Recipe | null
}

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
type Recipe = Without<JobCipher, 'dataKey'>

/**
 * Plans the reading of `length` bytes of plaintext from `offset` on, in pieces of about
 * `pieceBytes`. The pieces of the whole plaintext are the whole ciphertext.
 */
export function piecesOf(
  content: Content,
  { offset, length }: { readonly offset: number; readonly length: number },
  pieceBytes: number,
): readonly ContentPiece[] {
  if (content.mode === 'cbc') return blocksOf(content, offset, length, pieceBytes)
  return planRanges(offset, length, pieceBytes).map((part) => ({
    ...part,
    offset: content.offset + part.offset,
    at: part.offset - offset,
    lead: 0,
    recipe: streamAt(content, part.offset),
  }))
}

/** Makes the recipe of a CTR stream. The content of a GCM message is one too. */
function streamAt({ opened, resplit }: Content, at: number): Recipe | null {
  return opened === null ? null : { kind: 'ctr', counter: opened.counter, at, resplit }
}

/** Plans pieces of whole blocks. Each piece after the first has the block before it too. */
function blocksOf(
  content: Content,
  offset: number,
  length: number,
  pieceBytes: number,
): readonly ContentPiece[] {
  const end = offset + length
  const first = offset - (offset % BLOCK_BYTES)
  const last = end === content.size ? content.length : Math.ceil(end / BLOCK_BYTES) * BLOCK_BYTES
  return planRanges(first, last - first, Math.ceil(pieceBytes / BLOCK_BYTES) * BLOCK_BYTES).map(
    (part) => {
      const lead = part.offset === 0 ? 0 : BLOCK_BYTES
      const from = Math.max(offset, part.offset)
      const wanted = Math.max(0, Math.min(end, part.offset + part.length) - from)
      const recipe: Recipe = {
        kind: 'cbc',
        iv: lead === 0 ? (content.message?.iv ?? null) : null,
        skip: from - part.offset,
        length: wanted,
      }
      return {
        number: part.number,
        offset: content.offset + part.offset - lead,
        length: part.length + lead,
        at: from - offset,
        lead,
        recipe,
      }
    },
  )
}

/** Makes the cipher of one job, with a copy of the data key that the worker wipes. */
export function cipherFor(
  { opened }: Pick<Content, 'opened'>,
  recipe: Recipe | null,
): JobCipher | null {
  return opened === null || recipe === null
    ? null
    : { ...recipe, dataKey: Uint8Array.from(opened.dataKey.bytes) }
}

/** Decrypts a few bytes in this thread. */
export function decipher(
  content: Pick<Content, 'opened'>,
  recipe: Recipe | null,
  bytes: Uint8Array,
): Uint8Array {
  const cipher = cipherFor(content, recipe)
  if (cipher === null) return bytes
  try {
    return openCipher(cipher).update(bytes)
  } finally {
    cipher.dataKey.fill(0)
  }
}
