import { attempted } from '../../base/attempt.ts'
import type { CopyJob, CopySide } from '../../transfer/run/jobs.ts'
import type { JobNeeds } from './job-needs.ts'
import type { CopyRecord } from './job-records.ts'
import { folderOf, nameOf, targetOf } from '../objects/key-names.ts'

/** The job of one object that is copied or moved as it is stored. */
export function copyJobOf({ connections, changes, seen }: JobNeeds, record: CopyRecord): CopyJob {
  const { from, to, removeSource, existing, size, multipartFrom, partSize } = record
  const side = ({ profileId, bucket, key }: CopyRecord['from']): CopySide => ({
    profileId,
    bucket,
    key,
    region: connections.region(profileId, bucket),
    oss: () => attempted(async () => connections.bucket(profileId, bucket)),
  })
  return {
    kind: 'copy',
    removeSource,
    name: nameOf(from.key),
    target: targetOf(to.bucket, to.key),
    profileId: to.profileId,
    keyName: null,
    from: side(from),
    to: side(to),
    existing,
    size,
    multipartFrom,
    partSize,
    parallel: null,
    record,
    finished: (_id, { skipped, copied }) => {
      if (skipped) return
      changes.touch({
        profileId: to.profileId,
        bucket: to.bucket,
        prefix: folderOf(copied?.key ?? to.key),
      })
      if (!removeSource) return
      seen.gone(from.bucket, from.key)
      changes.touch({ profileId: from.profileId, bucket: from.bucket, prefix: folderOf(from.key) })
    },
  }
}
