import type { Readable } from 'node:stream'
import { Failure } from '../../../../shared/contract/errors.ts'
import { withRetry } from '../../net/retry.ts'
import type { Oss } from '../../oss/client.ts'
import { getRange, type ObjectHead } from '../../oss/objects.ts'
import { openSource, type SourceIdentity } from '../../files/file-source.ts'

/** The stored bytes of one state of an object, or of a blob of this computer. */
export interface StoredBytes {
  readonly size: number
  /**
   * Reads a few bytes into memory. Throws Failure: 'object-changed', 'source-changed', and more.
   */
  peek(offset: number, length: number): Promise<Uint8Array>
}

const ATTEMPTS = 4

/** Opens the object of `head`. Another object under its name is 'object-changed'. */
export function storedObject(
  oss: Oss,
  at: {
    readonly bucket: string
    readonly key: string
    /** Null or left out: the current version. */
    readonly versionId?: string | null
  },
  head: ObjectHead,
  signal: AbortSignal,
): StoredBytes {
  const once = async (offset: number, length: number): Promise<Uint8Array> => {
    const piece = await getRange(oss, { ...at, offset, length, ifMatch: head.etag }, signal)
    if (piece.offset === offset && piece.length === length) return exactly(piece.body, length)
    piece.body.destroy()
    throw new Failure({
      code: 'size-differs',
      expected: length,
      actual: piece.length,
      told: 'server',
    })
  }
  return {
    size: head.size,
    peek: async (offset, length) =>
      length === 0
        ? new Uint8Array(0)
        : withRetry(() => once(offset, length), { signal, attempts: ATTEMPTS }),
  }
}

/** Opens a blob of this computer. */
export function storedFile(path: string, identity: SourceIdentity): StoredBytes {
  return {
    size: identity.size,
    async peek(offset, length) {
      const source = await openSource(path, identity)
      const bytes = new Uint8Array(length)
      await source.read(bytes, offset).finally(() => source.close())
      return bytes
    },
  }
}

/** Reads a body of exactly `length` bytes. Leaving the loop ends a body that is longer. */
async function exactly(body: Readable, length: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(length)
  let at = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (at + chunk.length > length)
      throw new Failure({
        code: 'size-differs',
        expected: length,
        actual: at + chunk.length,
        told: 'server',
      })
    at += chunk.copy(bytes, at)
  }
  if (at < length)
    throw new Failure({ code: 'size-differs', expected: length, actual: at, told: 'server' })
  return bytes
}
