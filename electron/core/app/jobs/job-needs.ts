import type { AppError } from '../../../../shared/contract/errors.ts'
import type { KeyCatalog } from '../../keys/catalog/key-catalog.ts'
import type { OpenedCache } from '../../keys/opened-cache.ts'
import type { MasterKeyId, ProfileId } from '../../../../shared/contract/models.ts'
import type { UploadJob } from '../../transfer/run/jobs.ts'
import type { Changes } from '../objects/changes.ts'
import type { Connections } from '../profiles/connections.ts'
import type { DefaultKeys } from '../profiles/default-keys.ts'
import type { SeenObjects } from '../../history/seen-objects.ts'
import type { DamageLimit } from './damage-limit.ts'
import type { SpoolHolds } from '../local/spool-holds.ts'
import type { Profiles } from '../profiles/profiles.ts'
import type { SealHistory } from '../../history/seal-memory.ts'
import type { UploadHistory } from '../../history/upload-history.ts'

/** The services that running jobs use. */
export interface JobNeeds {
  readonly connections: Connections
  readonly catalog: KeyCatalog
  readonly defaults: DefaultKeys
  readonly practiceKey: MasterKeyId | null
  readonly opened: OpenedCache
  readonly uploaded: UploadHistory
  /** The seals that this computer found intact. */
  readonly sealHistory: SealHistory
  readonly profiles: Pick<Profiles, 'get'>
  readonly seen: SeenObjects
  /**
   * Says for each of these objects whether it is plain. An object that cannot be read counts as
   * encrypted.
   */
  arePlain(
    at: { readonly profileId: ProfileId; readonly bucket: string },
    keys: readonly string[],
  ): Promise<readonly boolean[]>
  readonly changes: Changes
  readonly spool: SpoolHolds
  /**
   * The functions that return the master key of a place. The jobs of one plan share one function,
   * so that files encrypted together ask for the key once.
   */
  readonly writers: Map<string, UploadJob['masterKey']>
  /** Counts damaged envelopes over all downloads that continue after a restart. */
  readonly limitAfterRestart: DamageLimit
  /** The folder of the lists of batches. */
  readonly listFolder: string
  /** Tells whether the profile seals new uploads. Asked at every start of an upload. */
  sealsNew(profileId: ProfileId): boolean
  /** Reports the use of a master key. */
  afterUse(): void
  /** Turns a thrown bug into the error that may be shown. */
  masked(cause: unknown): AppError
}
