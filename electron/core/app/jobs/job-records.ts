import { z } from 'zod'
import type { AppError } from '../../../../shared/contract/errors.ts'
import type { MasterKeyId, ProfileId, WriteFormat } from '../../../../shared/contract/models.ts'
import type { CopyJob, DownloadJob, ExistingName, MayBeMessage } from '../../transfer/run/jobs.ts'
import { storedError, type Takes } from '../../transfer/run/stored-schema.ts'
import type { Root } from '../local/scan.ts'

/**
 * Of every record. It rises where an older version of the app would misread a record; a field that
 * may be left out does not raise it.
 */
export const RECORD_VERSION = 1

/**
 * What jobs are made from, before and after a restart: plain data in the journal of the queue. No
 * secret is in it, and no bytes; paths of files are.
 */
export type JobRecord = UploadRecord | BatchRecord | DownloadRecord | DecryptRecord | CopyRecord

/** How files go up, whatever they are. */
export interface UploadChoices {
  readonly profileId: ProfileId
  readonly bucket: string
  /** Null: the default key of the bucket or profile. */
  readonly keyId: MasterKeyId | null
  readonly keyName: string
  readonly allowWeak: boolean
  readonly format: WriteFormat
  readonly multipartFrom: number
  readonly partSize: number
  readonly parallel: number | null
}

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
  /** Only these keys are tried when it goes on; none: chosen by description. */
  readonly openWith?: readonly MasterKeyId[]
  /** Copies of dropped files that are removed when nothing reads them any more. */
  readonly spooled: readonly string[]
}

export interface BatchRecord extends UploadChoices {
  readonly version: typeof RECORD_VERSION
  readonly kind: 'batch'
  /** Names the list of its files. */
  readonly listId: string
  readonly prefix: string
  readonly name: string
  readonly roots: readonly Root[]
  readonly existing: ExistingName
  /** What the user said of single names before the start. */
  readonly decisions: Readonly<Record<string, 'skip' | 'rename' | 'replace'>>
  /**
   * Names that were seen to be taken before the start; left out by versions before, and where there
   * were too many to look.
   */
  readonly taken?: Readonly<Record<string, true>>
  readonly spooled: readonly string[]
  /** They were still being copied in when it was begun: a list without an end is all that came. */
  readonly arriving?: true
}

export interface DownloadRecord extends Pick<
  DownloadJob,
  'bucket' | 'key' | 'size' | 'path' | 'existing' | 'raw' | 'range' | 'repair' | 'partSize'
> {
  readonly version: typeof RECORD_VERSION
  readonly kind: 'download'
  readonly profileId: ProfileId
  /** Name of the folder it goes into. */
  readonly target: string
  readonly keyIds: readonly MasterKeyId[]
  readonly message: MayBeMessage
  /** An object name that no file here can have; null: it has one. */
  readonly unnameable: string | null
  /**
   * The folder that the user chose; see the job. Records of earlier versions have none, nor the
   * fields below.
   */
  readonly root?: string
  /**
   * What was known to be wrong when it was asked for: it fails with that in its own row, and the
   * others come.
   */
  readonly refused?: AppError
  /** What becomes of an object that is not encrypted. Left out: it is saved. */
  readonly plain?: PlainRule
  /** The version that is meant; null: the current one. */
  readonly versionId: string | null
}

/**
 * 'refuse': it is refused, because a master key was named for it; 'unless-seen': only where it was
 * encrypted when it was last seen.
 */
export type PlainRule = 'allow' | 'refuse' | 'unless-seen'

export interface DecryptRecord extends Pick<DownloadJob, 'path' | 'repair'> {
  readonly version: typeof RECORD_VERSION
  readonly kind: 'decrypt'
  readonly name: string
  readonly target: string
  readonly blob: string
  readonly size: number
  readonly headers: readonly (readonly [string, string])[]
  /** See the job. Records of earlier versions have none. */
  readonly envelopeFile?: string
  readonly expectedSize: number | null
  readonly expectedCrc64: string | null
  readonly existing: 'fail' | 'rename' | 'replace'
  readonly keyIds: readonly MasterKeyId[]
  /** See the job. */
  readonly whole: boolean
  readonly spooled: readonly string[]
}

