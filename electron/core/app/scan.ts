import { accessSync, constants, lstatSync, type Dir } from 'node:fs'
import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { MAX_KEY_BYTES, keyBytes } from '../../../shared/format/object-names.ts'
import type { UploadPlan } from '../../../shared/contract/models-transfers.ts'
import type { FileList, ListedFile } from '../store/file-list.ts'
import type { Granted } from './path-grants.ts'

/** What the user chose to upload. */
export type Root = Pick<Granted, 'path' | 'name' | 'kind'>
export type LeftOut = UploadPlan['leftOut'][number]

export interface Scan {
  /** Files and folders that hold nothing: each becomes an object. Names and sizes are in the list. */
  found: number
  /** Files among them. */
  files: number
  bytes: number
  /** The first of what was left out. */
  readonly leftOut: LeftOut[]
  readonly items: { name: string; kind: Root['kind']; files: number; folders: number; emptyFolders: number; bytes: number }[]
}

/** People read a few names; a million of them would only fill the memory. */
const MOST_LISTED = 1000
/** Entries asked of the system at once. Between two such the app has time for everything else. */
const AT_ONCE = 256

/** Everything one scan goes by. */
export interface Walk {
  readonly scan: Scan
  readonly list: Pick<FileList, 'add'>
  readonly prefix: string
  readonly roots: readonly Root[]
  readonly signal: AbortSignal
  /** Files that an earlier, broken off scan has listed already. */
  isListed(root: number, path: string): boolean
  /** Roots that are still being copied in: see `follow-arrival.ts`. */
  readonly arriving: ReadonlySet<number>
  onProgress(scan: Scan): void
}

/** An empty count, for {@link scanRoots} to fill. */
export function newScan(): Scan {
  return { found: 0, files: 0, bytes: 0, leftOut: [], items: [] }
}

/**
 * Walks what was granted and lists every file; `onProgress` is called after each folder and every few hundred files. Symbolic links, devices
 * and unreadable entries are left out by name, never followed: a link could lead out of what the user chose. The files of
 * a folder come before the folders in it. Throws only when aborted, or when the list cannot be written.
 */
export async function scanRoots(walk: Walk): Promise<void> {
  for (const { name, kind } of walk.roots) walk.scan.items.push({ name, kind, files: 0, folders: 0, emptyFolders: 0, bytes: 0 })
  for (const [index, root] of walk.roots.entries()) {
    if (walk.arriving.has(index)) continue
    if (root.kind === 'file') addFile(walk, index, '')
    else await walkFolder(walk, index, '')
    walk.onProgress(walk.scan)
  }
}

/** `below`: the folder's path below its root, '' or ending in '/'. */
async function walkFolder(walk: Walk, root: number, below: string): Promise<void> {
  const { scan, roots, signal } = walk
  const totals = scan.items[root]
  if (totals !== undefined) totals.folders += 1
  const path = join(roots[root]?.path ?? '', below)
  const folders: string[] = []
  let entries = 0
  let folder: Dir | null = null
  try {
    folder = await opendir(path, { bufferSize: AT_ONCE })
    for await (const entry of folder) {
      signal.throwIfAborted()
      entries += 1
      const name = below + entry.name
      if (entry.isDirectory()) folders.push(`${name}/`)
      else if (entry.isFile()) addFile(walk, root, name)
      else leaveOut(scan, join(path, entry.name), entry.isSymbolicLink() ? 'symlink' : 'not-a-file')
      if (entries % AT_ONCE === 0) walk.onProgress(scan)
    }
  } catch (cause) {
    signal.throwIfAborted()
    if (!isSystem(cause)) throw cause
    leaveOut(scan, path, 'unreadable')
  }
  if (entries === 0 && folder !== null && keyBytes(keyOf(walk, root, below)) <= MAX_KEY_BYTES) {
    addTo(walk, { root, path: below === '' ? '/' : below, size: 0, modified: 0 })
  }
  walk.onProgress(scan)
  for (const inside of folders) await walkFolder(walk, root, inside)
}

function addFile(walk: Walk, root: number, below: string): void {
  const { scan, roots } = walk
  const path = join(roots[root]?.path ?? '', below)
  if (keyBytes(keyOf(walk, root, below)) > MAX_KEY_BYTES) return leaveOut(scan, path, 'name-too-long')
  try {
    // A promise for each costs ten times as much, and there may be a million.
    const { size, mtimeMs } = lstatSync(path)
    accessSync(path, constants.R_OK)
    addTo(walk, { root, path: below, size, modified: Math.floor(mtimeMs) })
  } catch (cause) {
    if (!isSystem(cause)) throw cause
    leaveOut(scan, path, 'unreadable')
  }
}

/** Counts and lists one file, or one folder that holds nothing. */
export function addTo({ scan, list, isListed }: Walk, file: ListedFile): void {
  if (!isListed(file.root, file.path)) list.add(file)
  const totals = scan.items[file.root]
  scan.found += 1
  if (file.path.endsWith('/')) {
    if (totals !== undefined) totals.emptyFolders += 1
    return
  }
  scan.files += 1
  scan.bytes += file.size
  if (totals === undefined) return
  totals.files += 1
  totals.bytes += file.size
}

export function leaveOut(scan: Scan, path: string, reason: LeftOut['reason']): void {
  if (scan.leftOut.length < MOST_LISTED) scan.leftOut.push({ path, reason })
}

const keyOf = ({ prefix, roots }: Walk, root: number, below: string): string => keyUnder(prefix, roots[root], below)

/** The object's key. `below`: as in {@link ListedFile}. */
export function keyUnder(prefix: string, root: Root | undefined, below: string): string {
  switch (root?.kind) {
    case 'file':
      return prefix + root.name
    case 'files':
      return prefix + below
    default:
      return `${prefix}${root?.name ?? ''}/${below === '/' ? '' : below}`
  }
}

const isSystem = (cause: unknown): boolean => typeof (cause as NodeJS.ErrnoException).syscall === 'string'
