import type { Result } from '../../../../shared/contract/errors.ts'
import type { RewrapMode } from '../../../../shared/contract/models-rewraps.ts'
import type { MasterKeyId } from '../../../../shared/contract/models.ts'
import type { Envelope } from '../../../../shared/format/envelope/envelope.ts'
import type { Opened } from '../../keys/keyring.ts'
import type { MasterKeyHandle } from '../../keys/master-key.ts'
import type { ObjectHead } from '../../oss/objects.ts'
import type { ChildJob, OpenOss } from '../run/jobs.ts'
import type { SecondEnvelope } from '../../seals/second-text.ts'
import type { Running } from '../run/running.ts'
import type { SealMemories } from '../run/stored-seal.ts'
import type { SourceSpot } from './copy-proof.ts'
import type { RelayPlan } from './relay-plan.ts'
import type { Recode } from './relay.ts'
import type { Trial } from './rewrap-trial.ts'

/** The master keys of one change. Handles are disposed of by the caller. */
export interface RewrapKeys {
  readonly targetId: MasterKeyId
  /** The only keys whose objects change; empty: every key that is here. */
  readonly from: readonly MasterKeyId[]
  /**
   * Opens the new key. It may encrypt, and it can open what it encrypts. The public half is enough
   * for a second key.
   */
  target(signal: AbortSignal): Promise<Result<MasterKeyHandle>>
  /** Returns the id of the key that an envelope names; null for none that is here. */
  named(envelope: Envelope): MasterKeyId | null
  /** Returns the id of the key that a second envelope names; null for none that is here. */
  namedSecond(second: SecondEnvelope): MasterKeyId | null
  /** Opens the keys to try on an envelope. `only`: these keys and no others. */
  candidates(
    envelope: Envelope,
    only: readonly MasterKeyId[],
  ): Promise<Result<readonly MasterKeyHandle[]>>
  /** Opens one old key; null for one that cannot open anything here. Throws Failure. */
  old(id: MasterKeyId): Promise<MasterKeyHandle | null>
  /** Counts an envelope that names a key of ours and does not open. Throws 'too-many-damaged'. */
  refused(): void
}

/** One object that gets another master key. */
export interface RewrapJob extends ChildJob {
  readonly kind: 'rewrap'
  readonly oss: OpenOss
  readonly bucket: string
  readonly key: string
  readonly mode: RewrapMode
  /** True: nothing is written. */
  readonly dryRun: boolean
  readonly keys: RewrapKeys
  /** Preferred part size in bytes. */
  readonly partSize: number
  /** Finds the seals that this computer knows. */
  readonly sealMemory: SealMemories['find']
  /** Proves once for all objects that the server stores headers. */
  readonly trial: Trial
}

/** One object that the old key opened. The caller disposes of the data key. */
export interface RewrapTask {
  readonly job: RewrapJob
  readonly running: Running
  readonly spot: SourceSpot
  readonly source: ObjectHead
  readonly target: MasterKeyHandle
  readonly opened: Opened
  /** The envelope under the old key. */
  readonly old: Envelope
}

/** An object under the new key, before it is written. */
export interface NewForm {
  readonly envelope: Envelope
  readonly plan: RelayPlan
  /** The change of data keys; null: the bytes stay as they are. */
  readonly recode: Recode | null
}
