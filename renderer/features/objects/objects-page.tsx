import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useLayoutEffect, useMemo, useRef, type CSSProperties } from 'react'
import type { MasterKey, Profile } from '../../../shared/contract/models.ts'
import { useApp } from '../../queries/app.ts'
import { errorOf } from '../../text/error-of.ts'
import { chosenFolder, chosenRows } from '../../queries/chosen.ts'
import { isWhole, listingQuery, refreshListing, type Place } from '../../queries/objects.ts'
import { sampleIn } from '../../queries/practice.ts'
import { defaultKeyOf } from '../../queries/profiles.ts'
import { useSettings } from '../../queries/settings.ts'
import { say } from '../../ui/announce.ts'
import {
  dispatchSelection,
  isSelected,
  orderOf,
  selectArrived,
  useExpected,
  useSelection,
} from '../../state/selection.ts'
import { useDetails, useUi } from '../../state/ui.ts'
import { ask } from '../../state/work.ts'
import { askToUnlock } from '../../queries/unlock.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useLanguage, useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { ErrorPane } from '../../ui/error-pane.tsx'
import { Icon } from '../../ui/icon.tsx'
import { usePageItems } from '../commands/commands.ts'
import { useObjectActions } from './actions.ts'
import { Details } from './details/details.tsx'
import { useDropTarget } from './upload/drop-target.ts'
import { DropOverlay } from './upload/drop-overlay.tsx'
import { Guide } from './guide/guide.tsx'
import { itemsText } from './list/items-text.ts'
import { ListFoot } from './list/list-foot.tsx'
import { EmptyFolder, NoMatch, Skeleton } from './list/list-states.tsx'
import { NoticeBar } from './list/notice-bar.tsx'
import { ObjectList } from './list/object-list.tsx'
import { disabledEntries, folderCommands, listCommands } from './list/object-commands.ts'
import { byName, folderText, placeText, shownRows } from './list/rows.ts'
import { Toolbar } from './list/toolbar.tsx'
import { useUploads } from './upload/uploads.ts'

export interface ObjectsPageProps {
  readonly place: Place
  readonly profile: Profile | undefined
  readonly profiles: readonly Profile[]
  readonly keys: readonly MasterKey[]
}

/**
 * Shows one folder: its toolbar, its list or the reason for an empty pane, its foot and the
 * details.
 */