export interface CopyRecord extends Pick<
  CopyJob,
  'removeSource' | 'existing' | 'size' | 'multipartFrom' | 'partSize'
> {
  readonly version: typeof RECORD_VERSION
  readonly kind: 'copy'
  readonly from: ObjectPlace
  readonly to: ObjectPlace
}

interface ObjectPlace {
  readonly profileId: ProfileId
  readonly bucket: string
  readonly key: string
}

const text = z.string()
const count = z.number().min(0)
const texts = z.array(text).readonly()
/** Versions before wrote none. */
const version = z.literal(RECORD_VERSION).default(RECORD_VERSION)
const existing = z.enum(['fail', 'rename', 'replace', 'skip']).default('fail')
/** Bytes; what the settings say until they are changed. */
const DEFAULT_PART_BYTES = 8 * 1024 ** 2
const existingName = z.enum(['ask', 'skip', 'same', 'newer', 'rename', 'replace']).default('ask')

const choices = {
  profileId: text,
  bucket: text,
  keyId: text.nullable(),
  keyName: text.default(''),
  allowWeak: z.boolean().default(false),
  format: z.enum(['v2', 'v2-oaep', 'v2-kms-b', 'v1', 'sdk-split', 'sdk-message']),
  multipartFrom: count,
  partSize: count,
  parallel: count.nullable().default(null),
}
const place = z.object({ profileId: text, bucket: text, key: text })

const upload = z.object({
  version,
  kind: z.literal('upload'),
  ...choices,
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

const batch = z.object({
  version,
  kind: z.literal('batch'),
  ...choices,
  /** It is part of a path. */
  listId: z.string().regex(/^[0-9a-f-]{36}$/),
  prefix: text,
  name: text,
  roots: z
    .array(z.object({ path: text, name: text, kind: z.enum(['file', 'folder', 'files']) }))
    .readonly(),
  existing: existingName,
  decisions: z.record(text, z.enum(['skip', 'rename', 'replace'])),
  taken: z.record(text, z.literal(true)).exactOptional(),
  spooled: texts,
  arriving: z.literal(true).exactOptional(),
}) satisfies z.ZodType<BatchRecord>

const download = z.object({
  version,
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
}) satisfies z.ZodType<DownloadRecord>

const decrypt = z.object({
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
  existing: z.enum(['fail', 'rename', 'replace']).default('fail'),
  keyIds: texts,
  repair: z.boolean().default(false),
  whole: z.boolean().default(false),
  spooled: texts,
}) satisfies z.ZodType<DecryptRecord>

const copy = z.object({
  version,
  kind: z.literal('copy'),
  from: place,
  to: place,
  // What is not said is not removed.
  removeSource: z.boolean().default(false),
  existing,
  size: count.nullable().default(null),
  multipartFrom: count.default(DEFAULT_PART_BYTES),
  partSize: count.default(DEFAULT_PART_BYTES),
}) satisfies z.ZodType<CopyRecord>

true satisfies Takes<UploadRecord, typeof upload> &
  Takes<BatchRecord, typeof batch> &
  Takes<DownloadRecord, typeof download> &
  Takes<DecryptRecord, typeof decrypt> &
  Takes<CopyRecord, typeof copy>

const records = z.discriminatedUnion('kind', [upload, batch, download, decrypt, copy])

/**
 * Reads a record of the journal. Null for one that this version makes no job from: its sum was
 * right, so a version of ours wrote it, perhaps a later one.
 */
export function jobRecordOf(record: unknown): JobRecord | null {
  const read = records.safeParse(record)
  return read.success ? read.data : null
}
