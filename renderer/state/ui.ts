import { useSyncExternalStore } from 'react'
import { create } from 'zustand'
import type { FolderLayout, FolderView } from '../../shared/contract/models-places.ts'
import type { Place } from '../queries/objects.ts'

export type Page = 'objects' | 'transfers' | 'keys' | 'offline' | 'settings'
export type Column = 'name' | 'size' | 'modified' | 'class' | 'state' | 'key'
export interface Sort {
  readonly by: Column
  readonly down: boolean
}
/** The view that Back and Forward change. */
export interface View {
  readonly page: Page
  readonly place: Place | null
}

/**
 * Sizes in pixels, stored between sessions. `side` 180 to 360, `details` 260 to 460, `panel` from
 * 120.
 */
export interface Panes {
  readonly side: number
  readonly details: number
  readonly panel: number
  readonly sideOpen: boolean
  readonly detailsOpen: boolean
  readonly panelOpen: boolean
}

interface Ui extends View {
  /** The details lie over the list of a narrow window. It is not stored. */
  readonly detailsOver: boolean
  /** The sidebar lies over the page of a window where it is folded. */
  readonly sideOver: boolean
  /**
   * The current step of the shown tab, from 0, and the last one. Back and Forward go between them.
   */
  readonly at: number
  readonly top: number
  readonly panes: Panes
  /** The order of the shown folder. */
  readonly sort: Sort
  /** The layout of the shown folder. */
  readonly layout: FolderLayout
  /** The views of folders that have one of their own, by the id of their tree node. */
  readonly folderViews: ReadonlyMap<string, FolderView>
  readonly filter: string
  /** Ids of open tree nodes. */
  readonly open: ReadonlySet<string>
}

const PANES: Panes = {
  side: 224,
  details: 296,
  panel: 184,
  sideOpen: true,
  detailsOpen: true,
  panelOpen: false,
}

const STANDARD_VIEW: FolderView = { sort: { by: 'name', down: false }, layout: 'list' }

/** Facts of this window. The core does not know them. */
export const useUi = create<Ui>(() => ({
  page: 'objects',
  place: null,
  detailsOver: false,
  sideOver: false,
  at: 0,
  top: 0,
  panes: PANES,
  ...STANDARD_VIEW,
  folderViews: new Map(),
  filter: '',
  open: new Set(),
}))

/** Tells whether two places are the same one. */
export const samePlace = (a: Place | null, b: Place | null): boolean =>
  a?.profileId === b?.profileId && a?.bucket === b?.bucket && a?.prefix === b?.prefix

const folderViewOf = ({ folderViews }: Pick<Ui, 'folderViews'>, place: Place | null): FolderView =>
  (place === null ? undefined : folderViews.get(placeId(place))) ?? STANDARD_VIEW

/** Opens a view as a new step of the history. The filter belongs to a folder and ends with it. */
export function go(view: Partial<View>): void {
  useUi.setState((ui) => {
    const next: View = {
      page: view.page ?? 'objects',
      place: view.place === undefined ? ui.place : view.place,
    }
    if (next.page === ui.page && samePlace(next.place, ui.place)) return ui
    const stays = samePlace(next.place, ui.place)
    return {
      ...next,
      sideOver: false,
      at: ui.at + 1,
      top: ui.at + 1,
      ...(!stays && folderViewOf(ui, next.place)),
      filter: stays ? ui.filter : '',
      open: withAncestors(ui.open, next.place),
    }
  })
}

/**
 * Opens a view without a new step: at the start, by Back and Forward, and in another tab. `at`: the
 * step, `top`: the last one.
 */
export function land({ page, place }: View, at: number, top: number): void {
  useUi.setState((ui) => {
    const open = place === null ? ui.open : withAncestors(ui.open, place)
    return {
      page,
      place,
      ...folderViewOf(ui, place),
      filter: '',
      sideOver: false,
      at,
      top,
      open: place === null ? open : new Set([...open, nodeId(place.profileId, place.bucket)]),
    }
  })
}

/** Id of a tree node: a profile, a bucket or a folder. */
export const nodeId = (profileId: string, bucket: string | null, prefix = ''): string =>
  JSON.stringify([profileId, bucket, prefix])

/** Id of the tree node of a place. */
export const placeId = ({ profileId, bucket, prefix }: Place): string =>
  nodeId(profileId, bucket, prefix)

