import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useRef, type CSSProperties } from 'react'
import type { MasterKey, Profile } from '../../../shared/contract/models.ts'
import { useApp } from '../../queries/app.ts'
import { refreshListing } from '../../queries/rows/listing.ts'
import type { Place } from '../../queries/objects.ts'
import { sampleIn } from '../../queries/practice.ts'
import { useSettings } from '../../queries/settings.ts'
import { useFilters } from '../../state/filters.ts'
import { dispatchSelection } from '../../state/selection.ts'
import { useDetails, useUi } from '../../state/ui.ts'
import { useText } from '../../text/use-text.tsx'
import { Icon } from '../../ui/icon.tsx'
import { usePageItems } from '../commands/commands.ts'
import { useObjectActions } from './actions.ts'
import { Details } from './details/details.tsx'
import { useDropTarget } from './upload/drop-target.ts'
import { DropOverlay } from './upload/drop-overlay.tsx'
import { Guide } from './guide/guide.tsx'
import { useEmptyMenu } from './list/empty-menu.ts'
import { ListBody } from './list/list-body.tsx'
import { ListFoot } from './list/list-foot.tsx'
import { NoticeBar } from './list/notice-bar.tsx'
import { disabledEntries, folderCommands, listCommands } from './list/object-commands.ts'
import { placeText } from './list/rows.ts'
import { Toolbar } from './list/toolbar.tsx'
import { layoutCommands } from './list/view-switch.tsx'
import { useArrivals, useKeptFocus, useListedSaid } from './rows/use-list-effects.ts'
import { useAfterPress } from './rows/use-after-press.ts'
import { useObjectRows } from './rows/use-object-rows.ts'
import { SearchChips } from './search/search-chips.tsx'
import { SearchLine, useSearchTitle } from './search/search-line.tsx'
import { useUploads } from './upload/uploads.ts'

export interface ObjectsPageProps {
  readonly place: Place
  readonly profile: Profile | undefined
  readonly profiles: readonly Profile[]
  readonly keys: readonly MasterKey[]
}

/**
 * Shows one folder or a search: its toolbar, its list or the reason for an empty pane, its foot and
 * the details.
 */
export function ObjectsPage({ place, profile, profiles, keys }: ObjectsPageProps) {
  const t = useText()
  const client = useQueryClient()
  const app = useApp().data
  const guideOn = useSettings().data?.showGuide === true
  const filters = useFilters()
  const width = useUi((ui) => ui.panes.details)
  const layout = useUi((ui) => ui.layout)
  const uploads = useUploads()
  const list = useObjectRows(place)
  const { rows, chosen, isSearch } = list
  const actions = useObjectActions(chosen, list.placeOf, isSearch)
  const emptyMenu = useEmptyMenu(place)
  const isSample = useMemo(() => sampleIn(app, place), [app, place])
  const samples = useMemo(
    () => (rows.loaded.length === rows.count ? rows.loaded.filter(isSample).length : 0),
    [rows, isSample],
  )
  const isEmpty = rows.count === 0
  const guide =
    guideOn &&
    !isSearch &&
    place.prefix === '' &&
    app?.practice?.profileId === place.profileId &&
    app.practice.bucket === place.bucket
  const hasChosen = useAfterPress(chosen.count > 0)
  const details = useDetails() && !isEmpty && (!guide || hasChosen)
  const over = useDropTarget((drag) => drag.folder)
  const isOver = over?.bucket === place.bucket && over.profileId === place.profileId
  const dragOver = isOver ? over.prefix : null
  const pane = useRef<HTMLDivElement>(null)
  const refresh = () => (isSearch ? list.sync.refresh() : void refreshListing(client, place))
  const title = useSearchTitle(place)

  useArrivals(place, rows)
  useListedSaid(place, list)
  const menu = actions.menu()
  usePageItems(
    [
      ...(chosen.count === 0 ? disabledEntries(menu) : menu),
      ...folderCommands(t, place, uploads),
      ...listCommands(t, place, refresh),
      ...layoutCommands(t, layout),
    ],
    app?.shell === 'loopback',
  )
  useKeptFocus(
    pane,
    `${place.profileId} ${place.bucket} ${place.prefix} ${layout} ${list.isPending} ${isEmpty}`,
  )

  const focusList = () => pane.current?.querySelector<HTMLElement>('[data-region="list"]')?.focus()
  const [only] = chosen.rows
  const showSomething = () => {
    const file = only ?? rows.loaded.find((row) => row.kind === 'file')
    if (file !== undefined) dispatchSelection({ type: 'aim', key: file.key })
    actions.showDetails()
  }

  return (
    <div
      className={details ? 'work place' : 'work place wide'}
      style={{ '--w-details': `${width}px` } as CSSProperties}
    >
      <Toolbar
        place={place}
        profile={profile}
        busy={list.isBusy}
        isBadRegex={list.isBadRegex}
        onRefresh={refresh}
        onLeaveFilter={focusList}
        selected={chosen.count === 0 ? null : menu}
        details={isEmpty || (guide && chosen.count === 0) ? null : details}
      />
      <div className={dragOver === place.prefix ? 'mid-pane takes' : 'mid-pane'} ref={pane}>
        <h1 className="sr">{title ?? placeText(place.bucket, place.prefix)}</h1>
        <NoticeBar keys={keys} />
        {(isSearch || filters.open) && <SearchChips place={place} keys={keys} />}
        {isSearch && <SearchLine list={list} />}
        {guide && (
          <Guide
            place={place}
            seen={{
              ownFile: rows.loaded.some((row) => row.kind === 'file' && !isSample(row)),
              looked: details && chosen.count === 1 && only?.kind === 'file',
            }}
            onShowDetails={showSomething}
          />
        )}
        <div
          className={guide ? 'pane-body guided' : 'pane-body'}
          {...(isEmpty &&
            !list.isPending && {
              tabIndex: 0,
              'data-region': 'list',
              role: 'region',
              'aria-label': t('objects:list'),
            })}
        >
          <ListBody
            place={place}
            profile={profile}
            keys={keys}
            list={list}
            actions={actions}
            emptyMenu={emptyMenu}
            dragOver={dragOver}
            isGuided={guide}
            onRefresh={refresh}
          />
          {guide && (
            <div className="drop fr-drop" aria-hidden="true">
              <span className="flex4">
                <Icon name="down" size="s" />
                {t('objects:guide.dropHere')}
              </span>
            </div>
          )}
        </div>
        <ListFoot place={place} list={list} samples={samples} />
        <DropOverlay profiles={profiles} keys={keys} />
      </div>
      {details && (
        <Details
          place={place}
          rowPlace={only === undefined ? place : list.placeOf(only)}
          profile={profile}
          status={list.status}
          sums={isSearch || list.isFiltered ? undefined : rows.sums}
          chosen={chosen}
          actions={actions}
          keys={keys}
        />
      )}
    </div>
  )
}
