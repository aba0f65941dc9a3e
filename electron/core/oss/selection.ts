import type { ObjectRow } from '../../../shared/contract/models.ts'
import type { Oss } from './client.ts'
import { headObject, listObjects } from './objects.ts'

/** Rows in one page of a listing. */
const PAGE = 1000

/** A choice of objects in one bucket, of any length; see `shapes.ts` of the contract. */
export interface Selection {
  /** Objects, and folders (names that end in '/') that stand for everything below them. */
  readonly keys: readonly string[]
  /** The keys that end in '/' and name only the object of that name. */
  readonly itself?: readonly string[] | undefined
  /**
   * Everything below `prefix` without the empty marker of the prefix itself, save `except`: objects
   * and folders.
   */
  readonly under?: { readonly prefix: string; readonly except: readonly string[] } | undefined
  /** Objects that are listed already. Left out for a selection that has keys or a prefix. */
  readonly found?: FoundRows | undefined
}

/** Objects below a prefix that are listed already, in the order of their keys. */
export interface FoundRows {
  readonly prefix: string
  readonly rows: readonly {
    readonly key: string
    readonly size: number
    /** Milliseconds since 1970; 0 when unknown. */
    readonly modified: number
  }[]
}

/** Everything whose name begins with `prefix`. */
export interface Tree {
  readonly prefix: string
  /** False: the empty marker of the prefix itself is not part of it. */
  readonly marker: boolean
  /** Objects, and folders with everything below them, that are not part of it. */
  readonly except: readonly string[]
}

/**
 * Splits a selection into single objects and trees, each once and in the order of the keys. The
 * tree of objects that are listed already says where they lie, and is not listed.
 */
export function partsOf({ keys, itself = [], under, found }: Selection): {
  readonly objects: readonly string[]
  readonly trees: readonly Tree[]
} {
  if (found !== undefined)
    return { objects: [], trees: [{ prefix: found.prefix, marker: false, except: [] }] }
  const alone = new Set(itself)
  const isFolder = (key: string): boolean => key.endsWith('/') && !alone.has(key)
  const all = [...new Set(keys)]
  const trees = all.filter(isFolder).map((prefix) => ({ prefix, marker: true, except: [] }))
  return {
    objects: all.filter((key) => !isFolder(key)),
    trees: under === undefined ? trees : [...trees, { ...under, marker: false }],
  }
}

/**
 * Lists a tree page by page, in the order of OSS, from behind the name `after` ('' for all of it).
 * The marker of the tree comes last: while anything is left of a folder, the folder is to be seen.
 * Throws Failure.
 */
export async function* pagesOf(
  oss: Oss,
  bucket: string,
  tree: Tree,
  after: string,
  signal: AbortSignal,
): AsyncGenerator<readonly ObjectRow[]> {
  const { prefix } = tree
  const isOut = isLeftOut(prefix, tree.except)
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof listObjects>> = await listObjects(
      oss,
      { bucket, prefix, delimiter: '', cursor, after, max: PAGE },
      signal,
    )
    yield page.rows.filter((row) => !isLastRow(row, tree) && !isOut(row.key))
    cursor = page.cursor
  } while (cursor !== null)
  const wanted = { bucket, prefix, delimiter: '', cursor: null, max: 1 }
  const [first] = prefix === '' ? [] : (await listObjects(oss, wanted, signal)).rows
  if (first !== undefined && isLastRow(first, tree) && tree.marker) yield [first]
}

/**
 * Tells whether the row is the object of the tree's own name. A tree without marker has such a row
 * as content only.
 */
const isLastRow = ({ key, kind }: ObjectRow, { prefix, marker }: Tree): boolean =>
  key === prefix && (marker || kind === 'folder')

/** Returns a test for the keys that `except` leaves out of a tree: objects, and folders. */
export function isLeftOut(prefix: string, except: readonly string[]): (key: string) => boolean {
  if (except.length === 0) return () => false
  const names = new Set(except)
  return (key) => {
    if (names.has(key)) return true
    let end = key.indexOf('/', prefix.length)
    for (; end !== -1 && end < key.length - 1; end = key.indexOf('/', end + 1))
      if (names.has(key.slice(0, end + 1))) return true
    return false
  }
}

/** The progress of a count. */
export interface CountStep {
  readonly objects: number
  readonly bytes: number
  /** Where the next step goes on; null when all is counted. */
  readonly cursor: string | null
}

/** A step of a count lists so many pages and asks for so many single objects at most. */
const STEP = 20

/**
 * Counts a part of a selection: objects, and their bytes. `cursor`: of the step before, null for
 * the first. Throws Failure 'not-found' for a single object that is not there.
 */
export async function countStep(
  oss: Oss,
  bucket: string,
  selection: Selection,
  cursor: string | null,
  signal: AbortSignal,
): Promise<CountStep> {
  const { objects: single, trees } = partsOf(selection)
  let [at, after] = readPlace(cursor)
  let [objects, bytes, left] = [0, 0, STEP]
  for (; at < single.length; at++, left--) {
    if (left === 0) return { objects, bytes, cursor: writePlace(at, '') }
    bytes += (await headObject(oss, bucket, single[at] ?? '', signal)).size
    objects += 1
  }
  for (; at < single.length + trees.length; at++, after = '') {
    for await (const rows of pagesOf(
      oss,
      bucket,
      trees[at - single.length] as Tree,
      after,
      signal,
    )) {
      objects += rows.length
      for (const { size } of rows) bytes += size
      const last = rows.at(-1)
      // The marker ends its tree: the next step goes on with the tree behind it.
      if (last !== undefined && --left <= 0 && last.key !== trees[at - single.length]?.prefix)
        return { objects, bytes, cursor: writePlace(at, last.key) }
    }
  }
  return { objects, bytes, cursor: null }
}

const writePlace = (at: number, after: string): string => `${at} ${after}`

function readPlace(cursor: string | null): [at: number, after: string] {
  const end = cursor?.indexOf(' ') ?? -1
  return cursor === null || end === -1
    ? [0, '']
    : [Number(cursor.slice(0, end)), cursor.slice(end + 1)]
}
