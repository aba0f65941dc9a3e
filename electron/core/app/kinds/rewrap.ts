import { z } from 'zod'
import type { Shard } from '../../../../shared/contract/models-audit.ts'
import { REWRAP_MODES, type RewrapMode } from '../../../../shared/contract/models-rewraps.ts'
import type { MasterKeyId } from '../../../../shared/contract/models.ts'
import { attempted } from '../../base/attempt.ts'
import { rewrapObject } from '../../transfer/copy/rewrap-object.ts'
import type { RewrapJob } from '../../transfer/copy/rewrap-job.ts'
import { openTrial } from '../../transfer/copy/rewrap-trial.ts'
import type { BatchJob } from '../../transfer/run/jobs.ts'
import type { Takes } from '../../transfer/run/stored-schema.ts'
import { dropUploadAt } from '../../transfer/run/tidy.ts'
import { bulkJob } from '../bulk/bulk-job.ts'
import type { ObjectListRecord } from '../bulk/object-list.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'
import { rewrapKeys } from '../jobs/rewrap-keys.ts'
import { nameOf, targetOf } from '../objects/key-names.ts'
import type { Kind } from './kind.ts'
import {
  bucketPlace,
  count,
  DEFAULT_PART_BYTES,
  listId,
  type RECORD_VERSION,
  text,
  texts,
  treeList,
  version,
} from './record-shapes.ts'

/** The record of objects that get another master key. */
export interface RewrapRecord extends ObjectListRecord {
  readonly version: typeof RECORD_VERSION
  readonly kind: 'rewrap'
  /** The folder that names the row. */
  readonly name: string
  readonly prefix: string
  readonly toKey: MasterKeyId
  /** Empty: every key that is here. */
  readonly fromKeys: readonly MasterKeyId[]
  readonly mode: RewrapMode
  readonly dryRun: boolean
  readonly shard: Shard | null
  readonly partSize: number
}

const record = z.object({
  version,
  kind: z.literal('rewrap'),
  ...bucketPlace,
  listId,
  trees: treeList,
  name: text,
  prefix: text,
  toKey: text,
  fromKeys: texts,
  mode: z.enum(REWRAP_MODES),
  dryRun: z.boolean().default(false),
  shard: z.object({ index: count, of: count }).nullable().default(null),
  partSize: count.default(DEFAULT_PART_BYTES),
}) satisfies z.ZodType<RewrapRecord>

true satisfies Takes<RewrapRecord, typeof record>

export const rewrapKind = {
  kind: 'rewrap',
  record,
  make: rewrapJobOf,
  listOf: (one) => one.listId,
  run: rewrapObject,
  async tidy(job, last) {
    await dropUploadAt(job, last, job)
  },
  shown: ({ bucket, key }) => ({ kind: 'rewrap', bucket, key }),
  sharesPlace: true,
} satisfies Kind<RewrapRecord, RewrapJob>

/** Makes the transfer that gives the objects of a list another master key. */
export function rewrapJobOf(needs: JobNeeds, one: RewrapRecord, done = 0): BatchJob {
  const { profileId, bucket, prefix, name, mode, dryRun, partSize } = one
  const { connections, changes, afterUse, sealHistory } = needs
  const keys = rewrapKeys(needs, one)
  const trial = openTrial()
  return bulkJob(
    needs,
    {
      name,
      target: targetOf(bucket, prefix),
      profileId,
      shown: { kind: 'rewrap', bucket, key: prefix },
      bucket,
      record: one,
      list: one,
      unit: 'row',
      jobOf([row]): RewrapJob {
        if (row === undefined) throw new Error('a unit without a row')
        return {
          kind: 'rewrap',
          name: nameOf(row.path),
          target: targetOf(bucket, row.path),
          profileId,
          keyName: null,
          size: row.size,
          parallel: null,
          oss: () => attempted(async () => connections.bucket(profileId, bucket)),
          bucket,
          key: row.path,
          mode,
          dryRun,
          keys,
          sealMemory: async (...at) =>
            sealHistory.at(connections.bucket(profileId, bucket).origin).find(...at),
          partSize,
          trial,
          finished: (_id, { rewrap }) => {
            if (rewrap?.did === 'rewrapped') changes.wrote({ profileId, bucket, key: row.path })
            afterUse()
          },
        }
      },
      released: () => changes.touch({ profileId, bucket, prefix: '' }),
    },
    done,
  )
}
