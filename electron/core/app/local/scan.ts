import { accessSync, constants, lstatSync, readdirSync, type Dir, type Dirent } from 'node:fs'
import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AppError, LeftOutReason } from '../../../../shared/contract/errors.ts'
import { brokenNameRule } from '../../../../shared/contract/object-names.ts'
import type { UploadPlan } from '../../../../shared/contract/models-transfers.ts'
import type { FileList, ListedFile } from '../../store/file-list.ts'
import type { Granted } from './path-grants.ts'

/** A path that the user chose to upload. */
export type Root = Pick<Granted, 'path' | 'name' | 'kind'>
export type LeftOut = UploadPlan['leftOut'][number]

export interface Scan {
  /** Files and empty folders: each becomes an object. Their names and sizes are in the list. */
  found: number
  /** Files among the found entries. */
  files: number
  bytes: number
  /**
   * The first left-out entries: up to {@link MOST_LISTED} links, pipes, sockets and devices, and as
   * many other entries.
   */
  readonly leftOut: LeftOut[]
  /**
   * The number of all left-out entries. `missing`: the number without links, pipes, sockets and
   * devices.
   */
  leftOutCount: number
  missing: number
  /** Receives each left-out entry. */
  readonly told: (one: LeftOut) => void
  readonly items: {
    name: string
    kind: Root['kind']
    files: number
    folders: number
    emptyFolders: number
    bytes: number
  }[]
}

/**
 * People read a few names, and a million names would only fill the memory. Links never take the
 * places of entries that the user wanted.
 */
const MOST_LISTED = 1000
/**
 * The character that Node puts for bytes that are not UTF-8. A name may also hold this character
 * itself.
 */
const REPLACEMENT = '\ufffd'
/** Entries read from the system at once. The app handles everything else between two reads. */
const AT_ONCE = 256

/** The inputs of one scan. */
export interface Walk {
  readonly scan: Scan
  readonly list: Pick<FileList, 'add'>
  readonly prefix: string
  readonly roots: readonly Root[]
  /** Receives every file, because two files must not have one key. */
  readonly shared: { see(file: ListedFile): void }
  readonly signal: AbortSignal
  /** Says whether an earlier, interrupted scan has listed this file already. */
  isListed(root: number, path: string): boolean
  /** Roots that are still being copied in: see `follow-arrival.ts`. */
  readonly arriving: ReadonlySet<number>
  onProgress(scan: Scan): void
}

/** Returns an empty count for {@link scanRoots} to fill. */
export function newScan(told: (one: LeftOut) => void = () => undefined): Scan {
  return { found: 0, files: 0, bytes: 0, leftOut: [], leftOutCount: 0, missing: 0, told, items: [] }
}

/**
 * Walks the granted roots and lists every file. It calls `onProgress` after each folder and after
 * every few hundred files. The files of a folder come before the folders in it.
 * Symbolic links, devices and unreadable entries are left out by name and never followed, because a
 * link could lead out of the chosen folder. Throws only when aborted, or when the list cannot be
 * written.
 */
export async function scanRoots(walk: Walk): Promise<void> {
  for (const { name, kind } of walk.roots)
    walk.scan.items.push({ name, kind, files: 0, folders: 0, emptyFolders: 0, bytes: 0 })
  for (const [index, root] of walk.roots.entries()) {
    if (walk.arriving.has(index)) continue
    if (root.kind === 'file') addFile(walk, index, '')
    else await walkFolder(walk, index, '')
    walk.onProgress(walk.scan)
  }
}

