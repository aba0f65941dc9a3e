import type { AppError } from '../errors.ts'
import type { MasterKey, PlanId, Profile, SecretsStatus, TransferId } from '../models.ts'
import type { Settings } from '../models-settings.ts'
import type { Transfer, UploadPlan } from '../models-transfers.ts'

/** What the core tells every window without being asked. */
export interface Events {
  /** At most four times a second, only what changed. */
  'transfers.changed': readonly Transfer[]
  'transfers.removed': readonly TransferId[]
  'plan.changed': UploadPlan
  'plan.removed': PlanId
  'keys.changed': readonly MasterKey[]
  'profiles.changed': readonly Profile[]
  'settings.changed': Settings
  'secrets.changed': SecretsStatus
  /** Something under this prefix is no longer what was listed. */
  'objects.changed': {
    readonly profileId: string
    readonly bucket: string
    readonly prefix: string
  }
  /** A failure nobody asked for by a call. */
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
  'secrets.changed',
  'objects.changed',
  'app.problem',
] as const satisfies readonly EventName[]
