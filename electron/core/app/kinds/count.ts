import { z } from 'zod'
import type { BatchJob } from '../../transfer/run/jobs.ts'
import type { Takes } from '../../transfer/run/stored-schema.ts'
import { bulkJob } from '../bulk/bulk-job.ts'
import type { ObjectListRecord } from '../bulk/object-list.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'
import { targetOf } from '../objects/key-names.ts'
import type { RecordKind } from './kind.ts'
import {
  bucketPlace,
  listId,
  type RECORD_VERSION,
  text,
  treeList,
  version,
} from './record-shapes.ts'

/** The record of a folder or a whole bucket that is counted. */
export interface CountRecord extends ObjectListRecord {
  readonly version: typeof RECORD_VERSION
  readonly kind: 'count'
  /** The folder that names the row. */
  readonly name: string
  readonly prefix: string
}

const record = z.object({
  version,
  kind: z.literal('count'),
  ...bucketPlace,
  listId,
  trees: treeList,
  name: text,
  prefix: text,
}) satisfies z.ZodType<CountRecord>

true satisfies Takes<CountRecord, typeof record>

/** The kind of a count. The list of a count is all its work, so a count has no jobs. */
export const countKind = {
  kind: 'count',
  record,
  make: countJobOf,
  listOf: (one) => one.listId,
} satisfies RecordKind<CountRecord>

/** Makes the transfer that counts a tree. */
export function countJobOf(needs: JobNeeds, one: CountRecord, done = 0): BatchJob {
  const { profileId, bucket, prefix, name } = one
  return bulkJob(
    needs,
    {
      name,
      target: targetOf(bucket, prefix),
      profileId,
      shown: { kind: 'count', bucket, key: prefix },
      bucket,
      record: one,
      list: one,
      unit: 'none',
      jobOf() {
        throw new Error('a count has no jobs')
      },
    },
    done,
  )
}
