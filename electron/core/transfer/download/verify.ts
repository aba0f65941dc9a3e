import { timingSafeEqual } from 'node:crypto'
import { Failure } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { combineCrc64, EMPTY_CRC64 } from '../../../../shared/format/crc64.ts'
import { contextBytes, tagOfEnd } from '../../../../shared/format/message/message.ts'
import { algorithmOf } from '../../../../shared/format/message/message-header.ts'
import { framedSum, type SurroundingBytes } from '../../cipher/crc64-sum.ts'
import { identify } from '../../files/file-source.ts'
import { openCipher, type CipherEnd, type JobCipher } from '../../cipher/content-cipher.ts'
import { damaged, type Content } from './content.ts'
import type { ContentPiece } from './pieces.ts'
import type { Running } from '../run/running.ts'
import type { StoredBytes } from '../run/stored-bytes.ts'

/** The bytes stored around the ciphertext, and the tag of 16 bytes; null without a tag. */
export interface MessageSurroundings extends SurroundingBytes {
  readonly tag: Uint8Array | null
}

/** Reads the bytes around the content. Throws Failure 'message-damaged' where its end is wrong. */
export async function surroundings(
  { message, offset, length, seen }: Content,
  { size, peek }: StoredBytes,
): Promise<MessageSurroundings> {
  const nothing = new Uint8Array(0)
  if (message === null) return { before: nothing, after: nothing, tag: null }
  const { tagBytes } = algorithmOf(message.header)
  const end = offset + length
  const [before, after] = [seen.start, await peek(end, size - end)]
  if (before.length !== offset) throw new Error('a message whose start was not kept')
  const tag =
    message.form === 'split' ? message.tag : message.form === 'stream' ? after : tagOfEnd(after)
  if (tag?.length !== tagBytes) throw damaged('ending')
  return { before, after, tag: tagBytes === 0 ? null : tag }
}

/** ContentPiece number → what was found out while it was read. */
export type Sums = Map<number, { readonly crc64: bigint } & Pick<CipherEnd, 'edges'>>

/**
 * Compares the bytes of a message in CBC that are read twice, because the sum of all bytes counts
 * them once. Throws Failure 'checksum'.
 */
export function compareEdges(content: Content, pieces: readonly ContentPiece[], sums: Sums): void {
  const agree = (a: Uint8Array, b: Uint8Array): void => {
    if (Buffer.compare(a, b) !== 0) throw new Failure({ code: 'checksum' })
  }
  const { end } = content.seen
  let before: Uint8Array | null = null
  for (const { number, lead, offset, length } of pieces) {
    const edges = sums.get(number)?.edges ?? null
    if (edges === null) return
    if (before !== null) agree(edges.first.subarray(0, lead), before.subarray(-lead))
    if (end.length > 0 && offset + length === content.offset + content.length)
      agree(edges.last.subarray(-end.length), end)
    before = edges.last
  }
}

/** Combines the sums of the pieces to the CRC-64 of all stored bytes. */
export function wholeSum(
  frame: SurroundingBytes,
  pieces: readonly ContentPiece[],
  sums: Sums,
): Promise<bigint> {
  const content = pieces.reduce(
    (sum, { number, length, lead }) =>
      combineCrc64(sum, sums.get(number)?.crc64 ?? EMPTY_CRC64, length - lead),
    EMPTY_CRC64,
  )
  return framedSum(
    frame,
    content,
    pieces.reduce((sum, { length, lead }) => sum + length - lead, 0),
  )
}

/**
 * Reads a decrypted GCM message again and compares its tag. Until then nothing of the message is
 * seen under its name. A pause that comes before the reading waits here; a later one is too late.
 * Throws Failure 'message-damaged', 'cancelled'.
 */
export async function verifyTag(
  content: Content,
  tag: Uint8Array | null,
  temporary: string,
  running: Running,
): Promise<TransferOutcome['tag']> {
  const { size } = content
  const cipher = tag === null ? null : tagCipher(content)
  if (cipher === null || tag === null) return 'none'
  await running.control.untilMoving()
  const found = await running.pool.run(
    {
      kind: 'sum',
      source: { path: temporary, identity: await identify(temporary) },
      offset: 0,
      length: size,
      checksum: false,
      cipher,
    },
    { signal: running.control.cancelled },
  )
  return matchTags(found.tag, tag)
}

/**
 * Compares the tag of a GCM message with its whole plaintext in memory. Throws Failure
 * 'message-damaged'.
 */
export function compareTag(
  content: Content,
  tag: Uint8Array | null,
  plaintext: Uint8Array,
): 'verified' | 'none' {
  const job = tag === null ? null : tagCipher(content)
  if (job === null || tag === null) return 'none'
  try {
    const cipher = openCipher(job)
    cipher.update(plaintext)
    return matchTags(cipher.end().tag, tag)
  } finally {
    job.dataKey.fill(0)
  }
}

/** Makes the cipher that finds the tag of a message; null where the content is no message. */
function tagCipher({ opened, message }: Content): JobCipher | null {
  return opened === null || message === null
    ? null
    : {
        kind: 'gcm',
        dataKey: Uint8Array.from(opened.dataKey.bytes),
        iv: message.iv,
        associated: contextBytes(message.header.context),
      }
}

function matchTags(found: Uint8Array | null, tag: Uint8Array): 'verified' {
  if (found === null) throw new Error('a GCM pass without a tag')
  if (found.length !== tag.length || !timingSafeEqual(found, tag)) throw damaged()
  return 'verified'
}
