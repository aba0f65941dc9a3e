import type { AppError } from '../../../shared/contract/errors.ts'
import type { Handlers } from '../../../shared/contract/routes/routes.ts'
import type { AppInfo, MasterKey, MasterKeyId } from '../../../shared/contract/models.ts'
import type { HttpClient } from '../net/http-client.ts'
import type { KeyCatalog } from '../keys/catalog/key-catalog.ts'
import type { OpenedCache } from '../keys/opened-cache.ts'
import type { SecretStore } from '../store/secrets/secret-store.ts'
import type { TransferQueue } from '../transfer/queue/transfer-queue.ts'
import type { SourceAccount } from './profiles/account-sources.ts'
import type { Connections } from './profiles/connections.ts'
import type { CorePorts } from './core.ts'
import type { DefaultKeys } from './profiles/default-keys.ts'
import type { Emitter } from './events.ts'
import type { ObjectStates } from './objects/object-states.ts'
import type { LocalIndex } from './listings/open-index.ts'
import type { JobNeeds } from './jobs/job-needs.ts'
import type { Edits } from './opened/edits.ts'
import type { OpenedCopies } from './opened/opened-copies.ts'
import type { Previews } from './previews/previews.ts'
import type { RangeReader } from '../transfer/download/read-range.ts'
import type { GrantBook } from './local/path-grants.ts'
import type { PlaceListStore } from './place-lists.ts'
import type { Profiles } from './profiles/profiles.ts'
import type { SeenObjects } from '../history/seen-objects.ts'
import type { SettingsStore } from './settings.ts'
import type { StartedUploads } from './jobs/started-uploads.ts'
import type { UploadHistory } from '../history/upload-history.ts'
import type { UploadPlans } from './jobs/upload-plans.ts'
import type { TextStore } from '../store/text-store.ts'
import type { Vault } from './vault/vault.ts'
import type { viewStates } from './view-states.ts'

/** The parts from which the handlers are made. compose.ts builds them once. */
type AppSamples = NonNullable<AppInfo['practice']>['samples']

export interface Parts {
  readonly ports: CorePorts
  readonly emitter: Emitter
  /** See `problems.ts`. */
  problems(): readonly AppError[]
  readonly texts: TextStore
  readonly secrets: SecretStore
  readonly settings: SettingsStore
  readonly views: ReturnType<typeof viewStates>
  readonly places: PlaceListStore
  readonly profiles: Profiles
  readonly defaults: DefaultKeys
  readonly catalog: KeyCatalog
  /** The data keys that KMS and programs unwrapped last. */
  readonly opened: OpenedCache
  readonly connections: Connections
  /** For requests outside of `connections`. */
  readonly http: HttpClient
  readonly states: ObjectStates
  readonly seen: SeenObjects
  /** The uploads of this computer, for the rule 'same'. */
  readonly uploaded: UploadHistory
  readonly started: StartedUploads
  readonly vault: Vault
  readonly localIndex: LocalIndex
  readonly grants: GrantBook
  readonly plans: UploadPlans
  readonly previews: Previews
  /** Null in a shell that opens no files. */
  readonly copies: OpenedCopies | null
  /** Null in a shell that opens no files. */
  readonly edits: Edits | null
  /** Reads ranges of objects, with the client of their bucket. */
  readonly reading: Omit<RangeReader, 'oss'>
  readonly queue: TransferQueue
  /** The services that jobs use. */
  readonly needs: JobNeeds
  findAccounts(): Promise<readonly SourceAccount[]>
  /**
   * Returns the catalog's keys, with the places where each is the default and the objects seen
   * under it.
   */
  listKeys(): Promise<readonly MasterKey[]>
  /**
   * The key of the practice samples, which may encrypt nothing else. Null without a practice
   * bucket.
   */
  readonly practiceKey: MasterKeyId | null
  /** Restores the samples of the practice bucket. */
  seedPractice(): Promise<void>
  /** Returns the unchanged samples of the practice bucket. */
  samples(): AppSamples
  /** Locks private keys after a use, where the settings say so. */
  afterUse(): void
}

/** The handlers of the routes whose names start with one of these words. */
export type HandlersOf<Prefix extends string> = {
  readonly [N in keyof Handlers as N extends `${Prefix}.${string}` ? N : never]: Handlers[N]
}
