import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, type AppError } from '../../../shared/contract/errors.ts'
import { openFileList, type FileList } from '../store/file-list.ts'
import type { BatchJob } from '../transfer/jobs.ts'
import type { BatchRecord, UploadRecord } from './job-records.ts'
import type { JobNeeds } from './job-needs.ts'
import { newScan, scanRoots, type Scan } from './scan.ts'
import { childOf } from './upload-jobs.ts'

/** A list that is being filled, or was filled, by this start of the app. */
export interface OpenBatch {
  readonly list: FileList
  readonly scan: Scan
  /** What ended the count before its time. */
  failure(): AppError | null
  counting(): boolean
  onFound(more: () => void): () => void
  /** Stops counting, and closes the list. */
  stop(): void
}

/** Where the list of a batch is. */
export function listPath({ listFolder }: Pick<JobNeeds, 'listFolder'>, listId: string): string {
  return join(listFolder, `${listId}.list`)
}

/** The job of many files. `open` null: after a restart; a count that was broken off is made again, without those that are listed. */
export function batchJobOf(needs: JobNeeds, record: BatchRecord, open: OpenBatch | null): BatchJob {
  const batch = open ?? reopened(needs, record)
  const reader = batch.list.reader()
  const release = needs.spool.hold(record.spooled)
  let later: UploadRecord['existing'] | null = null
  return {
    kind: 'batch', name: record.name, target: `${record.bucket}/${record.prefix}`.replace(/\/$/, ''), profileId: record.profileId, keyName: record.keyName,
    bucket: record.bucket, key: record.prefix, size: batch.scan.bytes, record,
    next() {
      const found = reader.next()
      return found === null ? null : { index: found.index, size: found.file.size, job: () => childOf(needs, record, found.file, later) }
    },
    found: () => ({ files: batch.scan.found, bytes: batch.scan.bytes, counting: batch.counting(), error: batch.failure() }),
    onFound: (more) => batch.onFound(more),
    decide: (existing) => void (later = existing),
    released() {
      batch.stop()
      release()
      rmSync(listPath(needs, record.listId), { force: true })
    },
  }
}

/** Begins to count into a list. */
export function countInto(list: FileList, roots: BatchRecord['roots'], prefix: string, masked: (cause: unknown) => AppError, isListed: (root: number, path: string) => boolean = () => false): OpenBatch & { readonly done: Promise<void> } {
  const scan = newScan()
  const control = new AbortController()
  const listeners = new Set<() => void>()
  let [counting, failure]: [boolean, AppError | null] = [true, null]
  const tell = (): void => {
    list.flush()
    for (const more of listeners) more()
  }
  const work = async (): Promise<void> => {
    try {
      await scanRoots({ scan, list, prefix, roots, signal: control.signal, isListed, onProgress: tell })
      list.end({ files: scan.found, bytes: scan.bytes })
    } catch (cause) {
      if (!control.signal.aborted) failure = cause instanceof Failure ? cause.error : masked(cause)
    }
    counting = false
    if (!control.signal.aborted) tell()
  }
  const done = work()
  return {
    list, scan, done,
    failure: () => failure,
    counting: () => counting,
    onFound: (more) => (listeners.add(more), () => void listeners.delete(more)),
    stop() {
      control.abort()
      listeners.clear()
      void done.then(() => list.close())
    },
  }
}

function reopened(needs: JobNeeds, record: BatchRecord): OpenBatch {
  const list = openFileList(listPath(needs, record.listId))
  const totals = list.totals()
  if (totals !== null) {
    const scan = { ...newScan(), found: totals.files, files: totals.files, bytes: totals.bytes }
    return { list, scan, failure: () => null, counting: () => false, onFound: () => () => undefined, stop: () => list.close() }
  }
  // Hashes, and not names: of a million files they are what fits into memory.
  const listed = new Set<string>()
  const reader = list.reader()
  for (let one = reader.next(); one !== null; one = reader.next()) listed.add(markOf(one.file.root, one.file.path))
  return countInto(list, record.roots, record.prefix, needs.masked, (root, path) => listed.has(markOf(root, path)))
}

const markOf = (root: number, path: string): string => createHash('sha256').update(`${root} ${path}`).digest('base64').slice(0, 14)
