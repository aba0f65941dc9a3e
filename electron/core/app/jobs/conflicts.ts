import type { UploadPlan } from '../../../../shared/contract/models-transfers.ts'
import { each } from '../../base/turns.ts'
import type { Oss } from '../../oss/client.ts'
import { headIfThere, listObjects } from '../../oss/objects.ts'

/** A conflict as the window shows it, with the values that the rule 'same' compares. */
export type Conflict = UploadPlan['conflicts'][number] & {
  readonly theirEtag: string
  /** Decimal; null when a listing described the object, or OSS has none. */
  readonly theirCrc64: string | null
}
/** A file and the key that it would be uploaded to. `modified`: ISO 8601. */
export type NamedFile = Pick<Conflict, 'key' | 'size' | 'modified'>
/**
 * A folder with at most so many names takes one request for each name. More names are compared with
 * a listing.
 */
const ASK_EACH = 6
const PARALLEL = 6

/**
 * Finds the files whose key an object has already, in the order of `files`. It sends one request
 * for each folder or for each of a few names. An empty folder costs one request.
 */
export async function findConflicts(
  oss: Oss,
  bucket: string,
  files: readonly NamedFile[],
  signal: AbortSignal,
): Promise<readonly Conflict[]> {
  const byFolder = groupByFolder(files)
  const empty = new Set<string>()
  const found = new Map<string, Conflict>()

  // Parents come before children, so that a whole new tree costs little more than one listing.
  for (const [folder, inside] of [...byFolder].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (hasEmptyParent(folder, empty)) continue
    if (inside.length <= ASK_EACH) await askEach(oss, bucket, inside, found, signal)
    else if (!(await compareListing(oss, bucket, folder, inside, found, signal))) empty.add(folder)
  }
  return files.flatMap((file) => found.get(file.key) ?? [])
}

async function askEach(
  oss: Oss,
  bucket: string,
  files: readonly NamedFile[],
  found: Map<string, Conflict>,
  signal: AbortSignal,
): Promise<void> {
  const ask = async (file: NamedFile): Promise<void> => {
    const head = await headIfThere(oss, bucket, file.key, signal)
    if (head !== null) found.set(file.key, conflict(file, head))
  }
  await each(files, PARALLEL, ask, signal)
}

/**
 * Compares a folder's files with a listing. Resolves with false when no key starts with this
 * folder's key.
 */
async function compareListing(
  oss: Oss,
  bucket: string,
  folder: string,
  files: readonly NamedFile[],
  found: Map<string, Conflict>,
  signal: AbortSignal,
): Promise<boolean> {
  const wanted = new Map(files.map((file) => [file.key, file]))
  let cursor: string | null = null
  let any = false
  do {
    const page = await listObjects(
      oss,
      { bucket, prefix: folder, delimiter: '/', cursor, max: 1000 },
      signal,
    )
    any ||= page.rows.length > 0
    for (const row of page.rows) {
      const file = row.kind === 'file' ? wanted.get(row.key) : undefined
      if (file !== undefined) found.set(file.key, conflict(file, { ...row, crc64: null }))
    }
    cursor = page.cursor
  } while (cursor !== null)
  return any || folder === ''
}

function hasEmptyParent(folder: string, empty: ReadonlySet<string>): boolean {
  for (let end = folder.indexOf('/'); end !== -1; end = folder.indexOf('/', end + 1))
    if (empty.has(folder.slice(0, end + 1))) return true
  return false
}

const folderOf = (key: string) => key.slice(0, key.lastIndexOf('/') + 1)
const conflict = (
  file: NamedFile,
  theirs: {
    readonly size: number
    readonly modified: string
    readonly etag: string
    readonly crc64: string | null
  },
): Conflict => ({
  key: file.key,
  size: file.size,
  modified: file.modified,
  theirSize: theirs.size,
  theirModified: theirs.modified,
  theirEtag: theirs.etag,
  theirCrc64: theirs.crc64,
})

function groupByFolder(files: readonly NamedFile[]): Map<string, NamedFile[]> {
  const groups = new Map<string, NamedFile[]>()
  for (const file of files) {
    const folder = folderOf(file.key)
    const group = groups.get(folder)
    if (group === undefined) groups.set(folder, [file])
    else group.push(file)
  }
  return groups
}
