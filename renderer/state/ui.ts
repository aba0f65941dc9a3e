import { useSyncExternalStore } from 'react'
import { create } from 'zustand'
import type { Place } from '../queries/objects.ts'

export type Page = 'objects' | 'transfers' | 'keys' | 'offline' | 'settings'
export type Column = 'name' | 'size' | 'modified' | 'class'
export interface Sort {
  readonly by: Column
  readonly down: boolean
}
/** Where the window is: what Back and Forward go through. */
export interface View {
  readonly page: Page
  readonly place: Place | null
}

/** Sizes in pixels, remembered. `side` 180 to 360, `details` 260 to 460, `panel` from 120. */
export interface Panes {
  readonly side: number
  readonly details: number
  readonly panel: number
  readonly sideOpen: boolean
  readonly detailsOpen: boolean
  readonly panelOpen: boolean
}

interface Ui extends View {
  /** The details lie over the list in a narrow window; that is not remembered. */
  readonly detailsOver: boolean
  readonly back: readonly View[]
  readonly forward: readonly View[]
  readonly panes: Panes
  readonly sort: Sort
  readonly filter: string
  /** Ids of open tree nodes. */
  readonly open: ReadonlySet<string>
}

const REMEMBERED = 'cipherbucket.panes'
const PANES: Panes = { side: 224, details: 296, panel: 184, sideOpen: true, detailsOpen: true, panelOpen: false }

function remembered(): Panes {
  try {
    return { ...PANES, ...(JSON.parse(localStorage.getItem(REMEMBERED) ?? '{}') as Partial<Panes>) }
  } catch {
    return PANES
  }
}

/** Facts of this window only; nothing the core knows. */
export const useUi = create<Ui>(() => ({
  page: 'objects', place: null, detailsOver: false, back: [], forward: [], panes: remembered(), sort: { by: 'name', down: false }, filter: '', open: new Set(),
}))

const samePlace = (a: Place | null, b: Place | null) => a?.profileId === b?.profileId && a?.bucket === b?.bucket && a?.prefix === b?.prefix

/** Goes somewhere; Back comes back from it. The filter belongs to a folder and ends with it. */
export function go(view: Partial<View>): void {
  useUi.setState((ui) => {
    const next: View = { page: view.page ?? 'objects', place: view.place === undefined ? ui.place : view.place }
    if (next.page === ui.page && samePlace(next.place, ui.place)) return ui
    const stays = samePlace(next.place, ui.place)
    return { ...next, back: [...ui.back.slice(-99), { page: ui.page, place: ui.place }], forward: [], filter: stays ? ui.filter : '', open: withAncestors(ui.open, next.place) }
  })
}

/** The first place of a session is no step to go back from. */
export const land = (place: Place): void => useUi.setState((ui) => ({ place, open: new Set([...withAncestors(ui.open, place), nodeId(place.profileId, place.bucket)]) }))

/** Id of a tree node: a profile, a bucket or a folder. */
export const nodeId = (profileId: string, bucket: string | null, prefix = ''): string => JSON.stringify([profileId, bucket, prefix])

/** What must be open for a place to be seen in the tree. */
function withAncestors(open: ReadonlySet<string>, place: Place | null): ReadonlySet<string> {
  if (place === null) return open
  const ids = [nodeId(place.profileId, null)]
  for (let prefix = place.prefix; prefix !== ''; ) {
    prefix = parentOf(prefix)
    ids.push(nodeId(place.profileId, place.bucket, prefix))
  }
  return ids.every((id) => open.has(id)) ? open : new Set([...open, ...ids])
}

export function travel(way: 'back' | 'forward'): void {
  useUi.setState((ui) => {
    const target = ui[way].at(-1)
    if (target === undefined) return ui
    const here: View = { page: ui.page, place: ui.place }
    const rest = ui[way].slice(0, -1)
    return { ...target, filter: '', ...(way === 'back' ? { back: rest, forward: [...ui.forward, here] } : { forward: rest, back: [...ui.back, here] }) }
  })
}

/** One level up; from a bucket there is none. */
export function goToParent(): void {
  const { place } = useUi.getState()
  if (place !== null && place.prefix !== '') go({ place: { ...place, prefix: parentOf(place.prefix) } })
}

/** 'a/b/' → 'a/'; 'a/' → ''. */
export const parentOf = (key: string): string => key.slice(0, key.replace(/\/$/, '').lastIndexOf('/') + 1)
/** 'a/b/' → 'b'; 'a/c.txt' → 'c.txt'. */
export const lastOf = (key: string): string => key.replace(/\/$/, '').slice(key.replace(/\/$/, '').lastIndexOf('/') + 1)

export function setPanes(change: Partial<Panes>): void {
  useUi.setState((ui) => ({ panes: { ...ui.panes, ...change } }))
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify(useUi.getState().panes))
  } catch {
    // A full or forbidden storage: the sizes last as long as the page.
  }
}

/** Below this width the details lie over the list. */
const NARROW = '(max-width: 1100px)'
const narrow = (): boolean => window.matchMedia(NARROW).matches

const followNarrow = (listener: () => void) => {
  const media = window.matchMedia(NARROW)
  media.addEventListener('change', listener)
  return () => media.removeEventListener('change', listener)
}

/** Are the details to be seen, at the width the window has now? */
export function useDetails(): boolean {
  const over = useSyncExternalStore(followNarrow, narrow)
  return useUi((ui) => (over ? ui.detailsOver : ui.panes.detailsOpen))
}

export function showDetails(on: boolean): void {
  if (narrow()) useUi.setState({ detailsOver: on })
  else setPanes({ detailsOpen: on })
}

export const setFilter = (filter: string): void => useUi.setState({ filter })

/** The same column again reverses it. Sizes and times begin with the largest. */
export const sortBy = (by: Column): void =>
  useUi.setState(({ sort }) => ({ sort: sort.by === by ? { by, down: !sort.down } : { by, down: by === 'size' || by === 'modified' } }))

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

const LAST = 'cipherbucket.place'

/** Where the window was when it was last open or loaded. */
export function lastPlace(): Place | null {
  try {
    const { profileId, bucket, prefix } = JSON.parse(localStorage.getItem(LAST) ?? '{}') as Partial<Place>
    return typeof profileId === 'string' && typeof bucket === 'string' && typeof prefix === 'string' ? { profileId, bucket, prefix } : null
  } catch {
    return null
  }
}

useUi.subscribe((ui, before) => {
  if (ui.place === before.place) return
  try {
    localStorage.setItem(LAST, JSON.stringify(ui.place))
  } catch {
    // The next start begins at the practice bucket.
  }
})
