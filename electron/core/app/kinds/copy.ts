import { z } from 'zod'
import { attempted } from '../../base/attempt.ts'
import { copyObjectJob } from '../../transfer/copy/copy-object.ts'
import { dropUploadAt } from '../../transfer/run/tidy.ts'
import type { CopyJob, CopySide } from '../../transfer/run/jobs.ts'
import type { Takes } from '../../transfer/run/stored-schema.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'
import { openersFor } from '../jobs/key-choice.ts'
import { folderOf, nameOf, targetOf } from '../objects/key-names.ts'
import type { Kind } from './kind.ts'
import {
  count,
  DEFAULT_PART_BYTES,
  existing,
  objectPlace,
  text,
  versionOfOne,
  type ObjectPlace,
} from './record-shapes.ts'

/** The record of one object that is copied to another name, bucket or account, as it is stored. */
export interface CopyRecord extends Pick<
  CopyJob,
  'removeSource' | 'existing' | 'size' | 'multipartFrom' | 'partSize'
> {
  readonly version: z.output<typeof versionOfOne>
  readonly kind: 'copy'
  /** `versionId`: the version that is copied; null: the current one. */
  readonly from: ObjectPlace & { readonly versionId: string | null }
  readonly to: ObjectPlace
}

const record = z.object({
  version: versionOfOne,
  kind: z.literal('copy'),
  from: objectPlace.extend({ versionId: text.nullable().default(null) }),
  to: objectPlace,
  // Without this field, the source is not removed.
  removeSource: z.boolean().default(false),
  existing,
  size: count.nullable().default(null),
  multipartFrom: count.default(DEFAULT_PART_BYTES),
  partSize: count.default(DEFAULT_PART_BYTES),
}) satisfies z.ZodType<CopyRecord>

true satisfies Takes<CopyRecord, typeof record>

export const copyKind = {
  kind: 'copy',
  record,
  make: copyJobOf,
  run: copyObjectJob,
  async tidy(job, last) {
    await dropUploadAt(job.to, last, job)
  },
  shown: ({ removeSource, to: { bucket, key } }) => ({
    kind: removeSource ? 'move' : 'copy',
    bucket,
    key,
  }),
  decide: (job, rule) => ({ ...job, existing: rule }),
} satisfies Kind<CopyRecord, CopyJob>

/** Makes the job of one object that is copied or moved as it is stored. */
export function copyJobOf(needs: JobNeeds, record: CopyRecord): CopyJob {
  const { connections, changes, seen, sealHistory } = needs
  const { from, to, removeSource, existing, size, multipartFrom, partSize } = record
  const side = ({ profileId, bucket, key }: ObjectPlace): CopySide => ({
    profileId,
    bucket,
    key,
    region: connections.region(profileId, bucket),
    oss: () => attempted(async () => connections.bucket(profileId, bucket)),
  })
  return {
    kind: 'copy',
    openers: openersFor(needs, [], from),
    sealMemory: async (bucket, key) =>
      sealHistory.at(connections.bucket(from.profileId, bucket).origin).find(bucket, key),
    removeSource,
    name: nameOf(from.key),
    target: targetOf(to.bucket, to.key),
    profileId: to.profileId,
    keyName: null,
    from: { ...side(from), versionId: from.versionId },
    to: side(to),
    existing,
    size,
    multipartFrom,
    partSize,
    parallel: null,
    record,
    finished: (_id, { skipped, copied }) => {
      if (skipped) return
      const key = copied?.key ?? to.key
      changes.wrote({ profileId: to.profileId, bucket: to.bucket, key })
      changes.touch({ profileId: to.profileId, bucket: to.bucket, prefix: folderOf(key) })
      if (!removeSource) return
      // An older version is gone, and the object itself is still there.
      if (from.versionId === null) {
        seen.gone(from.bucket, from.key)
        changes.deleted(from)
      }
      changes.touch({ profileId: from.profileId, bucket: from.bucket, prefix: folderOf(from.key) })
    },
  }
}
