import type { Readable } from 'node:stream'
import { Failure } from '../../../shared/contract/errors.ts'
import { readHeaders } from '../../../shared/format/recognise.ts'
import type { Oss } from '../oss/client.ts'
import { getRange, headObject } from '../oss/objects.ts'
import { ctrCipher } from '../stream/ctr.ts'
import type { Candidates } from './jobs.ts'
import { unseal } from './unseal.ts'

/** Most that is ever decrypted into memory for somebody to look at. */
export const PREVIEW_BYTES = 256 * 1024

interface RangeToRead {
  readonly bucket: string
  readonly key: string
  readonly offset: number
  /** At most {@link PREVIEW_BYTES}. */
  readonly length: number
}

/**
 * A few bytes of an object, decrypted; fewer where it ends, none after its end. Throws Failure 'too-large', and what a
 * download throws. Nothing of it is checked against OSS's sum, which is of the whole object.
 */
export async function readRange(oss: Oss, wanted: RangeToRead, candidates: Candidates, signal: AbortSignal): Promise<{ readonly bytes: Uint8Array; readonly encrypted: boolean }> {
  const { bucket, key, offset } = wanted
  if (wanted.length > PREVIEW_BYTES) throw new Failure({ code: 'too-large', limit: PREVIEW_BYTES })
  const head = await headObject(oss, bucket, key, signal)
  const opened = await unseal(readHeaders(head.headers), candidates)
  using _wiped = opened?.dataKey
  const length = Math.min(wanted.length, head.size - offset)
  if (length <= 0) return { bytes: new Uint8Array(0), encrypted: opened !== null }
  const piece = await getRange(oss, { bucket, key, offset, length, ifMatch: head.etag }, signal)
  if (piece.offset !== offset || piece.length !== length) {
    piece.body.destroy()
    throw new Failure({ code: 'size-differs', expected: length, actual: piece.length })
  }
  const bytes = await exactly(piece.body, length)
  return { bytes: opened === null ? bytes : ctrCipher(opened.dataKey.bytes, opened.counter, offset).update(bytes), encrypted: opened !== null }
}

/** The body, if it has as many bytes as it should. Leaving the loop ends it, so that an endless one is not waited for. */
async function exactly(body: Readable, length: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(length)
  let at = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (at + chunk.length > length) throw new Failure({ code: 'size-differs', expected: length, actual: at + chunk.length })
    at += chunk.copy(bytes, at)
  }
  if (at < length) throw new Failure({ code: 'size-differs', expected: length, actual: at })
  return bytes
}
