import { dirname } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { ENVELOPE_FILE_SUFFIX } from '../../../../shared/format/envelope/envelope-file.ts'
import { numberedPath } from '../../files/place-file.ts'
import { markSet, type MarkSet } from '../../store/mark-set.ts'
import { looseForm, pathsFor, probeNames } from './local-names.ts'

/** An object that is to become a file, or a folder that is to be there. */
export interface PlannedPath {
  /** Its number among all of them. */
  readonly index: number
  readonly key: string
  /** The path below the target folder, as the object's name makes it. */
  readonly path: string
  /** The object's name could not be taken as it is. */
  readonly changed: boolean
  readonly isFolder: boolean
}

export interface Planned {
  /** All of them in order, as often as it is called. */
  rows(): Iterable<PlannedPath>
  /** The folder that they go into. */
  readonly folder: string
  /** Envelope files come beside the objects that are encrypted. */
  readonly raw: boolean
  /** Which of these objects are not encrypted? */
  arePlain(keys: readonly string[]): Promise<readonly boolean[]>
}

/** Between so many rows the app has time for everything else. */
const AT_ONCE = 1000

/**
 * Finds every object whose file would be another object's file, a folder or an envelope file, and
 * gives it a path of its own, before anything is written. Returns the paths by number; all others
 * keep theirs. Memory: a hash for each name, and the rows that clash.
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
  // An object that cannot be looked at is taken for encrypted: then there is room for both.
  const plain = asked.length === 0 ? [] : await arePlain(asked.map(({ key }) => key))
  const isPlain = new Set(asked.flatMap(({ index }, i) => (plain[i] === true ? [index] : [])))
  const paths = pathsFor(
    clashing.map(({ index, path, changed }, i) => ({
      path,
      changed,
      sealed: meeting[i] === true && !isPlain.has(index),
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

/** The folders that a path needs, the path itself where it is one. */
function foldersOf(path: string, isFolder: boolean): readonly string[] {
  const all: string[] = []
  for (let at = isFolder ? path : dirname(path); at !== '.'; at = dirname(at)) all.push(at)
  return all
}

/**
 * Is this the name of another's envelope file, beside the envelope file of another, or too long with
 * one of its own? Then it matters which objects are encrypted.
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
