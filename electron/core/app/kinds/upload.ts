import { z } from 'zod'
import type { MasterKeyId } from '../../../../shared/contract/models.ts'
import { attempted } from '../../base/attempt.ts'
import { freeKeys } from '../../oss/free-keys.ts'
import { headObject } from '../../oss/objects.ts'
import { dropUploadAt } from '../../transfer/run/tidy.ts'
import type { ExistingName, UploadJob } from '../../transfer/run/jobs.ts'
import type { Takes } from '../../transfer/run/stored-schema.ts'
import { savedPrints } from '../../transfer/upload/part-prints.ts'
import { uploadUnderRule } from '../../transfer/upload/upload-under-rule.ts'
import { identify } from '../../files/file-source.ts'
import { decideExisting } from '../jobs/existing-rule.ts'
import { keyForWriting, openersFor } from '../jobs/key-choice.ts'
import { folderOf, nameOf, targetOf } from '../objects/key-names.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'
import type { Kind } from './kind.ts'
import {
  count,
  existingName,
  type RECORD_VERSION,
  text,
  texts,
  uploadChoices,
  version,
  type UploadChoices,
} from './record-shapes.ts'

/** The record of one file of this computer that is uploaded to one object. */
export interface UploadRecord extends UploadChoices {
  readonly version: typeof RECORD_VERSION
  readonly kind: 'upload'
  readonly key: string
  /** Absolute path; null for the marker of an empty folder. */
  readonly source: string | null
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
  readonly replace: boolean
  /** See the job. */
  readonly taken?: boolean
  readonly existing: ExistingName
  /** The only keys to try when the upload continues; empty: the key description chooses. */
  readonly openWith?: readonly MasterKeyId[]
  /** Copies of dropped files that are removed when nothing reads them any more. */
  readonly spooled: readonly string[]
}

const record = z.object({
  version,
  kind: z.literal('upload'),
  ...uploadChoices,
  key: text,
  source: text.nullable(),
  size: count,
  modified: z.number().default(0),
  replace: z.boolean().default(false),
  taken: z.boolean().exactOptional(),
  existing: existingName,
  openWith: texts.exactOptional(),
  spooled: texts,
}) satisfies z.ZodType<UploadRecord>

true satisfies Takes<UploadRecord, typeof record>

export const uploadKind = {
  kind: 'upload',
  record,
  make: (needs, one) => ({
    ...uploadJobOf(needs, one, one),
    record: one,
    released: needs.spool.hold(one.spooled),
  }),
  run: uploadUnderRule,
  async tidy(job, last, prints) {
    // The note of an upload that another computer started has no upload of this computer. That
    // upload stays in the bucket.
    if (await dropUploadAt(job, last, job)) await (await savedPrints(prints, last.prints))?.drop()
  },
  shown: ({ bucket, key }) => ({ kind: 'upload', bucket, key }),
  decide: (job, rule) => ({
    ...job,
    replace: rule === 'replace',
    existing: rule,
    taken: rule !== 'replace',
  }),
  sharesPlace: true,
  isRecordedWhileRunning: true,
} satisfies Kind<UploadRecord, UploadJob>

type OneFile = Pick<
  UploadRecord,
  'key' | 'source' | 'size' | 'modified' | 'replace' | 'existing' | 'openWith'
> &
  Pick<UploadJob, 'taken'>

/**
 * Makes the job of one file. Values that may change while the job waits are read when it runs:
 * account, keys, the existing object.
 */
export function uploadJobOf(needs: JobNeeds, choices: UploadChoices, file: OneFile): UploadJob {
  const { connections, changes, uploaded, afterUse } = needs
  const { profileId, bucket, keyName, format, multipartFrom, partSize, parallel, seals } = choices
  const { key, source, size, replace, existing, openWith = [], taken = false } = file
  const place = { profileId, bucket }
  return {
    kind: 'upload',
    profileId,
    bucket,
    key,
    source,
    size,
    replace,
    existing,
    taken,
    keyName: keyName === '' ? null : keyName,
    format,
    seals: () => seals && needs.sealsNew(profileId),
    multipartFrom,
    partSize,
    parallel,
    name: nameOf(key),
    target: targetOf(bucket, key),
    oss: () => attempted(async () => connections.bucket(profileId, bucket)),
    masterKey: writerOf(needs, choices),
    openers: openersFor(needs, openWith, { ...place, key }),
    onExisting: (job, signal) => onTaken(needs, place, job, signal),
    stored: (facts) => {
      uploaded.record(bucket, facts.key, facts)
      changes.wrote({ ...place, key: facts.key })
    },
    finished: () => {
      afterUse()
      changes.touch({ ...place, prefix: folderOf(key) })
    },
  }
}

/** Returns one function for all jobs of one key and place. */
function writerOf(
  needs: JobNeeds,
  { profileId, bucket, keyId, allowWeak }: UploadChoices,
): UploadJob['masterKey'] {
  const name = JSON.stringify([profileId, bucket, keyId, allowWeak])
  const known = needs.writers.get(name)
  if (known !== undefined) return known
  const writer: UploadJob['masterKey'] = (signal) =>
    keyForWriting(needs, { profileId, bucket }, keyId, allowWeak, signal)
  needs.writers.set(name, writer)
  return writer
}

/** Applies the rule for a name that the upload found taken. */
async function onTaken(
  { connections, uploaded }: JobNeeds,
  { profileId, bucket }: { readonly profileId: string; readonly bucket: string },
  job: UploadJob,
  signal: AbortSignal,
): Promise<UploadJob | 'skip' | 'ask'> {
  const rule = job.existing ?? 'ask'
  if (rule === 'ask' || rule === 'skip' || job.source === null)
    return rule === 'skip' ? 'skip' : 'ask'
  const oss = connections.bucket(profileId, bucket)
  const rename = async (): Promise<UploadJob> => {
    const free = await freeKeys(oss, bucket, [job.key], new Set(), signal)
    const key = free.get(job.key) ?? job.key
    return { ...job, key, name: nameOf(key) }
  }
  // An object that is gone has no headers, and needs none here.
  if (rule === 'rename') return rename()
  const head = await headObject(oss, bucket, job.key, signal)
  const { size, mtimeNs } = await identify(job.source)
  const file = {
    size,
    mtimeMs: Number(mtimeNs / 1_000_000n),
    recorded: await uploaded.find(bucket, job.key),
  }
  const decided = decideExisting(rule, file, {
    size: head.size,
    modifiedMs: Date.parse(head.modified) - oss.clockOffsetMs(),
    crc64: head.crc64,
    etag: head.etag,
  })
  if (decided === 'replace') return { ...job, replace: true }
  return decided === 'rename' ? rename() : decided
}
