import { z } from 'zod'
import type { MasterKeyId, ProfileId, WriteFormat } from '../../../../shared/contract/models.ts'

/**
 * The version of every record. The number rises when an older version of the app would misread a
 * record. An optional field does not raise it.
 */
export const RECORD_VERSION = 1

/**
 * The version of a record that names a version of an object. An older version of the app would read
 * the current object in its place, so it must not read such a record.
 */
const OF_ONE_VERSION = 2
/** Returns the version of a record of one object. `versionId` null: the current version. */
export const recordVersionFor = (versionId: string | null): typeof RECORD_VERSION | 2 =>
  versionId === null ? RECORD_VERSION : OF_ONE_VERSION

/** The choices that all files of an upload share. */
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
  /** False: no seal, whatever the profile says. Records of earlier versions have no such field. */
  readonly seals: boolean
}

/** One object of one account. */
export interface ObjectPlace {
  readonly profileId: ProfileId
  readonly bucket: string
  readonly key: string
}

// The shapes that several records share.
export const text = z.string()
export const count = z.number().min(0)
export const texts = z.array(text).readonly()
/** Earlier versions of the app wrote no version. */
export const version = z.literal(RECORD_VERSION).default(RECORD_VERSION)
/** The version of a record of one object, of which the user may have named a version. */
export const versionOfOne = z
  .union([z.literal(RECORD_VERSION), z.literal(OF_ONE_VERSION)])
  .default(RECORD_VERSION)
export const existing = z.enum(['fail', 'rename', 'replace', 'skip']).default('fail')
/** Bytes; the default of the settings. */
export const DEFAULT_PART_BYTES = 8 * 1024 ** 2
export const existingName = z
  .enum(['ask', 'skip', 'same', 'newer', 'rename', 'replace'])
  .default('ask')
/** Names the list of a batch. The name is part of a path. */
export const listId = z.string().regex(/^[0-9a-f-]{36}$/)
/** Profile and bucket. */
export const bucketPlace = { profileId: text, bucket: text }
export const objectPlace = z.object({ ...bucketPlace, key: text })
/** The trees of a selection, as `oss/selection.ts` has them. */
export const treeList = z
  .array(z.object({ prefix: text, marker: z.boolean(), except: texts }))
  .readonly()
export const uploadChoices = {
  ...bucketPlace,
  keyId: text.nullable(),
  keyName: text.default(''),
  allowWeak: z.boolean().default(false),
  format: z.enum(['v2', 'v2-oaep', 'v2-kms-b', 'v1', 'sdk-split', 'sdk-message']),
  multipartFrom: count,
  partSize: count,
  parallel: count.nullable().default(null),
  seals: z.boolean().default(false),
}
