import { z } from 'zod'
import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { ObjectRow } from '../../../../shared/contract/models.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { attempted } from '../../base/attempt.ts'
import { each } from '../../base/turns.ts'
import type { Oss } from '../../oss/client.ts'
import { compareKeys } from '../../oss/list-pages.ts'
import { deleteObjects } from '../../oss/object-deletes.ts'
import { headIfThere, listObjects } from '../../oss/objects.ts'
import type { Tree } from '../../oss/selection.ts'
import type { BatchJob, ChildJob, OpenOss } from '../../transfer/run/jobs.ts'
import type { Running } from '../../transfer/run/running.ts'
import type { Takes } from '../../transfer/run/stored-schema.ts'
import { bulkJob } from '../bulk/bulk-job.ts'
import type { ListedObject, ObjectListRecord } from '../bulk/object-list.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'
import { targetOf } from '../objects/key-names.ts'
import type { Kind } from './kind.ts'
import {
  bucketPlace,
  count,
  listId,
  type RECORD_VERSION,
  text,
  treeList,
  version,
} from './record-shapes.ts'

/** The record of a selection that is deleted. */
export interface DeleteRecord extends ObjectListRecord {
  readonly version: typeof RECORD_VERSION
  readonly kind: 'delete'
  /** The folder or object that names the row. */
  readonly name: string
  readonly prefix: string
  /**
   * Milliseconds since 1970, by the clock of the server. An object that was written later stays. So
   * does an object that is not the one in the list, which may be of an earlier listing.
   */
  readonly startedAt: number
}

const record = z.object({
  version,
  kind: z.literal('delete'),
  ...bucketPlace,
  listId,
  trees: treeList,
  name: text,
  prefix: text,
  startedAt: count,
}) satisfies z.ZodType<DeleteRecord>

true satisfies Takes<DeleteRecord, typeof record>

/** The job of a range of the list: at most 1,000 objects. */
interface DeleteJob extends ChildJob {
  readonly kind: 'delete'
  readonly oss: OpenOss
  readonly bucket: string
  readonly prefix: string
  readonly rows: readonly ListedObject[]
  readonly trees: readonly Tree[]
  readonly startedAt: number
  /** Receives each deleted key. */
  readonly onDeleted: (key: string) => void
}

export const deleteKind = {
  kind: 'delete',
  record,
  make: deleteJobOf,
  listOf: (one) => one.listId,
  run: deleteRange,
  async tidy() {
    // A range leaves nothing behind.
  },
  shown: ({ bucket, prefix }) => ({ kind: 'delete', bucket, key: prefix }),
} satisfies Kind<DeleteRecord, DeleteJob>

/** Makes the transfer that deletes a selection. */
export function deleteJobOf(needs: JobNeeds, one: DeleteRecord, done = 0): BatchJob {
  const { profileId, bucket, prefix, name, trees, startedAt } = one
  const { connections, seen, changes } = needs
  const target = targetOf(bucket, prefix)
  return bulkJob(
    needs,
    {
      name,
      target,
      profileId,
      shown: { kind: 'delete', bucket, key: prefix },
      bucket,
      record: one,
      list: one,
      unit: 'range',
      jobOf: (rows): DeleteJob => ({
        kind: 'delete',
        name: rows[0]?.path ?? '',
        target,
        profileId,
        keyName: null,
        size: 0,
        parallel: null,
        oss: () => attempted(async () => connections.bucket(profileId, bucket)),
        bucket,
        prefix,
        rows,
        trees,
        startedAt,
        onDeleted: (key) => {
          seen.gone(bucket, key)
          changes.deleted({ profileId, bucket, key })
        },
      }),
      released: () => changes.touch({ profileId, bucket, prefix: '' }),
    },
    done,
  )
}

/**
 * Deletes the objects of one range. The job lists the range again first. An object that is gone
 * needs nothing. An object that was written after the start stays, and so does one that is not as
 * listed. Objects outside the list are never named to OSS. Throws Failure 'not-deleted' when OSS
 * did not delete all of them.
 */
