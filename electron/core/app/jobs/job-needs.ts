import type { AppError } from '../../../../shared/contract/errors.ts'
import type { KeyCatalog } from '../../keys/catalog/key-catalog.ts'
import type { OpenedCache } from '../../keys/opened-cache.ts'
import type { MasterKeyId, ProfileId } from '../../../../shared/contract/models.ts'
import type { UploadJob } from '../../transfer/run/jobs.ts'
import type { Changes } from '../objects/changes.ts'
import type { Connections } from '../profiles/connections.ts'
import type { DefaultKeys } from '../profiles/default-keys.ts'
import type { SeenIndex } from '../../index/seen-index.ts'
import type { DamageLimit } from './damage-limit.ts'
import type { SpoolHolds } from '../local/spool-holds.ts'
import type { UploadIndex } from '../../index/upload-index.ts'

/** What jobs work with when they run. */
export interface JobNeeds {
  readonly connections: Connections
  readonly catalog: KeyCatalog
  readonly defaults: DefaultKeys
  readonly practiceKey: MasterKeyId | null
  readonly opened: OpenedCache
  readonly uploaded: UploadIndex
  readonly seen: SeenIndex
  /** Which of these objects are not encrypted? One that cannot be looked at counts as encrypted. */
  arePlain(
    at: { readonly profileId: ProfileId; readonly bucket: string },
    keys: readonly string[],
  ): Promise<readonly boolean[]>
  readonly changes: Changes
  readonly spool: SpoolHolds
  /**
   * What asks for the key of a place: the jobs of one plan share one, so that what is sealed
   * together asks once.
   */
  readonly writers: Map<string, UploadJob['masterKey']>
  /** Counts damaged envelopes over all downloads that were taken up again after a restart. */
  readonly limitAfterRestart: DamageLimit
  /** Where the lists of batches are. */
  readonly listFolder: string
  /** To be called when a master key was used. */
  afterUse(): void
  /** A thrown bug → the error that may be shown. */
  masked(cause: unknown): AppError
}
