import type { Profile } from '../../../../shared/contract/models.ts'
import { isMac, keysText } from '../../../shell/platform.ts'
import { useApp } from '../../../queries/app.ts'
import type { Place } from '../../../queries/objects.ts'
import { useFilters } from '../../../state/filters.ts'
import { travel } from '../../../state/history.ts'
import { goToParent, showDetails, useUi } from '../../../state/ui.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button, IconButton } from '../../../ui/controls/button.tsx'
import { MenuButton, type MenuEntry } from '../../../ui/controls/menu.tsx'
import { Crumbs } from './crumbs.tsx'
import { FilterField } from '../search/filter-field.tsx'
import { useUploads } from '../upload/uploads.ts'
import { folderCommands } from './object-commands.ts'
import { ViewSwitch } from './view-switch.tsx'

export interface ToolbarProps {
  readonly place: Place
  readonly profile: Profile | undefined
  readonly busy: boolean
  /** The text of the filter is no regular expression. */
  readonly isBadRegex: boolean
  readonly onRefresh: () => void
  /** Enter and ↓ in the filter move the focus to the list. */
  readonly onLeaveFilter: () => void
  /** The actions of the selection; null if nothing is selected. */
  readonly selected: readonly MenuEntry[] | null
  /** True while the details are shown. Null where there are none. */
  readonly details: boolean | null
}

/** Shows the path, and the actions of the whole folder. */
export function Toolbar({
  place,
  profile,
  busy,
  isBadRegex,
  onRefresh,
  onLeaveFilter,
  selected,
  details,
}: ToolbarProps) {
  const t = useText()
  const back = useUi((ui) => ui.at > 0)
  const forward = useUi((ui) => ui.at < ui.top)
  const uploads = useUploads()
  const depth = useFilters().where === 'here' ? 'level' : 'below'
  // In a tab these keys reload the page.
  const inBrowser = useApp().data?.shell === 'loopback'
  return (
    <div className="bar" data-region="toolbar">
      <span className="ways" role="group" aria-label={t('objects:ways')}>
        <IconButton
          icon="back"
          label={`${t('common:shortcuts.back')} (${keysText(isMac ? 'mod+[' : 'alt+ArrowLeft')})`}
          disabled={!back}
          onClick={() => travel('back')}
        />
        <IconButton
          icon="forward"
          label={`${t('common:shortcuts.forward')} (${keysText(isMac ? 'mod+]' : 'alt+ArrowRight')})`}
          disabled={!forward}
          onClick={() => travel('forward')}
        />
        <IconButton
          icon="up-level"
          label={`${t('common:shortcuts.parent')} (${keysText(isMac ? 'mod+ArrowUp' : 'alt+ArrowUp')})`}
          disabled={place.prefix === ''}
          onClick={goToParent}
        />
      </span>
      <Crumbs place={place} profile={profile} />
      <IconButton
        icon="refresh"
        label={inBrowser ? t('objects:refresh') : `${t('objects:refresh')} (${keysText('mod+r')})`}
        aria-disabled={busy}
        onClick={onRefresh}
      />
      <ViewSwitch depth={depth} />
      <FilterField place={place} isBadRegex={isBadRegex} onLeave={onLeaveFilter} />
      <MenuButton entries={selected ?? []} label={t('objects:act.selected')}>
        <IconButton icon="more" label={t('objects:act.selected')} disabled={selected === null} />
      </MenuButton>
      <MenuButton label={t('objects:upload')} entries={folderCommands(t, place, uploads)}>
        <Button kind="primary" icon="up" className="up">
          <span className="verb">{t('objects:upload')}</span>
        </Button>
      </MenuButton>
      {details !== null && (
        <IconButton
          icon="pane-right"
          label={t(details ? 'objects:hideDetails' : 'objects:showDetails')}
          on={details}
          aria-pressed={details}
          onClick={() => showDetails(!details)}
        />
      )}
    </div>
  )
}
