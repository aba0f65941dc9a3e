import { Failure } from '../../../shared/contract/errors.ts'
import type { ObjectRow } from '../../../shared/contract/models.ts'
import type { Oss } from './client.ts'
import { deleteObject, deleteObjects } from './object-deletes.ts'
import { headIfThere, headObject, listObjects } from './objects.ts'

/** The most keys of one batch delete, and of one page. */
const BATCH = 1000

/** Lists every object of a key: itself, or, when it ends in '/', everything that begins with it. */
export async function* objectsUnder(
  oss: Oss,
  bucket: string,
  key: string,
  signal: AbortSignal,
): AsyncGenerator<ObjectRow> {
  let cursor: string | null = null
  do {
    const page = await listObjects(
      oss,
      { bucket, prefix: key, delimiter: '', cursor, max: BATCH },
      signal,
    )
    yield* page.rows
    cursor = page.cursor
  } while (cursor !== null)
}

/** Keys; `itself` names those that end in '/' and mean only the object of that name. */
interface Chosen {
  readonly keys: readonly string[]
  readonly itself?: readonly string[] | undefined
}

/** Divides keys into single objects, and folders with everything below them. */
function sorted({ keys, itself = [] }: Chosen): {
  readonly single: readonly string[]
  readonly folders: readonly string[]
} {
  const alone = new Set(itself)
  const isFolder = (key: string): boolean => key.endsWith('/') && !alone.has(key)
  return { single: keys.filter((key) => !isFolder(key)), folders: keys.filter(isFolder) }
}

/**
 * Deletes objects and folders. Returns the number of objects deleted, and the keys without an
 * object. OSS does not tell that a single object is missing: with `look`, it is asked for first.
 * Errors: Failure of the first request that failed. Objects deleted before it stay deleted.
 */
export async function removeTree(
  oss: Oss,
  bucket: string,
  chosen: Chosen & { readonly look: boolean },
  signal: AbortSignal,
): Promise<{ readonly removed: number; readonly missing: readonly string[] }> {
  const { single, folders } = sorted(chosen)
  const missing: string[] = []
  if (chosen.look)
    for (const key of single) if (!(await mayBeThere(oss, bucket, key, signal))) missing.push(key)
  const there = single.filter((key) => !missing.includes(key))
  for (let start = 0; start < there.length; start += BATCH)
    await deleteObjects(oss, bucket, there.slice(start, start + BATCH), signal)
  let removed = there.length
  for (const folder of folders) {
    const below = await removeFolder(oss, bucket, folder, signal)
    removed += below
    if (below === 0) missing.push(folder)
  }
  return { removed, missing }
}

/** Returns true also where the account may not look: it may be allowed to delete. */
async function mayBeThere(
  oss: Oss,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return (await headIfThere(oss, bucket, key, signal)) !== null
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code === 'access-denied') return true
    throw cause
  }
}

async function removeFolder(
  oss: Oss,
  bucket: string,
  folder: string,
  signal: AbortSignal,
): Promise<number> {
  let batch: string[] = []
  let removed = 0
  let marker = false
  const flush = async () => {
    if (batch.length > 0) await deleteObjects(oss, bucket, batch, signal)
    removed += batch.length
    batch = []
  }
  for await (const row of objectsUnder(oss, bucket, folder, signal)) {
    // The marker is deleted last, so that the folder stays visible while anything is left in it.
    if (row.key === folder) marker = true
    else batch.push(row.key)
    if (batch.length === BATCH) await flush()
  }
  await flush()
  if (!marker) return removed
  await deleteObject(oss, bucket, folder, signal)
  return removed + 1
}

/** Counts objects and bytes, with everything below folders. Errors: Failure. */
export async function countTree(
  oss: Oss,
  bucket: string,
  chosen: Chosen,
  signal: AbortSignal,
): Promise<{ readonly objects: number; readonly bytes: number }> {
  const { single, folders } = sorted(chosen)
  let objects = single.length
  let bytes = 0
  for (const key of single) bytes += (await headObject(oss, bucket, key, signal)).size
  for (const folder of folders) {
    for await (const row of objectsUnder(oss, bucket, folder, signal)) {
      objects += 1
      bytes += row.size
    }
  }
  return { objects, bytes }
}
