import type { SealState } from '../../../../shared/contract/models-seals.ts'
import { useText } from '../../../text/use-text.tsx'
import { Icon, type IconName } from '../../../ui/icon.tsx'

/** The icon of each state of a seal. */
export const SEAL_ICONS: Readonly<Record<SealState, IconName>> = {
  intact: 'intact',
  changed: 'changed',
  moved: 'moved',
  unsealed: 'unverified',
  unknown: 'unknown',
}
/** The colours of the states of encryption, for those of a seal. */
const LOOKS: Readonly<Record<SealState, string>> = {
  intact: 'encrypted',
  changed: 'broken',
  moved: 'broken',
  unsealed: 'plain',
  unknown: 'plain',
}

/** The state of a seal as an icon and a word. */
export function SealBadge({ state }: { readonly state: SealState }) {
  const t = useText()
  return (
    <span className={`st ${LOOKS[state]}`}>
      <Icon name={SEAL_ICONS[state]} size="s" />
      <span className="w">{t(`seals:state.${state}`)}</span>
    </span>
  )
}
