import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { Failure, type AppError } from '../../../../shared/contract/errors.ts'
import type { Shard } from '../../../../shared/contract/models-audit.ts'
import { isInShard } from '../../audit/shard.ts'
import { pagesOf, type Selection, type Tree, partsOf } from '../../oss/selection.ts'
import { openFileList, type FileList, type ListedFile } from '../../store/file-list.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'

/** The objects of a bulk transfer: a list on the disk, and the trees that fill it. */
export interface ObjectListRecord {
  /** The list's name: a UUID. */
  readonly listId: string
  readonly profileId: string
  readonly bucket: string
  /** The trees of the selection. Single objects are in the list from the start. */
  readonly trees: readonly Tree[]
}

/** A list of all objects of the trees, or of one share of them. */
export interface SharedList extends ObjectListRecord {
  /** Null or left out: all of them. */
  readonly shard?: Shard | null
}

/**
 * One object in the list. `root`: 0 for an object that the user named, n for the n-th tree, counted
 * from 1. `path`: the key. `size` and `modified`: 0 for an object that the user named.
 */
export type ListedObject = ListedFile

/** A list that is growing or complete. */
export interface ObjectList {
  /** Opens a reader. Rows come in the order of the list, which never changes. */
  reader(): ReturnType<FileList['reader']>
  /**
   * Starts to fill the list behind its last row. A call while the list is being filled does
   * nothing.
   */
  start(): void
  /** Stops the listing of further pages while held. */
  hold(isHeld: boolean): void
  found(): {
    readonly files: number
    readonly bytes: number
    readonly counting: boolean
    readonly error: AppError | null
  }
  /** True: the list is complete. */
  isWhole(): boolean
  /** Calls `more` after each page and at the end, until the returned function is called. */
  onFound(more: () => void): () => void
  /** Stops the filling and closes the list. */
  stop(): Promise<void>
  /** Stops the filling, closes the list and removes it from the disk. */
  remove(): Promise<void>
}

/** Rows in one turn. The app handles everything else between two turns. */
const AT_ONCE = 1000

/**
 * Writes the single objects of a selection, or those that are listed already, into a new list. The
 * list is on the disk before the transfer is noted. Throws Failure 'disk-full',
 * 'target-unwritable'.
 */
export function createObjectList(
  { listFolder }: Pick<JobNeeds, 'listFolder'>,
  place: Pick<ObjectListRecord, 'listId' | 'profileId' | 'bucket'>,
  selection: Selection,
): ObjectListRecord {
  const { objects, trees } = partsOf(selection)
  const list = openFileList(pathOf(listFolder, place.listId))
  for (const path of objects) list.add({ root: 0, path, size: 0, modified: 0 })
  const { found } = selection
  if (found === undefined) list.flush()
  else {
    let bytes = 0
    for (const { key, size, modified } of found.rows) {
      list.add({ root: 1, path: key, size, modified })
      bytes += size
    }
    // The list is complete, so nobody lists its tree.
    list.end({ files: found.rows.length, bytes, missing: null })
  }
  list.close()
  return { listId: place.listId, profileId: place.profileId, bucket: place.bucket, trees }
}

/**
 * Opens the list of a bulk transfer. Nothing is listed before `start`. After a kill, the list
 * continues behind its last row, by one request that names this row.
 * `done`: the number behind the last completed row. A shorter list lost rows in a power cut. Other
 * rows would take the lost numbers and count as completed, so its error is 'file-damaged'.
 */
export function openObjectList(needs: JobNeeds, record: SharedList, done: number): ObjectList {
  const { listFolder, connections, masked } = needs
  const { profileId, bucket, trees, shard = null } = record
  const path = pathOf(listFolder, record.listId)
  const list = openFileList(path)
  const listeners = new Set<() => void>()
  const control = new AbortController()
  const totals = list.totals()
  let [files, bytes] = [totals?.files ?? 0, totals?.bytes ?? 0]
  let counting = totals === null
  let error: AppError | null = null
  let work: Promise<void> | null = null
  let held: { readonly over: Promise<void>; readonly end: () => void } | null = null

  const add = (root: number, key: string, size: number, modified: string): void => {
    if (shard !== null && !isInShard(key, shard)) return
    list.add({ root, path: key, size, modified: Date.parse(modified) || 0 })
    files += 1
    bytes += size
  }
  const tell = (): void => {
    list.flush()
    for (const more of listeners) more()
  }
  /** Reads the listed rows. Resolves with the last row, or with null for an empty list. */
  const readListed = async (): Promise<ListedObject | null> => {
    let last: ListedObject | null = null
    ;[files, bytes] = [0, 0]
    const reader = list.reader()
    for (let one = reader.next(); one !== null; one = reader.next()) {
      last = one.file
      files += 1
      bytes += last.size
      if (files % AT_ONCE === 0) await turn()
    }
    return last
  }
  const fillTree = async (tree: Tree, root: number, last: ListedObject | null): Promise<void> => {
    const after = last?.root === root ? last.path : ''
    // The row of the tree's own name is its last row.
    if (tree.marker && after === tree.prefix) return
    let isEmpty = after === ''
    const oss = connections.bucket(profileId, bucket)
    for await (const rows of pagesOf(oss, bucket, tree, after, control.signal)) {
      for (const { key, size, modified } of rows) add(root, key, size, modified)
      isEmpty &&= rows.length === 0
      tell()
      await held?.over
      control.signal.throwIfAborted()
    }
    // This folder has no objects. Its job finds that out and reports it by name.
    if (isEmpty && tree.marker) add(root, tree.prefix, 0, '')
  }
  const fill = async (): Promise<void> => {
    try {
      const last = await readListed()
      if (files < done) throw new Failure({ code: 'file-damaged', path, kept: null })
      tell()
      for (const [at, tree] of trees.entries())
        if (at + 1 >= (last?.root ?? 0)) await fillTree(tree, at + 1, last)
      list.end({ files, bytes, missing: null })
      counting = false
    } catch (cause) {
      if (control.signal.aborted) return
      error = cause instanceof Failure ? cause.error : masked(cause)
    } finally {
      work = null
    }
    tell()
  }
  const stop = async (): Promise<void> => {
    control.abort()
    held?.end()
    listeners.clear()
    await work
    list.close()
  }
  return {
    reader: () => list.reader(),
    start() {
      if (!counting || work !== null || error !== null || held !== null) return
      work = fill()
    },
    hold(isHeld) {
      if (isHeld) return void (held ??= openGate())
      held?.end()
      held = null
      error = null
    },
    isWhole: () => !counting,
    found: () => ({
      files,
      bytes,
      counting: counting && error === null,
      error: error ?? list.damage(),
    }),
    onFound: (more) => (listeners.add(more), () => void listeners.delete(more)),
    stop,
    async remove() {
      await stop()
      rmSync(path, { force: true })
    },
  }
}

function openGate(): { readonly over: Promise<void>; readonly end: () => void } {
  let end = (): void => undefined
  const over = new Promise<void>((resolve) => (end = resolve))
  return { over, end }
}

/** Returns the path of a bulk transfer's list. */
const pathOf = (listFolder: string, listId: string): string => join(listFolder, `${listId}.list`)
