import { Failure } from '../../../shared/contract/errors.ts'
import type { ObjectRow } from '../../../shared/contract/models.ts'
import type { Oss } from '../oss/client.ts'
import { copyObject, deleteObject, deleteObjects, headObject, listObjects } from '../oss/objects.ts'

/** OSS takes so many keys in one batch delete. */
const BATCH = 1000

/** Every object a key stands for: itself, or everything that begins with it when it ends in '/'. */
export async function* objectsUnder(oss: Oss, bucket: string, key: string, signal: AbortSignal): AsyncGenerator<ObjectRow> {
  let cursor: string | null = null
  do {
    const page = await listObjects(oss, { bucket, prefix: key, delimiter: '', cursor, max: BATCH }, signal)
    yield* page.rows
    cursor = page.cursor
  } while (cursor !== null)
}

/** Number of objects deleted. What was deleted before a failure stays deleted; the error says so by being the answer. */
export async function removeTree(oss: Oss, bucket: string, keys: readonly string[], signal: AbortSignal): Promise<number> {
  const single = keys.filter((key) => !key.endsWith('/'))
  for (let start = 0; start < single.length; start += BATCH) await deleteObjects(oss, bucket, single.slice(start, start + BATCH), signal)
  let removed = single.length
  for (const folder of keys.filter((key) => key.endsWith('/'))) removed += await removeFolder(oss, bucket, folder, signal)
  return removed
}

async function removeFolder(oss: Oss, bucket: string, folder: string, signal: AbortSignal): Promise<number> {
  let batch: string[] = []
  let removed = 0
  const flush = async () => {
    if (batch.length > 0) await deleteObjects(oss, bucket, batch, signal)
    removed += batch.length
    batch = []
  }
  for await (const row of objectsUnder(oss, bucket, folder, signal)) {
    // The marker goes last: while anything is left, the folder is still to be seen.
    if (row.key === folder) continue
    batch.push(row.key)
    if (batch.length === BATCH) await flush()
  }
  await flush()
  await deleteObject(oss, bucket, folder, signal)
  return removed
}

/** Objects and bytes, folders counted through. */
export async function countTree(oss: Oss, bucket: string, keys: readonly string[], signal: AbortSignal): Promise<{ readonly objects: number; readonly bytes: number }> {
  let objects = 0
  let bytes = 0
  for (const key of keys) {
    if (!key.endsWith('/')) {
      bytes += (await headObject(oss, bucket, key, signal)).size
      objects += 1
    } else for await (const row of objectsUnder(oss, bucket, key, signal)) {
      objects += 1
      bytes += row.size
    }
  }
  return { objects, bytes }
}

export interface Copy {
  readonly bucket: string
  readonly key: string
  readonly toKey: string
  readonly removeSource: boolean
  readonly replace: boolean
}

/**
 * Server-side copy with the envelope (directive COPY: OSS refuses any change to an encrypted object's metadata). A
 * source is removed only after the copy was looked at: same size, same CRC-64 or ETag.
 */
export async function copyTree(oss: Oss, copy: Copy, signal: AbortSignal): Promise<void> {
  const { bucket, key, toKey } = copy
  if (key === toKey || (key.endsWith('/') && toKey.startsWith(key))) throw new Failure({ code: 'name-taken', name: toKey })
  if (!key.endsWith('/')) return copyOne(oss, copy, signal)
  for await (const row of objectsUnder(oss, bucket, key, signal)) {
    await copyOne(oss, { ...copy, key: row.key, toKey: `${toKey}${row.key.slice(key.length)}` }, signal)
  }
}

async function copyOne(oss: Oss, { bucket, key, toKey, removeSource, replace }: Copy, signal: AbortSignal): Promise<void> {
  const source = await headObject(oss, bucket, key, signal)
  await copyObject(oss, { bucket, key, toKey, forbidOverwrite: !replace }, signal)
  if (!removeSource) return
  const made = await headObject(oss, bucket, toKey, signal)
  // An ETag may change with a copy of what came in parts, and a copy may have no CRC-64: either one that agrees is proof.
  const proven = made.crc64 !== null && source.crc64 !== null ? made.crc64 === source.crc64 : made.etag === source.etag
  if (made.size !== source.size || !proven) throw new Failure({ code: 'checksum' })
  await deleteObject(oss, bucket, key, signal)
}
