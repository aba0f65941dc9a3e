import { z } from 'zod'
import { removeHiddenFile } from '../../transfer/run/tidy.ts'
import type { MasterKeyId } from '../../../../shared/contract/models.ts'
import { decryptFile } from '../../transfer/download/decrypt-file.ts'
import type { FileSeal } from '../../transfer/run/file-seal.ts'
import type { DecryptJob, DownloadJob } from '../../transfer/run/jobs.ts'
import type { Takes } from '../../transfer/run/stored-schema.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'
import { openersFor } from '../jobs/key-choice.ts'
import type { Kind } from './kind.ts'
import { count, type RECORD_VERSION, text, texts, version } from './record-shapes.ts'

/** The record of one blob of this computer that is decrypted with its envelope to one file. */
export interface DecryptRecord extends Pick<DownloadJob, 'path' | 'repair'> {
  readonly version: typeof RECORD_VERSION
  readonly kind: 'decrypt'
  readonly name: string
  readonly target: string
  readonly blob: string
  readonly size: number
  readonly headers: readonly (readonly [string, string])[]
  /** See the job. Records of earlier versions do not have this field. */
  readonly envelopeFile?: string
  readonly expectedSize: number | null
  readonly expectedCrc64: string | null
  /** See the job. Records of earlier versions do not have this field. */
  readonly seal?: FileSeal | null
  readonly existing: 'fail' | 'rename' | 'replace'
  readonly keyIds: readonly MasterKeyId[]
  /** See the job. */
  readonly whole: boolean
  readonly spooled: readonly string[]
}

const record = z.object({
  version,
  kind: z.literal('decrypt'),
  name: text,
  target: text,
  blob: text,
  path: text,
  size: count.default(0),
  headers: z.array(z.tuple([text, text]).readonly()).readonly(),
  envelopeFile: text.exactOptional(),
  expectedSize: count.nullable().default(null),
  expectedCrc64: text.nullable().default(null),
  seal: z
    .object({
      bucket: text,
      key: text,
      metadata: texts,
      tags: texts,
      second: text.nullable().exactOptional(),
    })
    .nullable()
    .exactOptional(),
  existing: z.enum(['fail', 'rename', 'replace']).default('fail'),
  keyIds: texts,
  repair: z.boolean().default(false),
  whole: z.boolean().default(false),
  spooled: texts,
}) satisfies z.ZodType<DecryptRecord>

true satisfies Takes<DecryptRecord, typeof record>

export const decryptKind = {
  kind: 'decrypt',
  record,
  make: decryptJobOf,
  run: decryptFile,
  tidy: (_job, last) => removeHiddenFile(last),
  shown: () => ({ kind: 'decrypt', bucket: null, key: null }),
} satisfies Kind<DecryptRecord, DecryptJob>

/** Makes the job of one blob. The function itself uses no network. */
function decryptJobOf(needs: JobNeeds, record: DecryptRecord): DecryptJob {
  const { spool, afterUse } = needs
  const {
    name,
    target,
    blob,
    size,
    headers,
    expectedSize,
    expectedCrc64,
    seal = null,
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
    seal,
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
}
