import type { Target } from './target.ts'
import { byteTargets } from './targets-bytes.ts'
import { keyTargets } from './targets-keys.ts'
import { recoveryTargets } from './targets-recovery.ts'
import { sealTargets } from './targets-seals.ts'
import { sheetTargets } from './targets-sheets.ts'
import { textTargets } from './targets-text.ts'
import { xmlTargets } from './targets-xml.ts'

/** Every reader of what anybody may have written. */
export const targets: readonly Target[] = [
  ...textTargets,
  ...byteTargets,
  ...keyTargets,
  ...sealTargets,
  ...recoveryTargets,
  ...sheetTargets,
  ...xmlTargets,
]
