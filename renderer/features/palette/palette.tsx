import { useEffect, useState } from 'react'
import type { Profile } from '../../../shared/contract/models.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { say } from '../../ui/announce.ts'
import { SearchDialog } from '../../ui/controls/search-dialog.tsx'
import { usePaletteGroups } from './palette-rows.ts'

/** The count is announced once typing has paused for this time. Source: screens.md 13. */
const SAY_AFTER_MS = 500

/** Goes to a place, a recent file or a command by name. */
export function Palette({
  profiles,
  onClose,
}: {
  readonly profiles: readonly Profile[]
  readonly onClose: () => void
}) {
  const t = useText()
  const q = useQuantities()
  const [typed, setTyped] = useState('')
  const groups = usePaletteGroups(typed, profiles)
  const rows = groups.flatMap((group) => group.rows)
  const count = rows.length
  useEffect(() => {
    if (typed === '') return
    const timer = setTimeout(
      () => say(t('common:palette.found', { count, n: q.count(count) })),
      SAY_AFTER_MS,
    )
    return () => clearTimeout(timer)
  }, [typed, count])
  return (
    <SearchDialog
      title={t('common:palette.title')}
      label={t('common:palette.label')}
      typed={typed}
      groups={groups.map(({ kind, rows: shown }) => ({
        id: kind,
        label: t(`common:palette.${kind}`),
        rows: shown.map(({ candidate: { id, icon, aside, command }, pieces }) => ({
          id,
          icon,
          aside,
          command,
          pieces,
        })),
      }))}
      none={t('common:palette.none')}
      hints={[t('common:palette.keysMove'), t('common:palette.keysRun')]}
      endHint={t('common:palette.keysOnly')}
      onType={setTyped}
      onRun={(index) => rows[index]?.candidate.run()}
      onClose={onClose}
    />
  )
}
