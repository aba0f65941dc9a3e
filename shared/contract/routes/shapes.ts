import { z } from 'zod'
import { FILE_KINDS } from '../file-kinds.ts'
import { EDITABLE_HEADER, HEADER_VALUE, MAX_HEADER_VALUE } from '../header-rules.ts'
import { nameShape } from '../errors/input-errors.ts'

/**
 * The shapes that several routes share. The bounds are generous for people and tight for a broken
 * caller.
 */
export const id = z.string().min(1).max(128)
export const text = z.string().max(4096)
export const secret = z.string().max(16_384)
/** OSS object key: 1 to 1,023 bytes of UTF-8 that do not start with a slash or backslash. */
export const objectKey = nameShape(false)
export const prefix = nameShape(true)
/** A key from a listing. OSS may not accept such a key for new objects any more. */
export const listedKey = z.string().min(1).max(1023)
export const bucketName = z.string().min(3).max(63)
/**
 * The name of a header that a user may change, in lower case. Headers of an envelope or of a
 * message do not match.
 */
export const editableHeader = z.string().regex(EDITABLE_HEADER)
/** Printable ASCII, as a header carries it. */
export const headerValue = z.string().min(1).max(MAX_HEADER_VALUE).regex(HEADER_VALUE)
/** A whole number of bytes. */
export const byteCount = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
/**
 * Keys ending in '/' that stand for the object of that name alone, without the objects below it.
 */
const itself = z.array(objectKey).optional()
/**
 * The rule for an object that is not encrypted. 'allow': the object is saved. 'refuse': the object
 * is refused. 'unless-seen': the object is refused when it was encrypted when it was last seen
 * here.
 */
export const plainRule = z.enum(['allow', 'refuse', 'unless-seen'])
/** The user's choices for the seals of one reading. See `SealChoices`. */
export const sealChoices = z.object({
  sealedOnly: z.boolean(),
  allowMoved: z.boolean(),
  unverified: z.boolean(),
})
/** The action for a file of this computer that has the name already. */
export const existingFile = z.enum(['fail', 'rename', 'replace'])
export const existingRule = z.enum(['ask', 'skip', 'rename', 'replace', 'same', 'newer'])
export const keyUse = z.enum(['decrypt-only', 'active'])
export const style = z.enum(['compact', 'python'])
const colour = z.enum(['jade', 'blue', 'plum', 'clay', 'gold', 'ink'])
/** The place of keys and objects. */
export const place = { profileId: id, bucket: bucketName }
/** The shape of `IndexScope`. */
export const indexScope = z.object({
  profileId: id,
  bucket: bucketName.nullable(),
  prefix,
  depth: z.enum(['level', 'below']),
})
const rowState = z.enum(['encrypted', 'plain', 'damaged', 'key-missing', 'unknown'])
const time = z
  .string()
  .max(40)
  .refine((value) => !Number.isNaN(Date.parse(value)))
/** The shape of `IndexFilter`. */
export const indexFilter = z.object({
  text: z.string().max(1023).optional(),
  glob: z.string().max(1023).optional(),
  regex: z.string().max(1023).optional(),
  kinds: z.array(z.enum(FILE_KINDS)).max(FILE_KINDS.length).readonly().optional(),
  larger: byteCount.optional(),
  smaller: byteCount.optional(),
  newer: time.optional(),
  older: time.optional(),
  classes: z.array(z.string().max(64)).max(20).readonly().optional(),
  states: z.array(rowState).max(5).readonly().optional(),
  keyId: id.optional(),
})
/** Rows of the index, in an order. */
export const indexQuery = {
  scope: indexScope,
  sort: z.object({
    by: z.enum(['name', 'size', 'modified', 'class', 'state', 'key']),
    down: z.boolean(),
  }),
  filter: indexFilter,
}
/** Everything below a prefix, or all buckets of a profile. */
export const syncPlace = { profileId: id, bucket: bucketName.nullable(), prefix }
/**
 * A selection of any length. `keys`: objects, and folders (names that end in '/') that stand for
 * everything below them. `under`: everything below `prefix`, except the objects and folders in
 * `except`. The empty marker of the prefix itself is not selected. `query`: the matching rows of
 * the index, as they are known when the call arrives, except the objects and folders in `except`.
 * Its scope has the profile and the bucket of the call. One of the three is given.
 */
