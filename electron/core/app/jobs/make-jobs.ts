import { ok } from '../../../../shared/contract/errors.ts'
import type { BatchJob, CopyJob, DecryptJob, DownloadJob, Job } from '../../transfer/run/jobs.ts'
import { batchJobOf, type OpenBatch } from './batch-jobs.ts'
import { copyJobOf } from './copy-jobs.ts'
import {
  jobRecordOf,
  type BatchRecord,
  type CopyRecord,
  type DecryptRecord,
  type DownloadRecord,
  type UploadRecord,
} from './job-records.ts'
import { damageLimit, type DamageLimit } from './damage-limit.ts'
import { openersFor } from './key-choice.ts'
import type { JobNeeds } from './job-needs.ts'
import { nameOf } from '../objects/key-names.ts'
import { plainRefusal } from './plain-refusal.ts'
import { uploadJobOf } from './upload-jobs.ts'

/** Jobs out of records, the same way when the user asks for them and after a restart. */
export interface JobMaker {
  upload(record: UploadRecord): Job
  /** `open`: its list, while this start of the app still fills it. */
  batch(record: BatchRecord, open: OpenBatch | null): BatchJob
  /** `limit`: shared by all that were asked for together. */
  download(record: DownloadRecord, limit?: DamageLimit): DownloadJob
  decrypt(record: DecryptRecord): DecryptJob
  copy(record: CopyRecord): CopyJob
  /** Null for what no version of ours wrote. `done`: files of many that ended well before. */
  revive(record: unknown, done?: number): Job | BatchJob | null
}

export function jobMaker(needs: JobNeeds): JobMaker {
  const { connections, spool, afterUse } = needs
  // What was asked for together is not known any more after a restart.
  const revived = damageLimit()
  const maker: JobMaker = {
    upload: (record) => ({
      ...uploadJobOf(needs, record, record),
      record,
      released: spool.hold(record.spooled),
    }),
    batch: (record, open) => batchJobOf(needs, record, open),
    download(record, limit = revived) {
      const {
        profileId,
        bucket,
        key,
        versionId,
        size,
        path,
        existing,
        raw,
        range,
        message,
        repair,
        partSize,
        target,
        keyIds,
        unnameable,
        root,
        plain = 'allow',
      } = record
      const refused =
        record.refused ??
        (unnameable === null ? null : { code: 'name-not-local' as const, name: unnameable })
      return {
        kind: 'download',
        name: nameOf(key),
        target,
        profileId,
        keyName: null,
        bucket,
        key,
        versionId,
        size,
        path,
        existing,
        raw,
        range,
        message,
        repair,
        partSize,
        record,
        ...(root !== undefined && { root }),
        // One object of many that cannot come is told of in its own row; the others come.
        oss: async () =>
          refused === null
            ? ok(connections.bucket(profileId, bucket))
            : { ok: false, error: refused },
        openers: limit.counted(openersFor(needs, keyIds, { profileId, bucket, key })),
        refusePlain: () => plainRefusal(needs, plain, bucket, key),
        parallel: null,
        finished: afterUse,
      }
    },
    decrypt(record) {
      const {
        name,
        target,
        blob,
        size,
        headers,
        expectedSize,
        expectedCrc64,
        path,
        existing,
        repair,
        keyIds,
        spooled,
        whole,
        envelopeFile = '',
      } = record
      return {
        kind: 'decrypt',
        name,
        target,
        profileId: null,
        keyName: null,
        blob,
        size,
        headers: new Map(headers),
        envelopeFile,
        expectedSize,
        expectedCrc64,
        path,
        existing,
        repair,
        whole,
        record,
        openers: openersFor(needs, keyIds, null),
        parallel: null,
        finished: afterUse,
        released: spool.hold(spooled),
      }
    },
    copy: (record) => copyJobOf(needs, record),
    revive(record, done) {
      const known = jobRecordOf(record)
      switch (known?.kind) {
        case 'upload':
          return maker.upload(known)
        case 'batch':
          return batchJobOf(needs, known, null, done)
        case 'download':
          return maker.download(known)
        case 'decrypt':
          return maker.decrypt(known)
        case 'copy':
          return maker.copy(known)
        case undefined:
          return null
      }
    },
  }
  return maker
}
