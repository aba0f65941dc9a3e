import { z } from 'zod'
import { ok, type AppError } from '../../../../shared/contract/errors.ts'
import { removeHiddenFile } from '../../transfer/run/tidy.ts'
import type { MasterKeyId, ProfileId } from '../../../../shared/contract/models.ts'
import type { SealChoices } from '../../../../shared/contract/models-seals.ts'
import { download } from '../../transfer/download/download.ts'
import type { DownloadJob, MayBeMessage } from '../../transfer/run/jobs.ts'
import { storedError, type Takes } from '../../transfer/run/stored-schema.ts'
import type { DamageLimit } from '../jobs/damage-limit.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'
import { openersFor } from '../jobs/key-choice.ts'
import { plainRefusal, type PlainRule } from '../jobs/plain-refusal.ts'
import { NO_SEAL_CHOICES, sealChoices, sealRulesOf } from '../jobs/seal-rules.ts'
import { nameOf } from '../objects/key-names.ts'
import type { Kind } from './kind.ts'
import { count, DEFAULT_PART_BYTES, existing, text, texts, versionOfOne } from './record-shapes.ts'

/** The record of one object that is downloaded to one file of this computer. */
export interface DownloadRecord extends Pick<
  DownloadJob,
  'bucket' | 'key' | 'size' | 'path' | 'existing' | 'raw' | 'range' | 'repair' | 'partSize'
> {
  readonly version: z.output<typeof versionOfOne>
  readonly kind: 'download'
  readonly profileId: ProfileId
  /** Name of the target folder. */
  readonly target: string
  readonly keyIds: readonly MasterKeyId[]
  readonly message: MayBeMessage
  /** An object name that no file here can have; null for other names. */
  readonly unnameable: string | null
  /**
   * The folder that the user chose; see the job. Records of earlier versions have neither this
   * field nor the fields below.
   */
  readonly root?: string
  /**
   * An error that was known at the start of the transfer. The object fails with the error in its
   * own row, and the others are downloaded.
   */
  readonly refused?: AppError
  /** The rule for an object that is not encrypted. Left out: the object is saved. */
  readonly plain?: PlainRule
  /** The requested version; null: the current one. */
  readonly versionId: string | null
  /** The user's choices for seals. Left out: none. */
  readonly seals?: SealChoices
}

const record = z.object({
  version: versionOfOne,
  kind: z.literal('download'),
  profileId: text,
  bucket: text,
  key: text,
  size: count.nullable().default(null),
  path: text,
  target: text,
  existing,
  raw: z.boolean().default(false),
  range: z.object({ offset: count, length: count.nullable() }).nullable().default(null),
  repair: z.boolean().default(false),
  partSize: count.default(DEFAULT_PART_BYTES),
  keyIds: texts,
  message: z.union([z.boolean(), z.literal('maybe')]).default(false),
  unnameable: text.nullable().default(null),
  root: text.exactOptional(),
  refused: storedError.exactOptional(),
  plain: z.enum(['allow', 'refuse', 'unless-seen']).exactOptional(),
  versionId: text.nullable().default(null),
  seals: sealChoices.exactOptional(),
}) satisfies z.ZodType<DownloadRecord>

true satisfies Takes<DownloadRecord, typeof record>

export const downloadKind = {
  kind: 'download',
  record,
  make: (needs, one) => downloadJobOf(needs, one, needs.limitAfterRestart),
  run: download,
  tidy: (_job, last) => removeHiddenFile(last),
  shown: ({ raw, bucket, key }) => ({ kind: raw ? 'download-raw' : 'download', bucket, key }),
  decide: (job, rule) => ({ ...job, existing: rule }),
  sharesPlace: true,
} satisfies Kind<DownloadRecord, DownloadJob>

/** Makes the job of one object. `limit`: the limit that all objects of one call share. */
export function downloadJobOf(
  needs: JobNeeds,
  record: DownloadRecord,
  limit: DamageLimit,
): DownloadJob {
  const { connections, afterUse } = needs
  const {
    profileId,
    bucket,
    key,
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
    versionId,
    seals = NO_SEAL_CHOICES,
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
    // An object that cannot be downloaded fails in its own row, and the others are downloaded.
    oss: async () =>
      refused === null ? ok(connections.bucket(profileId, bucket)) : { ok: false, error: refused },
    openers: limit.counted(openersFor(needs, keyIds, { profileId, bucket, key })),
    refusePlain: () => plainRefusal(needs, plain, bucket, key),
    seals: () => sealRulesOf(needs, profileId, bucket, seals),
    unverified: seals.unverified,
    parallel: null,
    finished: afterUse,
  }
}
