import type { Settings } from '../../../shared/contract/models-settings.ts'

/** Props of every group of settings. */
export interface SettingsPart {
  readonly settings: Settings
  readonly update: (change: Partial<Settings>) => void
}
