import type { SealState } from '../../../../shared/contract/models-seals.ts'
import type { IconName } from '../../../ui/icon.tsx'

/** The icon of each state of a seal. */
export const SEAL_ICONS: Readonly<Record<SealState, IconName>> = {
  intact: 'intact',
  changed: 'changed',
  moved: 'moved',
  unsealed: 'unverified',
  unknown: 'unknown',
}