/** Walks one folder. `below`: the folder's path below its root, '' or ending in '/'. */
async function walkFolder(walk: Walk, root: number, below: string): Promise<void> {
  const { scan, roots, signal } = walk
  const path = join(roots[root]?.path ?? '', below)
  const refused = nameReason(keyOf(walk, root, below))
  // Entries in this folder have longer names still.
  if (refused !== null) return leaveOut(scan, path, refused)
  const totals = scan.items[root]
  if (totals !== undefined) totals.folders += 1
  const folders: string[] = []
  let entries = 0
  let folder: Dir | null = null
  let odd = false
  const take = (entry: Dirent): void => {
    const name = below + entry.name
    if (entry.isDirectory()) folders.push(`${name}/`)
    else if (entry.isFile()) addFile(walk, root, name)
    else leaveOut(scan, join(path, entry.name), entry.isSymbolicLink() ? 'symlink' : 'not-a-file')
  }
  try {
    folder = await opendir(path, { bufferSize: AT_ONCE })
    for await (const entry of folder) {
      signal.throwIfAborted()
      entries += 1
      if (entry.name.includes(REPLACEMENT)) odd = true
      else take(entry)
      if (entries % AT_ONCE === 0) walk.onProgress(scan)
    }
    if (odd) takeOdd(scan, path, take)
  } catch (cause) {
    signal.throwIfAborted()
    if (!isSystem(cause)) throw cause
    leaveOut(scan, path, whyNot(cause))
  }
  if (entries === 0 && folder !== null)
    addTo(walk, { root, path: below === '' ? '/' : below, size: 0, modified: 0 })
  walk.onProgress(scan)
  for (const inside of folders) await walkFolder(walk, root, inside)
}

/**
 * Reads names with the replacement character as bytes. Two such names may look alike, and the
 * character may be part of a real name.
 */
function takeOdd(scan: Scan, path: string, take: (entry: Dirent) => void): void {
  const whole = new Map(
    readdirSync(path, { withFileTypes: true }).map((entry) => [entry.name, entry]),
  )
  for (const bytes of readdirSync(path, { encoding: 'buffer' })) {
    const name = bytes.toString('utf8')
    if (!name.includes(REPLACEMENT)) continue
    const entry = whole.get(name)
    if (!Buffer.from(name).equals(bytes)) leaveOut(scan, join(path, name), 'name-not-utf8')
    else if (entry !== undefined) take(entry)
  }
}

function addFile(walk: Walk, root: number, below: string): void {
  const { scan, roots } = walk
  const path = join(roots[root]?.path ?? '', below)
  const refused = nameReason(keyOf(walk, root, below))
  if (refused !== null) return leaveOut(scan, path, refused)
  try {
    // One promise for each file costs ten times as much, and there may be a million files.
    const { size, mtimeMs } = lstatSync(path)
    accessSync(path, constants.R_OK)
    addTo(walk, { root, path: below, size, modified: Math.floor(mtimeMs) })
  } catch (cause) {
    if (!isSystem(cause)) throw cause
    leaveOut(scan, path, whyNot(cause))
  }
}

/** Returns the reason why OSS has no object of this name; null when it may have one. */
export function nameReason(key: string): LeftOutReason | null {
  const rule = brokenNameRule(key)
  if (rule === null) return null
  return rule === 'too-long'
    ? 'name-too-long'
    : rule === 'not-text'
      ? 'name-not-utf8'
      : 'name-not-allowed'
}

/**
 * Returns the reason for a system error: the entry is gone, its path is too long, or it cannot be
 * read.
 */
function whyNot(cause: unknown): LeftOutReason {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'gone'
  return code === 'ENAMETOOLONG' ? 'name-too-long' : 'unreadable'
}

/** Counts and lists one file or one empty folder. */
export function addTo({ scan, list, isListed, shared }: Walk, file: ListedFile): void {
  shared.see(file)
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
  const wanted = isWanted(reason)
  const listed = wanted ? scan.missing : scan.leftOutCount - scan.missing
  scan.leftOutCount += 1
  if (wanted) scan.missing += 1
  const one = { path, reason }
  if (listed < MOST_LISTED) scan.leftOut.push(one)
  scan.told(one)
}

/**
 * Says whether the user wanted the entry uploaded: true for all but links, pipes, sockets and
 * devices.
 */
const isWanted = (reason: LeftOutReason): boolean => reason !== 'symlink' && reason !== 'not-a-file'

/**
 * Returns the transfer's error after all other files are uploaded; null when no wanted file is
 * missing.
 */
export function missingError({
  missing,
  leftOut,
}: Scan): Extract<AppError, { readonly code: 'left-out' }> | null {
  const first = leftOut.find(({ reason }) => isWanted(reason))
  return first === undefined ? null : { code: 'left-out', count: missing, ...first }
}

const keyOf = ({ prefix, roots }: Walk, root: number, below: string): string =>
  keyUnder(prefix, roots[root], below)

/** Returns the object's key. `below`: as in {@link ListedFile}. */
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

const isSystem = (cause: unknown): boolean =>
  typeof (cause as NodeJS.ErrnoException).syscall === 'string'
