import { z } from 'zod'
import { auditRoutes } from './routes-audit.ts'
import { deleteRoutes } from './routes-deletes.ts'
import { editRoutes } from './routes-edits.ts'
import { indexRoutes } from './routes-index.ts'
import { keyRoutes } from './routes-keys.ts'
import { previewRoutes } from './routes-previews.ts'
import { placeRoutes } from './routes-places.ts'
import { handoffRoutes } from './routes-handoff.ts'
import { drillRoutes } from './routes-drills.ts'
import { recoverRoutes } from './routes-recover.ts'
import { vaultRoutes } from './routes-vault.ts'
import { sealRoutes } from './routes-seals.ts'
import { rewrapRoutes } from './routes-rewraps.ts'
import { transferRoutes } from './routes-transfers.ts'
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
import type { Settings } from '../models-settings.ts'
import type { Grant, Leftover, OfflineItem, UploadPlan } from '../models-transfers.ts'

/** Every call that the core accepts. A name that is not here does not exist. */
export const routes = {
  'app.info': route<AppInfo>()(noInput),
  'settings.get': route<Settings>()(noInput),
  'settings.update': route<Settings>()(s.settingsShape.partial()),
  ...placeRoutes,
  'practice.reset': route<null>()(noInput),

  'secrets.status': route<SecretsStatus>()(noInput),
  /** Writes, reads and removes a test entry. */
  'secrets.check': route<SecretsStatus>()(noInput),
  /** Unlocks the passphrase file, or makes the file when none exists. */
  'secrets.unlock': route<SecretsStatus>()(z.object({ passphrase: s.secret.min(1) })),

  'profiles.list': route<readonly Profile[]>()(noInput),
  'profiles.find': route<readonly FoundAccount[]>()(noInput),
  'profiles.add': route<Profile>()(z.object(s.profileFields)),
  /** Adds a profile for this session only. Nothing of it is stored. */
  'profiles.session': route<Profile>()(z.object(s.profileFields)),
  'profiles.update': route<Profile>()(z.object({ id: s.id, ...s.profileFields })),
  'profiles.remove': route<null>()(z.object({ id: s.id })),
  /**
   * Tests a profile and returns the number of buckets seen. `id`: the stored profile whose secret
   * `keep` means; null for a new profile.
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
   * Sends HEAD requests for the objects that the index does not know by key, ETag and time, and
   * answers in the order of the input. Null: the object is gone or may not be read.
   */
  'objects.encryption': route<readonly (Encryption | null)[]>()(
    z.object({
      ...s.place,
      objects: z.array(z.object({ key: s.listedKey, etag: s.text, modified: s.text })).max(200),
    }),
  ),
  /**
   * Tries every key on the envelope and returns the key that unwraps it, whatever the key
   * description.
   */
  'objects.tryKeys': route<{ readonly keyId: string; readonly keyName: string }>()(
    z.object(s.object),
  ),
  ...deleteRoutes,
  /**
   * Reads the first bytes of an object without envelope headers to find a whole message of the KMS
   * Encryption SDK. Null: the object is not a message.
   */
  'objects.sniff': route<Encryption | null>()(z.object(s.object)),
  /**
   * Counts one step of a selection, with everything below its folders: some 20,000 objects. Returns
   * the numbers of this step. `cursor`: the cursor of the step before; null or left out for the
   * first step.
   */
  'objects.count': route<{
    readonly objects: number
    readonly bytes: number
    readonly cursor: string | null
  }>()(z.object({ ...s.place, ...s.selection, cursor: s.text.nullable().optional() })),
  'objects.makeFolder': route<null>()(z.object({ ...s.place, key: s.objectKey })),
  /**
   * Changes headers of one object and leaves its content as it is. `etag`: the ETag of the object
   * that the user saw. The value null removes a header.
   */
  'objects.editHeaders': route<null>()(
    z.object({
      ...s.place,
      key: s.objectKey,
      etag: s.text,
      change: z.record(s.editableHeader, s.headerValue.nullable()),
    }),
  ),

  /** Starts to count the files of the grants. Progress arrives as `plan.changed`. */
  'uploads.plan': route<UploadPlan>()(
    z.object({ ...s.place, prefix: s.prefix, grants: z.array(s.id).min(1).max(100_000) }),
  ),
  'uploads.forget': route<null>()(z.object({ planId: s.id })),
  /**
   * Starts the upload of a plan.
   * `keyId` null: the default key of the bucket, then of the profile. `decisions`: the decision for
   * each conflicting key, for 'ask'. `allowWeak`: the user ticked the box for a key below 2048
   * bits. `toKey`: the full key for a plan of one file. `format` null: the format that the key
   * writes. `seal` false: no seal; left out: as the profile says.
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
      seal: z.boolean().optional(),
    }),
  ),
  /**
   * Starts the download of a selection. Keys that end in '/' are folders.
   * `target`: the grant of a folder. `fileName`: the name inside the folder for one object; null
   * for the object's own name. `keyIds`: the only keys to try; empty to choose by key description.
   * `range`: the offset and length of one object.
   * `message`: the rule for objects without envelope. True: each must be a whole message of the KMS
   * Encryption SDK, or is refused. 'maybe': objects that are not messages are saved as they are.
   * `repair`: decrypt as a Java SDK wrote the object when it split the file again. `itself`: keys
   * ending in '/' that stand for the object of that name alone.
   * `plain`: the rule for objects that are not encrypted. The default 'unless-seen' refuses an
   * object that was encrypted when it was last seen here. `versionId`: the version of one object.
   * `seals`: the choices for seals. A range of a sealed object of up to 64 MiB is cut out of the
   * whole; a larger object needs the choice `unverified`.
   */
  'downloads.start': route<readonly TransferId[]>()(
    z.object({
      ...s.place,
      ...s.selection,
      target: s.id,
      fileName: s.text.min(1).nullable(),
      existing: z.enum(['fail', 'rename', 'replace', 'skip']),
      raw: z.boolean(),
      keyIds: z.array(s.id).max(100),
      range: z.object({ offset: s.byteCount, length: s.byteCount.nullable() }).nullable(),
      message: s.message,
      repair: z.boolean(),
      plain: s.plainRule.optional(),
      seals: s.sealChoices.optional(),
      versionId: s.versionId,
    }),
  ),

  /**
   * Copies objects as they are stored, or moves them. OSS copies inside itself when it can. Else
   * this computer relays the ciphertext. Keys that end in '/' stand for everything below them.
   * `toPrefix`: the folder for the objects, which keep their own names. `toKey`: the new name of
   * one object; a folder's name ends in '/'. One of the two is null. `versionId`: the version of
   * one object. A move deletes exactly this version.
   */
  'copies.start': route<readonly TransferId[]>()(
    z.object({
      from: z.object(s.place),
      ...s.selection,
      to: z.object(s.place),
      toPrefix: s.prefix.nullable(),
      toKey: s.objectKey.nullable(),
      move: z.boolean(),
      existing: z.enum(['fail', 'skip', 'rename', 'replace']),
      versionId: s.versionId,
    }),
  ),

  ...previewRoutes,
  ...editRoutes,

  ...transferRoutes,
  ...indexRoutes,
  ...auditRoutes,
  ...sealRoutes,
  ...rewrapRoutes,
  ...vaultRoutes,
  ...recoverRoutes,
  ...drillRoutes,
  ...handoffRoutes,

  /** Lists the uploads in parts that nobody completed, oldest first. */
  'leftovers.list': route<readonly Leftover[]>()(z.object(s.place)),
  /**
   * Aborts the uploads and deletes their parts. A transfer of this computer that owns such an
   * upload is cancelled.
   */
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
   * Continues an upload that another computer started, from a file that must be the same. `keyIds`:
   * as in `downloads.start`.
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

  /** Pairs dropped blobs and envelopes by name, then by size. */
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
   * Lists a folder of this computer. The desktop shell does not serve these routes, because its
   * page must not name paths. `write`: the grants are for folders to write into.
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
/** The client of a call: one load of a page, or a terminal. */
export interface Session {
  /** Calls the listener once, when the client is gone. The returned function takes it back. */
  onEnd(listener: () => void): () => void
}
/** `session` is left out by callers inside the app, which end with the core. */
export type Handler<N extends RouteName> = (
  input: In<N>,
  signal: AbortSignal,
  session?: Session,
) => Promise<Result<Out<N>>>
export type Handlers = { readonly [N in RouteName]: Handler<N> }