async function deleteRange(job: DeleteJob, running: Running): Promise<TransferOutcome> {
  const { bucket, rows, startedAt } = job
  const { cancelled } = running.control
  const oss = valueOf(await job.oss())
  const there = await findRows(oss, job, cancelled)
  const stays = (listed: ListedObject, now: Found): boolean =>
    Date.parse(now.modified) > startedAt || isOther(listed, now)
  const found = rows.flatMap((row) => {
    const now = there.get(row.path)
    return now === undefined ? [] : [{ path: row.path, stays: stays(row, now) }]
  })
  const wanted = found.filter((one) => !one.stays)
  const kept = new Set(
    await deleteObjects(
      oss,
      bucket,
      wanted.map(({ path }) => path),
      cancelled,
    ),
  )
  for (const { path } of wanted) if (!kept.has(path)) job.onDeleted(path)
  const [key] = kept
  if (key !== undefined)
    throw new Failure({ code: 'not-deleted', count: kept.size, of: rows.length, key })
  const left = found.flatMap((one) => (one.stays ? [one.path] : []))
  return {
    encrypted: false,
    checksum: 'absent',
    tag: 'none',
    savedAs: null,
    skipped: false,
    deleted: { objects: rows.length - left.length, left },
  }
}

/** `size` is unknown for an object that may not be read. */
type Found = Pick<ObjectRow, 'modified'> & Partial<Pick<ObjectRow, 'size'>>

/** Tells whether an object is not the listed one. HEAD tells whole seconds, and a list may not. */
const isOther = (listed: ListedObject, { modified, size }: Found): boolean =>
  listed.modified !== 0 &&
  modified !== '' &&
  (size !== listed.size || inSeconds(Date.parse(modified)) !== inSeconds(listed.modified))

const inSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000)

/** Finds the rows that exist now, by key. */
async function findRows(
  oss: Oss,
  { bucket, rows, trees }: DeleteJob,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Found>> {
  const there = new Map<string, Found>()
  const named = rows.filter(({ root }) => root === 0)
  await each(
    named,
    HEADS_AT_ONCE,
    async ({ path }) => {
      const found = await findNamed(oss, bucket, path, signal)
      if (found !== null) there.set(path, found)
    },
    signal,
  )
  for (const root of new Set(rows.map((row) => row.root)))
    if (root > 0) {
      const keys = rows.flatMap((row) => (row.root === root ? [row.path] : []))
      await findInTree(oss, bucket, trees[root - 1]?.prefix ?? '', keys, there, signal)
    }
  return there
}

const HEADS_AT_ONCE = 8
/** Rows in one page of a listing. */
const PAGE = 1000

/**
 * Finds one object; null when it does not exist. An account with the right to delete may lack the
 * right to read. The object then counts as existing.
 */
async function findNamed(
  oss: Oss,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<Found | null> {
  try {
    return await headIfThere(oss, bucket, key, signal)
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code === 'access-denied') return { modified: '' }
    throw cause
  }
}

/**
 * Lists from the first of the keys to the last. `keys` are in order, except a marker at the end.
 */
async function findInTree(
  oss: Oss,
  bucket: string,
  prefix: string,
  keys: readonly string[],
  there: Map<string, Found>,
  signal: AbortSignal,
): Promise<void> {
  const isMarked = keys.at(-1) === prefix
  const marker = isMarked ? await findNamed(oss, bucket, prefix, signal) : null
  if (marker !== null) there.set(prefix, marker)
  const wanted = new Set(isMarked ? keys.slice(0, -1) : keys)
  const first = keys[0] ?? ''
  const last = keys.at(isMarked ? -2 : -1)
  if (wanted.size === 0 || last === undefined) return
  let after = before(first)
  let cursor: string | null = null
  for (;;) {
    const page: Awaited<ReturnType<typeof listObjects>> = await listObjects(
      oss,
      { bucket, prefix, delimiter: '', cursor, after, max: PAGE },
      signal,
    )
    for (const row of page.rows) if (wanted.has(row.key)) there.set(row.key, row)
    if (page.cursor === null) return
    cursor = page.cursor
    const reached = page.rows.at(-1)?.key
    // Similar servers may have empty pages.
    if (reached === undefined) continue
    const next = keys.find((key) => wanted.has(key) && compareKeys(key, reached) > 0)
    if (next === undefined) return
    // A far key is reached in one step.
    if (compareKeys(before(next), reached) > 0) [cursor, after] = [null, before(next)]
  }
}

/** Returns a name that sorts before a key, and behind almost every other earlier name. */
const before = (key: string): string => Array.from(key).slice(0, -1).join('')