/** Nodes that must be open to show a place in the tree. */
function withAncestors(open: ReadonlySet<string>, place: Place | null): ReadonlySet<string> {
  if (place === null) return open
  const ids = [nodeId(place.profileId, null)]
  for (let prefix = place.prefix; prefix !== '';) {
    prefix = parentOf(prefix)
    ids.push(nodeId(place.profileId, place.bucket, prefix))
  }
  return ids.every((id) => open.has(id)) ? open : new Set([...open, ...ids])
}

/** Opens the folder one level up. A bucket has none. */
export function goToParent(): void {
  const { place } = useUi.getState()
  if (place !== null && place.prefix !== '')
    go({ place: { ...place, prefix: parentOf(place.prefix) } })
}

/** 'a/b/' → 'a/'; 'a/' → ''. */
export const parentOf = (key: string): string =>
  key.slice(0, key.replace(/\/$/, '').lastIndexOf('/') + 1)
/** 'a/b/' → 'b'; 'a/c.txt' → 'c.txt'. */
export const lastOf = (key: string): string =>
  key.replace(/\/$/, '').slice(key.replace(/\/$/, '').lastIndexOf('/') + 1)

export function setPanes(change: Partial<Panes>): void {
  useUi.setState((ui) => ({ panes: { ...ui.panes, ...change } }))
}

/**
 * Below the first width the details lie over the list, below the second the sidebar lies over the
 * page.
 */
const NARROW = { details: '(max-width: 1100px)', side: '(max-width: 899px)' } as const
type Pane = keyof typeof NARROW
const isNarrow = (pane: Pane): boolean => window.matchMedia(NARROW[pane]).matches

const followNarrow: Readonly<Record<Pane, (listener: () => void) => () => void>> = {
  details: followOf('details'),
  side: followOf('side'),
}
function followOf(pane: Pane) {
  return (listener: () => void) => {
    const media = window.matchMedia(NARROW[pane])
    media.addEventListener('change', listener)
    return () => media.removeEventListener('change', listener)
  }
}

/** True if the pane lies over the page at the current width. */
export const useIsOver = (pane: Pane): boolean =>
  useSyncExternalStore(followNarrow[pane], () => isNarrow(pane))

/** True if the details are shown at the current width. */
export function useDetails(): boolean {
  const over = useIsOver('details')
  return useUi((ui) => (over ? ui.detailsOver : ui.panes.detailsOpen))
}

export function showDetails(on: boolean): void {
  if (isNarrow('details')) useUi.setState({ detailsOver: on })
  else setPanes({ detailsOpen: on })
}

export function toggleDetails(): void {
  const { detailsOver, panes } = useUi.getState()
  showDetails(!(isNarrow('details') ? detailsOver : panes.detailsOpen))
}

/** As {@link useDetails}, for the sidebar. */
export function useSide(): boolean {
  const over = useIsOver('side')
  return useUi((ui) => (over ? ui.sideOver : ui.panes.sideOpen))
}

export function showSide(on: boolean): void {
  if (isNarrow('side')) useUi.setState({ sideOver: on })
  else setPanes({ sideOpen: on })
}

export function toggleSide(): void {
  const { sideOver, panes } = useUi.getState()
  showSide(!(isNarrow('side') ? sideOver : panes.sideOpen))
}

export const setFilter = (filter: string): void => useUi.setState({ filter })

/**
 * Sorts by a column. The same column again reverses the order. Sizes and times begin with the
 * largest.
 */
export function sortBy(by: Column): void {
  const { sort } = useUi.getState()
  sortFolder(
    sort.by === by ? { by, down: !sort.down } : { by, down: by === 'size' || by === 'modified' },
  )
}

/** Sorts the shown folder. Other folders keep their order. */
export const sortFolder = (sort: Sort): void => changeFolderView({ sort })

/** Shows the folder as a list or as tiles. Other folders keep their layout. */
export const setLayout = (layout: FolderLayout): void => changeFolderView({ layout })

function changeFolderView(change: Partial<FolderView>): void {
  useUi.setState((ui) => {
    const view: FolderView = { sort: ui.sort, layout: ui.layout, ...change }
    if (ui.place === null) return view
    return { ...view, folderViews: new Map(ui.folderViews).set(placeId(ui.place), view) }
  })
}

export function setOpen(ids: readonly string[], on: boolean): void {
  useUi.setState((ui) => {
    const open = new Set(ui.open)
    for (const id of ids) {
      if (on) open.add(id)
      else open.delete(id)
    }
    return { open }
  })
}
