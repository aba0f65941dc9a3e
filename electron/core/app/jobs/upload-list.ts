import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { Failure, type AppError } from '../../../../shared/contract/errors.ts'
import { openFileList, type FileList } from '../../store/file-list.ts'
import { setAsideUnlessFile } from '../../store/set-aside.ts'
import { markSet } from '../../store/mark-set.ts'
import { followArrival, type Following } from '../local/follow-arrival.ts'
import type { NotSent } from '../core.ts'
import type { JobNeeds } from './job-needs.ts'
import { missingError, newScan, scanRoots, type Root, type Scan, type Walk } from '../local/scan.ts'
import { sharedKeys, type SharedKeys } from './shared-keys.ts'

/** A list that this start of the app fills or filled. */
export interface OpenBatch {
  readonly list: FileList
  readonly scan: Scan
  /** The files that an earlier start of the app listed. The count finds the same files again. */
  readonly listed?: { readonly files: number; readonly bytes: number }
  /** Returns the error that ended the count early; null without one. */
  failure(): AppError | null
  /** Returns the error for wanted files that were left out; null without such files. */
  missing(): AppError | null
  counting(): boolean
  onFound(more: () => void): () => void
  /** Stops the count and closes the list. */
  stop(): void
}

/** Returns the path of a batch's list. */
export function listPath({ listFolder }: Pick<JobNeeds, 'listFolder'>, listId: string): string {
  return join(listFolder, `${listId}.list`)
}

/** The files of one upload, and their destination. */
export interface UploadList {
  readonly listId: string
  readonly prefix: string
  readonly roots: readonly Root[]
  readonly arriving?: true
}

interface Counting extends Pick<Walk, 'roots' | 'prefix'>, Partial<Pick<Walk, 'isListed'>> {
  readonly list: FileList
  readonly following?: readonly Following[]
  /** A promise that the count awaits before it starts. */
  readonly first?: Promise<void>
  readonly notSent?: (one: NotSent) => void
  masked(cause: unknown): AppError
}

/** Starts to count files into a list. */
export function countInto({
  list,
  roots,
  prefix,
  masked,
  following = [],
  isListed = () => false,
  first,
  notSent,
}: Counting): OpenBatch & { readonly done: Promise<void>; readonly shared: SharedKeys } {
  const scan = newScan((one) => notSent?.({ what: 'left-out', ...one }))
  const shared = sharedKeys(prefix, roots, (one) => notSent?.({ what: 'one-key', ...one }))
  const control = new AbortController()
  const listeners = new Set<() => void>()
  let [counting, failure]: [boolean, AppError | null] = [true, null]
  const tell = (): void => {
    list.flush()
    for (const more of listeners) more()
  }
  const work = async (): Promise<void> => {
    try {
      await first
      const arriving = new Set(following.flatMap((one) => [...one.roots.values()]))
      const walk: Walk = {
        scan,
        list,
        prefix,
        roots,
        shared,
        arriving,
        signal: control.signal,
        isListed,
        onProgress: tell,
      }
      await scanRoots(walk)
      for (const one of following) await followArrival(walk, one)
      list.end({ files: scan.found, bytes: scan.bytes, missing: missingError(scan) })
    } catch (cause) {
      if (!control.signal.aborted) failure = cause instanceof Failure ? cause.error : masked(cause)
    }
    counting = false
    if (!control.signal.aborted) tell()
  }
  const done = work()
  return {
    list,
    scan,
    done,
    shared,
    failure: () => failure,
    missing: () => missingError(scan),
    counting: () => counting,
    onFound: (more) => (listeners.add(more), () => void listeners.delete(more)),
    stop() {
      control.abort()
      listeners.clear()
      void done.then(() => list.close())
    },
  }
}

/**
 * Opens the list again after a restart. `done`: files of the list that ended well. An interrupted
 * count runs again, without the listed files.
 */
export function reopenUploadList(needs: JobNeeds, record: UploadList, done: number): OpenBatch {
  const { roots, prefix, arriving = false } = record
  const { masked } = needs
  const path = listPath(needs, record.listId)
  const wrong =
    setAsideUnlessFile(path) ??
    (done > 0 && (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0
      ? ({ code: 'file-damaged', path, kept: null } as const)
      : null)
  // A new count would give the files other numbers, and the completed files are known by number.
  if (wrong !== null) return withoutList(path, wrong)
  const list = openFileList(path)
  const totals = list.totals()
  if (totals !== null) {
    const scan = { ...newScan(), found: totals.files, files: totals.files, bytes: totals.bytes }
    return {
      list,
      scan,
      failure: () => null,
      missing: () => totals.missing,
      counting: () => false,
      onFound: () => () => undefined,
      stop: () => list.close(),
    }
  }
  // The page that copied the files is gone. The files that arrived are uploaded all the same. The
  // error reports that not all files arrived.
  if (arriving) return brokenOff(list)
  const seen = markSet()
  const listed = { files: 0, bytes: 0 }
  const look = async (): Promise<void> => {
    const reader = list.reader()
    for (let one = reader.next(); one !== null; one = reader.next()) {
      seen.add(markOf(one.file.root, one.file.path))
      listed.files += 1
      listed.bytes += one.file.size
      if (listed.files % AT_ONCE === 0) await turn()
    }
  }
  const open = countInto({
    list,
    roots,
    prefix,
    masked,
    first: look(),
    isListed: (root, path) => seen.has(markOf(root, path)),
  })
  return { ...open, listed }
}

/** Returns a batch that has nothing but an error. */
function withoutList(path: string, error: AppError): OpenBatch {
  const list = openFileList(path)
  return {
    list,
    scan: newScan(),
    failure: () => error,
    missing: () => null,
    counting: () => false,
    onFound: () => () => undefined,
    stop: () => list.close(),
  }
}

function brokenOff(list: FileList): OpenBatch {
  const scan = newScan()
  const reader = list.reader()
  for (let one = reader.next(); one !== null; one = reader.next()) {
    scan.found += 1
    scan.bytes += one.file.size
    if (!one.file.path.endsWith('/')) scan.files += 1
  }
  const error: AppError = { code: 'drop-broken-off', files: scan.files, why: 'app' }
  return {
    list,
    scan,
    failure: () => error,
    missing: () => null,
    counting: () => false,
    onFound: () => () => undefined,
    stop: () => list.close(),
  }
}

/** Rows in one turn. The app handles everything else between two turns. */
const AT_ONCE = 1000

const markOf = (root: number, path: string): string => `${root} ${path}`
