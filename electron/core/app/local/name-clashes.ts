import { dirname } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { ENVELOPE_FILE_SUFFIX } from '../../../../shared/format/envelope/envelope-file.ts'
import { numberedPath } from '../../files/place-file.ts'
import { markSet, type MarkSet } from '../../store/mark-set.ts'
import { looseForm, pathsFor, probeNames } from './local-names.ts'

/** An object that becomes a file, or a folder that must exist. */
export interface PlannedPath {
  /** Number of the row among all rows. */
  readonly index: number
  readonly key: string
  /** The path below the target folder, as the object's name gives it. */
  readonly path: string
  /** True: the object's name was changed to make the path. */
  readonly changed: boolean
  readonly isFolder: boolean
}

export interface Planned {
  /** Returns all rows in order, on every call. */
  rows(): Iterable<PlannedPath>
  /** The target folder. */
  readonly folder: string
  /** True: envelope files are written beside encrypted objects. */
  readonly raw: boolean
  /** Says for each of these objects whether it is plain. */
  arePlain(keys: readonly string[]): Promise<readonly boolean[]>
}

/** Rows in one turn. The app handles everything else between two turns. */
const AT_ONCE = 1000

/**
 * Finds every object whose file would meet another object's file, a folder or an envelope file.
 * Each such object gets a path of its own, before anything is written.
 * Returns the new paths by the rows' numbers. All other rows have their planned paths. Memory: a
 * hash for each name, and the clashing rows.
 */
export async function newPathsOf({
  rows,
  folder,
  raw,
  arePlain,
}: Planned): Promise<ReadonlyMap<number, string>> {
  const files = markSet()
  const folders = markSet()
  const shared = markSet()
  await eachOf(rows(), ({ path, isFolder }) => {
    for (const above of foldersOf(path, isFolder)) folders.add(looseForm(above))
    if (isFolder) return
    const name = looseForm(path)
    if (files.has(name)) shared.add(name)
    files.add(name)
  })
  const clashing: PlannedPath[] = []
  const names = new Set<string>()
  await eachOf(rows(), (row) => {
    const name = looseForm(row.path)
    if (
      row.isFolder ||
      !(shared.has(name) || folders.has(name) || (raw && meets(row.path, files, folders)))
    )
      return
    clashing.push(row)
    names.add(name)
    if (raw) names.add(looseForm(row.path + ENVELOPE_FILE_SUFFIX))
  })
  if (clashing.length === 0) return new Map()
  const near = new Set<string>()
  await eachOf(rows(), ({ path, isFolder }) => {
    for (const above of foldersOf(path, isFolder)) if (names.has(looseForm(above))) near.add(above)
  })
  const meeting = clashing.map(({ path }) => raw && meets(path, files, folders))
  const asked = clashing.filter((_, i) => meeting[i])
  // An object that cannot be read counts as encrypted. Its path then has room for an envelope file.
  const plain = asked.length === 0 ? [] : await arePlain(asked.map(({ key }) => key))
  const isPlain = new Set(asked.flatMap(({ index }, i) => (plain[i] === true ? [index] : [])))
  const paths = pathsFor(
    clashing.map(({ index, path, changed }, i) => ({
      path,
      changed,
      encrypted: meeting[i] === true && !isPlain.has(index),
    })),
    [...near],
    await probeNames(folder),
    (path) => files.has(looseForm(path)) || folders.has(looseForm(path)),
  )
  return new Map(clashing.map(({ index }, i) => [index, paths[i] ?? '']))
}

async function eachOf(
  rows: Iterable<PlannedPath>,
  work: (row: PlannedPath) => void,
): Promise<void> {
  let count = 0
  for (const row of rows) {
    work(row)
    if (++count % AT_ONCE === 0) await turn()
  }
}

/** Returns the folders that a path needs. A folder needs itself too. */
function foldersOf(path: string, isFolder: boolean): readonly string[] {
  const all: string[] = []
  for (let at = isFolder ? path : dirname(path); at !== '.'; at = dirname(at)) all.push(at)
  return all
}

/**
 * Says whether the encryption of objects matters for this path. The path may be the name of another
 * object's envelope file or have another envelope file at its side. Or its own envelope file's name
 * would be too long.
 */
function meets(path: string, files: MarkSet, folders: MarkSet): boolean {
  const name = looseForm(path)
  const suffix = looseForm(ENVELOPE_FILE_SUFFIX)
  return (
    files.has(looseForm(path + ENVELOPE_FILE_SUFFIX)) ||
    folders.has(looseForm(path + ENVELOPE_FILE_SUFFIX)) ||
    (name.endsWith(suffix) && files.has(name.slice(0, -suffix.length))) ||
    numberedPath(path, 1, ENVELOPE_FILE_SUFFIX.length) !== path
  )
}
