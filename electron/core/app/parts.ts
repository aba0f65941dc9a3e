import type { AppError } from '../../../shared/contract/errors.ts'
import type { Handlers } from '../../../shared/contract/routes/routes.ts'
import type { AppInfo, MasterKey, MasterKeyId } from '../../../shared/contract/models.ts'
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
import type { JobNeeds } from './jobs/job-needs.ts'
import type { GrantBook } from './local/path-grants.ts'
import type { Profiles } from './profiles/profiles.ts'
import type { SeenIndex } from '../index/seen-index.ts'
import type { SettingsStore } from './settings.ts'
import type { StartedUploads } from './jobs/started-uploads.ts'
import type { UploadIndex } from '../index/upload-index.ts'
import type { UploadPlans } from './jobs/upload-plans.ts'
import type { viewStates } from './view-states.ts'

/** What the handlers are made from; put together once, in compose.ts. */
type AppSamples = NonNullable<AppInfo['practice']>['samples']

export interface Parts {
  readonly ports: CorePorts
  readonly emitter: Emitter
  /** See `problems.ts`. */
  problems(): readonly AppError[]
  readonly secrets: SecretStore
  readonly settings: SettingsStore
  readonly views: ReturnType<typeof viewStates>
  readonly profiles: Profiles
  readonly defaults: DefaultKeys
  readonly catalog: KeyCatalog
  /** What KMS and programs opened last. */
  readonly opened: OpenedCache
  readonly connections: Connections
  readonly states: ObjectStates
  readonly seen: SeenIndex
  /** What was uploaded from here: for the rule 'same'. */
  readonly uploaded: UploadIndex
  readonly started: StartedUploads
  readonly grants: GrantBook
  readonly plans: UploadPlans
  readonly queue: TransferQueue
  /** What jobs are made with. */
  readonly needs: JobNeeds
  findAccounts(): Promise<readonly SourceAccount[]>
  /** The catalog's keys with where they are default and what was seen under them. */
  listKeys(): Promise<readonly MasterKey[]>
  /**
   * The key of the practice samples, which may seal nothing else; null without a practice bucket.
   */
  readonly practiceKey: MasterKeyId | null
  /** Brings the practice bucket back to its samples. */
  seedPractice(): Promise<void>
  /** The samples that are there, as they were put there. */
  samples(): AppSamples
  /** Call when a master key was used: closes private keys where the user wants that. */
  afterUse(): void
}

/** The handlers of the routes that begin with one of these names. */
export type HandlersOf<Prefix extends string> = {
  readonly [N in keyof Handlers as N extends `${Prefix}.${string}` ? N : never]: Handlers[N]
}
