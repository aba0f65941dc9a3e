import type { AppError } from '../errors.ts'
import type { MasterKey, PlanId, Profile, SecretsStatus, TransferId } from '../models.ts'
import type { PlaceLists } from '../models-places.ts'
import type { EditedCopy } from '../models-edits.ts'
import type { ListingStatus, StatesProgress } from '../models-index.ts'
import type { Settings } from '../models-settings.ts'
import type { Transfer, UploadPlan } from '../models-transfers.ts'

/** The events that the core sends to every window without a call. */
export interface Events {
  /** At most four times a second, with the changed transfers alone. */
  'transfers.changed': readonly Transfer[]
  'transfers.removed': readonly TransferId[]
  'plan.changed': UploadPlan
  'plan.removed': PlanId
  'keys.changed': readonly MasterKey[]
  'profiles.changed': readonly Profile[]
  'settings.changed': Settings
  'places.changed': PlaceLists
  'secrets.changed': SecretsStatus
  /** Something under this prefix differs from the last listing. */
  'objects.changed': {
    readonly profileId: string
    readonly bucket: string
    readonly prefix: string
  }
  /** The progress of a listing, at most four times a second for each folder. */
  'listing.changed': {
    readonly profileId: string
    readonly bucket: string
    readonly prefix: string
    readonly status: ListingStatus
  }
  /**
   * The progress of a sync or of a look for states, at most four times a second for each. `bucket`
   * and `prefix` are those of the call. One of `sync` and `states` is not null.
   */
  'index.changed': {
    readonly profileId: string
    readonly bucket: string | null
    readonly prefix: string
    readonly sync: ListingStatus | null
    readonly states: StatesProgress | null
  }
  /** All edited copies, when one of them changed, came or went. */
  'edits.changed': readonly EditedCopy[]
  /** A failure outside any call. */
  'app.problem': AppError
}
export type EventName = keyof Events
export const eventNames = [
  'transfers.changed',
  'transfers.removed',
  'plan.changed',
  'plan.removed',
  'keys.changed',
  'profiles.changed',
  'settings.changed',
  'places.changed',
  'secrets.changed',
  'objects.changed',
  'listing.changed',
  'index.changed',
  'edits.changed',
  'app.problem',
] as const satisfies readonly EventName[]