export function ObjectsPage({ place, profile, profiles, keys }: ObjectsPageProps) {
  const t = useText()
  const q = useQuantities()
  const language = useLanguage()
  const client = useQueryClient()
  const listing = useQuery(listingQuery(place))
  const app = useApp().data
  const guideOn = useSettings().data?.showGuide === true
  const { sort, filter } = useUi()
  const width = useUi((ui) => ui.panes.details)
  const selection = useSelection()
  const uploads = useUploads()
  const data = listing.data
  const whole = data !== undefined && isWhole(data)
  // During a listing the rows stay in the order of OSS, so that nothing jumps and a page costs
  // nothing.
  const ordered = useMemo(
    () => (whole ? byName(data.rows, language) : (data?.rows ?? [])),
    [data, whole, language],
  )
  const rows = useMemo(() => shownRows(ordered, filter, sort), [ordered, filter, sort])
  const { keys: marked, all } = selection
  const selected = useMemo(
    () =>
      marked.size === 0 && !all
        ? []
        : rows.filter((row) => isSelected({ keys: marked, all }, row.key)),
    [rows, marked, all],
  )
  const chosen = useMemo(
    () =>
      all && filter.trim() === ''
        ? chosenFolder(place, selected, marked, whole)
        : chosenRows(place, selected),
    [place, selected, marked, all, filter, whole],
  )
  const actions = useObjectActions(chosen)
  const isSample = useMemo(() => sampleIn(app, place), [app, place])
  const samples = useMemo(() => (data?.rows ?? []).filter(isSample).length, [data, isSample])
  const guide =
    guideOn &&
    place.prefix === '' &&
    app?.practice?.profileId === place.profileId &&
    app.practice.bucket === place.bucket
  const details = useDetails() && rows.length > 0 && !(guide && selected.length === 0)
  const dragOver = useDropTarget((drag) =>
    drag.folder?.bucket === place.bucket ? drag.folder.prefix : null,
  )
  const pane = useRef<HTMLDivElement>(null)
  const refresh = () => void refreshListing(client, place)

  useRetain(data?.rows, whole)
  useArrivals(place, rows)
  useEffect(() => {
    if (whole)
      say(
        t('objects:say.listed', {
          items: itemsText(t, q, data.rows),
          place: folderText(place.bucket, place.prefix),
        }),
      )
  }, [place, whole])
  const menu = actions.menu()
  usePageItems(
    [
      ...(selected.length === 0 && !chosen.isMore ? disabledEntries(menu) : menu),
      ...folderCommands(t, place, uploads),
      ...listCommands(t, refresh),
    ],
    app?.shell === 'loopback',
  )
  useKeptFocus(
    pane,
    `${place.profileId} ${place.bucket} ${place.prefix} ${data === undefined} ${rows.length === 0}`,
  )

  const focusList = () => pane.current?.querySelector<HTMLElement>('[data-region="list"]')?.focus()
  const showSomething = () => {
    const file = selected[0] ?? rows.find((row) => row.kind === 'file')
    if (file !== undefined)
      dispatchSelection({ type: 'aim', key: file.key }, orderOf(rows.map((row) => row.key)))
    actions.showDetails()
  }
  const sortNote =
    sort.by !== 'name' && data !== undefined && !whole
      ? t('objects:foot.sortedWithin', { n: q.count(data.rows.length) })
      : ''

  return (
    <div
      className={details ? 'work place' : 'work place wide'}
      style={{ '--w-details': `${width}px` } as CSSProperties}
    >
      <Toolbar
        place={place}
        profile={profile}
        busy={listing.isFetching}
        onRefresh={refresh}
        onLeaveFilter={focusList}
        selected={selected.length === 0 ? null : menu}
        details={rows.length === 0 || (guide && selected.length === 0) ? null : details}
      />
      <div className="mid-pane" ref={pane}>
        <h1 className="sr">{placeText(place.bucket, place.prefix)}</h1>
        <NoticeBar keys={keys} />
        {guide && (
          <Guide
            place={place}
            seen={{
              ownFile: data?.rows.some((row) => row.kind === 'file' && !isSample(row)) === true,
              looked: details && selected.length === 1 && selected[0]?.kind === 'file',
            }}
            onShowDetails={showSomething}
          />
        )}
        <div
          className={guide ? 'pane-body guided' : 'pane-body'}
          {...(rows.length === 0 &&
            data !== undefined && {
              tabIndex: 0,
              'data-region': 'list',
              role: 'region',
              'aria-label': t('objects:list'),
            })}
        >
          {body()}
          {guide && (
            <div className="drop fr-drop" aria-hidden="true">
              <span className="flex4">
                <Icon name="down" size="s" />
                {t('objects:guide.dropHere')}
              </span>
            </div>
          )}
        </div>
        <ListFoot
          place={place}
          listing={data}
          shown={rows.length}
          selected={selected}
          all={chosen.isMore}
          listingNow={listing.isFetching}
          samples={samples}
        />
        <DropOverlay profiles={profiles} keys={keys} />
      </div>
      {details && (
        <Details
          place={place}
          profile={profile}
          listing={data}
          selected={selected}
          actions={actions}
          keys={keys}
        />
      )}
    </div>
  )

  function body() {
    if (data === undefined && listing.error !== null) {
      const error = errorOf(listing.error)
      const secret = error.code === 'keychain-locked' || error.code === 'passphrase-needed'
      const actions = secret ? (
        <Button kind="primary" onClick={() => void askToUnlock()}>
          {t('common:act.unlock')}
        </Button>
      ) : undefined
      return (
        <ErrorPane
          error={error}
          at={new Date(listing.errorUpdatedAt)}
          busy={listing.isFetching}
          onRetry={refresh}
          profile={profile}
          onEditProfile={(profileId) => ask({ kind: 'profile', profileId })}
          {...(actions !== undefined && { actions })}
        />
      )
    }
    if (data === undefined) return <Skeleton label={t('objects:list')} />
    if (rows.length === 0 && filter.trim() !== '' && data.rows.length > 0)
      return <NoMatch place={place} filter={filter} listing={data} />
    if (rows.length === 0 && whole)
      return guide ? null : (
        <EmptyFolder
          place={place}
          uploadKey={keys.find((key) => key.id === defaultKeyOf(profile, place.bucket)?.id)}
        />
      )
    return (
      <ObjectList
        place={place}
        rows={rows}
        actions={actions}
        busy={listing.isFetching}
        sortNote={sortNote}
        dragOver={dragOver}
      />
    )
  }
}

/** After a refresh, objects that are gone leave the selection. */
function useRetain(rows: readonly { readonly key: string }[] | undefined, whole: boolean): void {
  const before = useRef(orderOf([]))
  useLayoutEffect(() => {
    if (rows === undefined || !whole) return
    const order = orderOf(rows.map((row) => row.key))
    dispatchSelection({ type: 'retain', before: before.current }, order)
    before.current = order
  }, [rows, whole])
}

/** New objects of the user are selected once they are listed. */
function useArrivals(place: Place, rows: readonly { readonly key: string }[]): void {
  const expected = useExpected((state) => state.keys)
  useLayoutEffect(() => {
    if (expected.length > 0) selectArrived(place, orderOf(rows.map((row) => row.key)))
  }, [place, rows, expected])
}

/** The focus stays in the pane when another state replaces the list. */
function useKeptFocus(pane: { readonly current: HTMLElement | null }, state: string): void {
  // After a start nothing has the focus. The list gets it.
  const had = useRef(true)
  useLayoutEffect(() => {
    if (had.current && document.activeElement === document.body)
      pane.current?.querySelector<HTMLElement>('[data-region="list"]')?.focus()
  }, [state, pane])
  useEffect(() => {
    const follow = () => {
      had.current =
        document.activeElement === document.body
          ? had.current
          : document.activeElement?.closest('[data-region="list"]') != null
    }
    document.addEventListener('focusin', follow)
    return () => document.removeEventListener('focusin', follow)
  }, [])
}
