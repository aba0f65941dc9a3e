import { z } from 'zod'
import { keyRoutes } from './routes-keys.ts'
import { noInput, route, type Route } from './route.ts'
import * as s from './shapes.ts'
import type { Result } from '../errors.ts'
import type {
  AppInfo,
  Bucket,
  Encryption,
  FoundAccount,
  LocalEntry,
  ObjectFacts,
  ObjectPage,
  Profile,
  SecretsStatus,
  TransferId,
} from '../models.ts'
import type { Settings, ViewState } from '../models-settings.ts'
import type { Grant, Leftover, OfflineItem, Transfer, UploadPlan } from '../models-transfers.ts'

/** Every call the core takes. A name that is not here does not exist. */
export const routes = {
  'app.info': route<AppInfo>()(noInput),
  'settings.get': route<Settings>()(noInput),
  'settings.update': route<Settings>()(s.settingsShape.partial()),
  /**
   * Where this shell's window was, and how it looked; null: never open before, or written by a
   * later version.
   */
  'view.get': route<ViewState | null>()(noInput),
  'view.set': route<null>()(s.viewState),
  'practice.reset': route<null>()(noInput),

  'secrets.status': route<SecretsStatus>()(noInput),
  /** Writes, reads and removes a test entry. */
  'secrets.check': route<SecretsStatus>()(noInput),
  /** Opens the passphrase file, or makes it when none exists. */
  'secrets.unlock': route<SecretsStatus>()(z.object({ passphrase: s.secret.min(1) })),

  'profiles.list': route<readonly Profile[]>()(noInput),
  'profiles.find': route<readonly FoundAccount[]>()(noInput),
  'profiles.add': route<Profile>()(z.object(s.profileFields)),
  /** A profile for this session only: nothing of it is stored. */
  'profiles.session': route<Profile>()(z.object(s.profileFields)),
  'profiles.update': route<Profile>()(z.object({ id: s.id, ...s.profileFields })),
  'profiles.remove': route<null>()(z.object({ id: s.id })),
  /**
   * `id`: the stored profile whose secret `keep` means; null for a new one. Answers with the number
   * of buckets seen.
   */
  'profiles.test': route<{ readonly buckets: number }>()(
    z.object({ id: s.id.nullable(), bucket: s.bucketName.nullable(), ...s.profileFields }),
  ),
  'profiles.setDefaultKey': route<null>()(
    z.object({ profileId: s.id, bucket: s.bucketName.nullable(), keyId: s.id.nullable() }),
  ),

  'buckets.list': route<readonly Bucket[]>()(z.object({ profileId: s.id })),

  'objects.list': route<ObjectPage>()(
    z.object({ ...s.place, prefix: s.prefix, cursor: s.text.nullable() }),
  ),
  'objects.facts': route<ObjectFacts>()(z.object(s.object)),
  /**
   * HEADs what is not known yet; answers in the order asked. Null where the object is gone or may
   * not be read.
   */
  'objects.encryption': route<readonly (Encryption | null)[]>()(
    z.object({
      ...s.place,
      objects: z.array(z.object({ key: s.listedKey, etag: s.text })).max(200),
    }),
  ),
  /** Tries every key on the envelope; the one that opens it, whatever its description. */
  'objects.tryKeys': route<{ readonly keyId: string; readonly keyName: string }>()(
    z.object(s.object),
  ),
  /**
   * Keys ending in '/' stand for everything below them, unless `itself` has them too: they are
   * objects of that name alone then. Answers with the number of objects deleted, and with `look`
   * with the keys that stood for nothing: OSS does not tell.
   */
  'objects.remove': route<{ readonly removed: number; readonly missing: readonly string[] }>()(
    z.object({
      ...s.place,
      keys: z.array(s.objectKey).min(1).max(10_000),
      itself: s.itself,
      look: z.boolean().optional(),
    }),
  ),
  /**
   * Reads the first bytes of an object without envelope headers: is it a whole message of the KMS
   * Encryption SDK? Null: it is not.
   */
  'objects.sniff': route<Encryption | null>()(z.object(s.object)),
  /** How many objects and bytes `keys` stand for, folders counted through. */
  'objects.count': route<{ readonly objects: number; readonly bytes: number }>()(
    z.object({ ...s.place, keys: z.array(s.objectKey).min(1).max(10_000), itself: s.itself }),
  ),
  'objects.makeFolder': route<null>()(z.object({ ...s.place, key: s.objectKey })),
  /** Decrypted text, at most 256 KiB, as UTF-8; `binary` when it is none. */
  'objects.preview': route<{
    readonly text: string
    readonly binary: boolean
    readonly encrypted: boolean
  }>()(
    z.object({
      ...s.object,
      offset: s.byteCount,
      length: z
        .number()
        .int()
        .min(1)
        .max(256 * 1024),
      keyId: s.id.nullable(),
      plain: s.plainRule.optional(),
    }),
  ),

  /**
   * Changes headers of one object, of which the content stays. `etag`: the object that is meant. A
   * value of null takes the header off.
   */
  'objects.editHeaders': route<null>()(
    z.object({
      ...s.place,
      key: s.objectKey,
      etag: s.text,
      change: z.record(s.editableHeader, s.headerValue.nullable()),
    }),
  ),

  /** Starts counting what the grants hold; progress comes as `plan.changed`. */
  'uploads.plan': route<UploadPlan>()(
    z.object({ ...s.place, prefix: s.prefix, grants: z.array(s.id).min(1).max(100_000) }),
  ),
  'uploads.forget': route<null>()(z.object({ planId: s.id })),
  /**
   * `keyId` null: the default key of the bucket, then of the profile. `decisions`: per conflicting
   * key, for 'ask'.
   * `allowWeak`: the user ticked the box for a key below 2048 bits. `toKey`: full key for a plan of
   * one file.
   * `format`: null for what the key writes.
   */
  'uploads.start': route<readonly TransferId[]>()(
    z.object({
      planId: s.id,
      keyId: s.id.nullable(),
      existing: s.existingRule,
      decisions: z.record(z.string(), z.enum(['skip', 'rename', 'replace'])),
      allowWeak: z.boolean(),
      partSize: s.byteCount.nullable(),
      parallel: z.number().int().min(1).max(64).nullable(),
      toKey: s.objectKey.nullable(),
      format: s.writeFormat.nullable(),
    }),
  ),
  /**
   * `target`: grant of a folder; `fileName`: name inside it for one object, null for the object's
   * own. `keyIds`: only these keys; empty to choose by description. `range`: offset and length of
   * one object. Keys ending in '/' are folders.
   * `message`: of objects without envelope; true: each is a whole message of the KMS Encryption
   * SDK, or is refused; 'maybe': those that are none are saved as they are. `repair`: decrypt as a
   * Java SDK wrote it that split the file anew. `itself`: keys that end in '/' and stand for the
   * object of that name alone. `plain`: what becomes of an object that is not encrypted,
   * 'unless-seen' when left out: it is refused where it was encrypted when it was last seen here.
   * `versionId`: of one object.
   */
  'downloads.start': route<readonly TransferId[]>()(
    z.object({
      ...s.place,
      keys: z.array(s.objectKey).min(1).max(10_000),
      target: s.id,
      fileName: s.text.min(1).nullable(),
      existing: z.enum(['fail', 'rename', 'replace', 'skip']),
      raw: z.boolean(),
      keyIds: z.array(s.id).max(100),
      range: z.object({ offset: s.byteCount, length: s.byteCount.nullable() }).nullable(),
      message: s.message,
      repair: z.boolean(),
      itself: s.itself,
      plain: s.plainRule.optional(),
      versionId: s.versionId,
    }),
  ),

  /**
   * Copies objects as they are stored, or moves them: inside OSS where it does that, else through
   * this computer as ciphertext. Keys that end in '/' stand for everything below them. `toPrefix`:
   * the folder they go into, under their own names; `toKey`: the new name of one, which ends in '/'
   * for a folder. One of the two is null.
   */
  'copies.start': route<readonly TransferId[]>()(
    z.object({
      from: z.object(s.place),
      keys: z.array(s.objectKey).min(1).max(10_000),
      to: z.object(s.place),
      toPrefix: s.prefix.nullable(),
      toKey: s.objectKey.nullable(),
      move: z.boolean(),
      existing: z.enum(['fail', 'skip', 'rename', 'replace']),
      itself: s.itself,
    }),
  ),

  'transfers.list': route<readonly Transfer[]>()(noInput),
  'transfers.pause': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
  'transfers.resume': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
  /** Ends it; nothing half-done stays, here or in the bucket. */
  'transfers.cancel': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
  'transfers.retry': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
  /** The same as `retry`, from nothing: what was sent or received is dropped. */
  'transfers.startOver': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
  /** What to do about names that are taken; of one of many, or of all that still come. */
  'transfers.decide': route<null>()(
    z.object({ ids: z.array(s.id).max(100_000), existing: z.enum(['skip', 'rename', 'replace']) }),
  ),
  /** Takes finished and failed ones off the list. */
  'transfers.clear': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),

  /** Uploads in parts that nobody finished, oldest first. */
  'leftovers.list': route<readonly Leftover[]>()(z.object(s.place)),
  /** Drops them and their parts; a transfer of this computer that one belongs to is cancelled. */
  'leftovers.abort': route<{ readonly aborted: number }>()(
    z.object({
      ...s.place,
      uploads: z
        .array(z.object({ key: s.objectKey, uploadId: s.text.min(1) }))
        .min(1)
        .max(10_000),
    }),
  ),
  /**
   * Goes on with one that another computer began, from a file that must be the same. `keyIds`: as
   * in `downloads.start`.
   */
  'leftovers.resume': route<TransferId>()(
    z.object({
      ...s.place,
      key: s.objectKey,
      uploadId: s.text.min(1),
      grant: s.id,
      keyIds: z.array(s.id).max(100),
    }),
  ),

  ...keyRoutes,

  /** Pairs dropped blobs and envelopes by name, then size. */
  'offline.pair': route<readonly OfflineItem[]>()(
    z.object({ grants: z.array(s.id).min(1).max(100_000) }),
  ),
  'offline.inspect': route<OfflineItem>()(
    z.object({
      blob: s.id,
      envelope: s.id.nullable(),
      envelopeText: z.string().max(65_536).nullable(),
    }),
  ),
  'offline.start': route<TransferId>()(
    z.object({
      blob: s.id,
      envelope: s.id.nullable(),
      envelopeText: z.string().max(65_536).nullable(),
      keyIds: z.array(s.id).max(100),
      target: s.id,
      fileName: s.text.min(1).nullable(),
      existing: z.enum(['fail', 'rename', 'replace']),
      repair: z.boolean(),
    }),
  ),

  /**
   * Not served by the desktop shell, whose page must not name paths. `write`: grants of folders to
   * write into.
   */
  'local.list': route<{
    readonly path: string
    readonly parent: string | null
    readonly entries: readonly LocalEntry[]
  }>()(z.object({ path: s.text.nullable() })),
  'local.grant': route<readonly Grant[]>()(
    z.object({ paths: z.array(s.text.min(1)).min(1).max(10_000), write: z.boolean() }),
  ),
} as const satisfies Record<string, Route<z.ZodType, unknown>>

export type RouteName = keyof typeof routes
export type In<N extends RouteName> = z.output<(typeof routes)[N]['input']>
export type Out<N extends RouteName> = Exclude<(typeof routes)[N]['output'], undefined>
export type Handler<N extends RouteName> = (
  input: In<N>,
  signal: AbortSignal,
) => Promise<Result<Out<N>>>
export type Handlers = { readonly [N in RouteName]: Handler<N> }
