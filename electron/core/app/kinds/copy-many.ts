import { z } from 'zod'
import type { BatchJob, CopyJob } from '../../transfer/run/jobs.ts'
import type { Takes } from '../../transfer/run/stored-schema.ts'
import { bulkJob } from '../bulk/bulk-job.ts'
import type { ListedObject, ObjectListRecord } from '../bulk/object-list.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'
import { nameOf, targetOf } from '../objects/key-names.ts'
import { copyJobOf } from './copy.ts'
import type { RecordKind } from './kind.ts'
import {
  bucketPlace,
  count,
  existing,
  listId,
  RECORD_VERSION,
  text,
  treeList,
  version,
  type ObjectPlace,
} from './record-shapes.ts'

/** The record of a selection that is copied or moved. */
export interface CopyManyRecord
  extends
    ObjectListRecord,
    Pick<CopyJob, 'removeSource' | 'existing' | 'multipartFrom' | 'partSize'> {
  readonly version: typeof RECORD_VERSION
  readonly kind: 'copy-many'
  /** The folder or object that names the row. */
  readonly name: string
  readonly to: Omit<ObjectPlace, 'key'>
  /** The folder that receives the objects and folders under their own names; null with `toKey`. */
  readonly toPrefix: string | null
  /** The new name of the one folder that is copied; null with `toPrefix`. */
  readonly toKey: string | null
}

const record = z.object({
  version,
  kind: z.literal('copy-many'),
  ...bucketPlace,
  listId,
  trees: treeList,
  name: text,
  to: z.object(bucketPlace),
  toPrefix: text.nullable(),
  toKey: text.nullable(),
  // Without this field, no source is removed.
  removeSource: z.boolean().default(false),
  existing,
  multipartFrom: count,
  partSize: count,
}) satisfies z.ZodType<CopyManyRecord>

true satisfies Takes<CopyManyRecord, typeof record>

/** The kind of a batch of copies. Jobs of its objects are of kind 'copy'. */
export const copyManyKind = {
  kind: 'copy-many',
  record,
  make: copyManyJobOf,
  listOf: (one) => one.listId,
} satisfies RecordKind<CopyManyRecord>

/** Returns the new key of one object of a selection. */
export function targetKeyOf(
  { root, path }: Pick<ListedObject, 'root' | 'path'>,
  { trees, toPrefix, toKey }: Pick<CopyManyRecord, 'trees' | 'toPrefix' | 'toKey'>,
): string {
  const tree = trees[root - 1]
  if (tree === undefined) return toKey ?? `${toPrefix ?? ''}${nameOf(path)}`
  const to = toKey ?? `${toPrefix ?? ''}${tree.marker ? nameOf(tree.prefix) : ''}`
  return to + path.slice(tree.prefix.length)
}

/** Makes the transfer that copies or moves a selection. */
export function copyManyJobOf(needs: JobNeeds, one: CopyManyRecord, done = 0): BatchJob {
  const { profileId, bucket, to, removeSource, multipartFrom, partSize, toKey, toPrefix } = one
  const { changes, seen } = needs
  let later: CopyJob['existing'] | null = null
  const shownKey = toKey ?? toPrefix ?? ''
  return bulkJob(
    needs,
    {
      name: one.name,
      target: targetOf(to.bucket, shownKey),
      profileId: to.profileId,
      shown: { kind: removeSource ? 'move' : 'copy', bucket: to.bucket, key: shownKey },
      bucket: to.bucket,
      record: one,
      list: one,
      unit: 'row',
      jobOf: ([row]) => {
        if (row === undefined) throw new Error('a unit without a row')
        return {
          ...copyJobOf(needs, {
            version: RECORD_VERSION,
            kind: 'copy',
            removeSource,
            from: { profileId, bucket, key: row.path, versionId: null },
            to: { ...to, key: targetKeyOf(row, one) },
            existing: later ?? one.existing,
            size: row.modified === 0 ? null : row.size,
            multipartFrom,
            partSize,
          }),
          // The window hears of the change once, at the end. It lists a folder of any size again
          // for each report.
          finished: (_id, { skipped, copied }) => {
            if (skipped) return
            changes.wrote({ ...to, key: copied?.key ?? targetKeyOf(row, one) })
            if (!removeSource) return
            seen.gone(bucket, row.path)
            changes.deleted({ profileId, bucket, key: row.path })
          },
        }
      },
      decide: (rule) => void (later = rule),
      released() {
        changes.touch({ ...to, prefix: '' })
        if (removeSource) changes.touch({ profileId, bucket, prefix: '' })
      },
    },
    done,
  )
}
