import type { AppError } from '../../../shared/contract/errors.ts'
import type { MasterKeyId, ProfileId, WriteFormat } from '../../../shared/contract/models.ts'
import type { CopyJob, DownloadJob, ExistingName, MayBeMessage } from '../transfer/jobs.ts'
import type { Root } from './scan.ts'

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
}

/**
 * 'refuse': it is refused, because a master key was named for it; 'unless-seen': only where it was
 * encrypted when it was last seen.
 */
export type PlainRule = 'allow' | 'refuse' | 'unless-seen'

export interface DecryptRecord extends Pick<DownloadJob, 'path' | 'repair'> {
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
  readonly kind: 'copy'
  readonly from: ObjectPlace
  readonly to: ObjectPlace
}

interface ObjectPlace {
  readonly profileId: ProfileId
  readonly bucket: string
  readonly key: string
}

type Kind = JobRecord['kind']
type Shape = Readonly<Record<string, (value: unknown) => boolean>>

const text = (value: unknown): boolean => typeof value === 'string'
const count = (value: unknown): boolean => typeof value === 'number' && value >= 0
const orNull =
  (shape: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === null || shape(value)
const listOf =
  (shape: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(shape)
const object =
  (shape: Shape) =>
  (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(shape).every(([name, fits]) => fits((value as Record<string, unknown>)[name]))

const CHOICES: Shape = {
  profileId: text,
  bucket: text,
  keyId: orNull(text),
  format: text,
  multipartFrom: count,
  partSize: count,
}
const PLACE = object({ profileId: text, bucket: text, key: text })
/** It is part of a path. */
const listId = (value: unknown): boolean => text(value) && /^[0-9a-f-]{36}$/.test(value as string)

/** Of each kind what a job cannot be made without; fields that came later are not asked for. */
const SHAPES: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  upload: object({
    ...CHOICES,
    key: text,
    source: orNull(text),
    size: count,
    spooled: listOf(text),
  }),
  batch: object({
    ...CHOICES,
    listId,
    prefix: text,
    name: text,
    roots: listOf(object({ path: text, name: text, kind: text })),
    decisions: object({}),
    spooled: listOf(text),
  }),
  download: object({
    profileId: text,
    bucket: text,
    key: text,
    path: text,
    target: text,
    keyIds: listOf(text),
  }),
  decrypt: object({
    name: text,
    target: text,
    blob: text,
    path: text,
    headers: listOf(listOf(text)),
    keyIds: listOf(text),
    spooled: listOf(text),
  }),
  copy: object({ from: PLACE, to: PLACE }),
}

/**
 * A record of the journal, if it is one that this version makes jobs from. Its sum was right, so a
 * version of ours wrote it: perhaps a later one.
 */
export function jobRecordOf(record: unknown): JobRecord | null {
  const { kind } = Object(record) as { readonly kind?: unknown }
  return typeof kind === 'string' && Object.hasOwn(SHAPES, kind) && SHAPES[kind as Kind](record)
    ? (record as JobRecord)
    : null
}
