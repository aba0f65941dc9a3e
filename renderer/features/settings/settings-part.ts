import type { Settings } from '../../../shared/contract/models-settings.ts'

/** What every group of settings gets. */
export interface SettingsPart {
  readonly settings: Settings
  readonly update: (change: Partial<Settings>) => void
}
