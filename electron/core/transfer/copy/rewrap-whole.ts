import { createHash } from 'node:crypto'
import { EMPTY_CRC64 } from '../../../../shared/format/crc64.ts'
import { openCipher } from '../../cipher/content-cipher.ts'
import { takeCrc64 } from '../../cipher/crc64-sum.ts'
import { storedOf, type PutResult } from '../../oss/answers.ts'
import { sendOnce } from '../../oss/lost-answer.ts'
import { readAction, versionQuery } from '../../oss/object-ref.ts'
import { headIfThere, rangeHeaders, type ObjectHead } from '../../oss/objects.ts'
import { allParts, runPart, type Running } from '../run/running.ts'
import { compareCrc64 } from '../run/stored-object.ts'
import { storedIn, type SourceSpot } from './copy-proof.ts'
import { recodeJob, type Recode, type RelayResult } from './relay.ts'

/** Bytes of the largest object that is replaced in one request, from memory. */
export const MOST_AT_ONCE = 8 * 1024 ** 2

/** All bytes of an object in memory, and their CRC-64. */
export interface WholeBody {
  readonly bytes: Uint8Array
  readonly crc64: bigint
}

/** An object that is replaced in one request. */
export interface WholeReplacement {
  readonly running: Running
  readonly spot: SourceSpot
  /** The bytes, and their CRC-64. */
  readonly body: WholeBody
  /** All headers of the request. */
  readonly headers: Readonly<Record<string, string>>
  /** Called right before the request. Throws Failure to prevent it. */
  readonly beforeWrite: () => Promise<void>
  /** Tells whether an object is the one that this request makes. */
  readonly isOurs: (head: ObjectHead) => boolean
}

/**
 * Replaces an object of at most {@link MOST_AT_ONCE} bytes. The bytes were compared with the CRC-64
 * of the object before. OSS compares the MD5 of what arrives, so the object is replaced by exactly
 * these bytes or not at all. Throws Failure.
 */
export async function sendWhole(work: WholeReplacement): Promise<RelayResult> {
  const { running, spot, body, headers, beforeWrite, isOurs } = work
  const { oss, bucket, key } = spot
  const { cancelled } = running.control
  await beforeWrite()
  const md5 = createHash('md5').update(body.bytes).digest('base64')
  const request = {
    method: 'PUT',
    bucket,
    key,
    body: body.bytes,
    action: 'oss:PutObject',
  } as const
  const stored = await sendOnce<PutResult>(
    async (onUnsure) => {
      const all = { ...headers, 'content-md5': md5 }
      return storedOf((await oss.call({ ...request, headers: all, onUnsure }, cancelled)).headers)
    },
    {
      proof: 'unique',
      async find() {
        const head = await headIfThere(oss, bucket, key, cancelled)
        return head !== null && isOurs(head) ? storedIn(head) : null
      },
    },
  )
  return { stored, summed: body.crc64 }
}

/**
 * Reads an object into memory under its ETag, and compares its CRC-64. Throws Failure
 * 'object-changed', 'checksum'.
 */
export async function readWhole(
  running: Running,
  { oss, bucket, key, versionId }: SourceSpot,
  source: ObjectHead,
): Promise<WholeBody> {
  const { size, etag } = source
  if (size === 0) return { bytes: new Uint8Array(0), crc64: EMPTY_CRC64 }
  const part = { number: 1, offset: 0, length: size }
  const headers = rangeHeaders({ ...part, ifMatch: etag })
  const found: WholeBody[] = []
  const read = (_part: typeof part, signal: AbortSignal): Promise<void> =>
    runPart(
      running,
      { done: 0 },
      {
        part,
        oss,
        toSign: { method: 'GET', bucket, key, query: versionQuery(versionId), headers },
        action: readAction(versionId),
        job: (request) => ({
          kind: 'read',
          request,
          offset: 0,
          length: size,
          cipher: null,
          checksum: true,
        }),
        accept: ({ bytes, crc64 }) => {
          if (bytes === undefined || crc64 === null) throw new Error('a reading without its bytes')
          found.push({ bytes, crc64 })
        },
      },
      signal,
    )
  await allParts(running, () => (found.length > 0 ? [] : [part]), read)
  const [one] = found
  if (one === undefined) throw new Error('a reading without an end')
  compareCrc64(source.crc64, one.crc64)
  return one
}

/** Decrypts and encrypts a whole content. The plaintext is wiped. */
export async function recodeWhole(recode: Recode, bytes: Uint8Array): Promise<WholeBody> {
  const { from, to } = recodeJob(recode, 0)
  try {
    const plain = openCipher(from).update(bytes)
    const again = openCipher(to).update(plain)
    plain.fill(0)
    return { bytes: again, crc64: await sumOf(again) }
  } finally {
    from.dataKey.fill(0)
    to.dataKey.fill(0)
  }
}

async function sumOf(bytes: Uint8Array): Promise<bigint> {
  const crc = await takeCrc64()
  try {
    crc.update(bytes)
    return crc.value()
  } finally {
    crc.release()
  }
}
