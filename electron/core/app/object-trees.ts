import type { ObjectRow } from '../../../shared/contract/models.ts'
import type { Oss } from '../oss/client.ts'
import { deleteObject, deleteObjects, headObject, listObjects } from '../oss/objects.ts'

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