export const selection = {
  keys: z.array(objectKey),
  itself,
  under: z.object({ prefix, except: z.array(listedKey) }).optional(),
  query: z
    .object({ scope: indexScope, filter: indexFilter, except: z.array(listedKey) })
    .optional(),
}
/** One version of an object; null or left out: the current version. */
export const versionId = z.string().min(1).max(128).nullable().optional()
/** The shape of `DeleteMarker`. */
export const deleteMarker = z.object({ key: objectKey, versionId: z.string().min(1).max(128) })
/** An object of a bucket. */
export const object = { ...place, key: objectKey, versionId }
/** Key description as the user typed it. `format/key-description` parses and checks it. */
export const description = z.string().max(8192)

/**
 * The way by which a profile's secret reaches the core. 'typed': the user typed the secret.
 * 'found': the secret comes from a source that `profiles.find` named. 'keep': the secret stays as
 * it is.
 */
const credential = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('typed'), accessKeySecret: secret, securityToken: secret }),
  z.object({ kind: z.literal('found'), source: id }),
  z.object({ kind: z.literal('keep') }),
])

export const writeFormat = z.enum(['v2', 'v2-oaep', 'v2-kms-b', 'v1', 'sdk-split', 'sdk-message'])

/** The fields of every new master key. */
export const keyFields = { name: z.string().min(1).max(80), description, style }

/**
 * The account for calls to KMS. 'profile': a profile's account. 'own': an account for this key
 * alone. 'keep': the account stays as it is when a key is changed.
 */
const kmsCredential = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('profile'), profileId: id }),
  z.object({
    kind: z.literal('own'),
    accessKeyId: z.string().min(1).max(256),
    accessKeySecret: secret.min(1),
    securityToken: secret,
  }),
  z.object({ kind: z.literal('keep') }),
])

/**
 * The place of KMS and the account for calls to it. `endpoint` '': the region's public endpoint.
 */
export const kmsPlace = {
  region: z.string().min(1).max(64),
  endpoint: z.string().max(300),
  credential: kmsCredential,
}

/**
 * `context`: JSON text of an object of texts, '' for none. `passphrase`: oss2's passphrase, sent as
 * the context `x-passphrase`; null for none. A key has a context or a passphrase, not both.
 */
export const kmsFields = {
  ...kmsPlace,
  cmkId: z.string().max(256),
  context: z.string().max(8192),
  passphrase: secret.nullable(),
}

export const profileFields = {
  name: z.string().min(1).max(80),
  colour,
  endpoint: z.string().max(300),
  region: z.string().max(64),
  accessKeyId: z.string().max(256),
  credential,
  buckets: z.array(bucketName).max(1000),
  /** Left out: as stored; for a new profile the first is true and the second false. */
  sealsNew: z.boolean().optional(),
  sealedOnly: z.boolean().optional(),
}

const minuteOfDay = z
  .number()
  .int()
  .min(0)
  .max(24 * 60 - 1)

export const settingsShape = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  language: z.enum(['system', 'en', 'zh-CN']),
  files: z.number().int().min(1).max(16),
  parts: z.number().int().min(1).max(16),
  multipartFrom: z
    .number()
    .int()
    .min(100 * 1024)
    .max(5 * 1024 ** 3),
  partSize: z
    .number()
    .int()
    .min(100 * 1024)
    .max(5 * 1024 ** 3),
  existing: existingRule,
  // Below this limit a part would take longer than any server waits.
  speedLimit: z.union([z.literal(0), byteCount.min(10_000)]),
  // Source: OSS documentation, "single-connection bandwidth throttling".
  trafficLimit: z.union([z.literal(0), z.number().int().min(819_200).max(838_860_800)]),
  window: z.object({ from: minuteOfDay, to: minuteOfDay }).nullable(),
  onStart: z.enum(['continue', 'paused']),
  notifyEnd: z.boolean(),
  notifyNames: z.boolean(),
  showPractice: z.boolean(),
  showGuide: z.boolean(),
  guideSteps: z
    .array(z.union([z.literal(1), z.literal(2), z.literal(3)]))
    .max(3)
    .readonly(),
  closeKeysAfterUse: z.boolean(),
  textEncodings: z.record(z.string().max(64), z.string().max(32)),
  keepIndex: z.boolean(),
})

/**
 * The rule for an object without envelope that may be a whole message of the KMS Encryption SDK.
 * See `downloads.start`.
 */
export const message = z.union([z.boolean(), z.literal('maybe')])
