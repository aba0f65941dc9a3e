import type { Place } from '../queries/objects.ts'
import { hashOf, viewIn } from './address.ts'
import { keepRecord, lastRecord } from './tab-record.ts'
import { addStep, noteStep, setTabs, showStep, shownTab, stepOf, tabsOf, useTabs } from './tabs.ts'
import type { Tabs } from './tabs.ts'
import { samePlace, sortFolder, useUi } from './ui.ts'

/** The data of each entry in the browser's history. */
interface Entry {
  /** The number of the entry, from 0. */
  readonly at: number
  /** The id of the step that the entry shows. */
  readonly step: number
  /** The place under a page that is no place itself. */
  readonly place: Place | null
}

/** The step that each entry of the browser's history shows, and the number of the current entry. */
let entries: readonly number[] = []
let at = 0
/** The browser's history, once it is followed. */
let browser: History | null = null

/**
 * Follows the browser's history. Each step of the shown tab is one of its entries, so the browser's
 * Back stays in the app and a reload stays in place. A change of the tab replaces the entry. An
 * address may name a profile, bucket or folder that is gone: the page says so. `start`: the tabs of
 * a window whose address has no place and that was not open before. Returns the end of that.
 */
export function followHistory(window: Window, start: Tabs): () => void {
  const { history, location } = window
  browser = history
  const entryNow = (): Entry | null => history.state as Entry | null
  const write = (how: 'pushState' | 'replaceState'): void => {
    const { page, place, sort } = useUi.getState()
    const step = stepOf(shownTab()).id
    entries = [...entries.slice(0, at), step, ...(how === 'pushState' ? [] : entries.slice(at + 1))]
    history[how]({ at, step, place } satisfies Entry, '', hashOf({ page, place, sort }))
    keepRecord({ ...useTabs.getState(), entries })
  }
  const sortAs = (view: ReturnType<typeof viewIn>): void => {
    if (view?.sort !== undefined) sortFolder(view.sort)
  }

  const entry = entryNow()
  const record = lastRecord()
  const address = viewIn(location.hash)
  if (record !== null) {
    setTabs(record)
    at = entry?.at ?? 0
    entries = entry === null ? [] : record.entries
    const now = stepOf(shownTab())
    const isThere =
      address === null ||
      (address.page === now.page &&
        (address.place === undefined || samePlace(address.place, now.place)))
    if (!isThere) addStep({ page: 'objects', place: now.place, ...address })
  } else {
    const [first] = start.tabs
    const behind = entry?.place ?? (first === undefined ? null : stepOf(first).place)
    const view = { page: 'objects' as const, place: behind, ...address }
    setTabs(address === null && entry === null ? start : tabsOf([view], 0))
  }
  sortAs(address)
  write('replaceState')

  const offUi = useUi.subscribe((ui, before) => {
    const tab = shownTab()
    if (ui.at !== tab.at) {
      noteStep(ui)
      at++
      write('pushState')
    } else if (stepOf(tab).id !== entries[at] || ui.sort !== before.sort) write('replaceState')
  })
  const offTabs = useTabs.subscribe((tabs) => keepRecord({ ...tabs, entries }))
  const onPopState = (): void => {
    const arrived = entryNow()
    const view = viewIn(location.hash)
    const { tabs } = useTabs.getState()
    at = arrived?.at ?? at + 1
    if (arrived === null) entries = entries.slice(0, at)
    const tab = tabs.find(({ steps }) => steps.some(({ id }) => id === arrived?.step))
    if (tab !== undefined)
      showStep(
        tab.id,
        tab.steps.findIndex(({ id }) => id === arrived?.step),
      )
    else if (view !== null) {
      // A typed address, or a step of a tab that is closed. The order of a typed address is the
      // wanted one.
      addStep({ page: 'objects', place: arrived?.place ?? useUi.getState().place, ...view })
      if (arrived === null) sortAs(view)
    }
    write('replaceState')
  }
  window.addEventListener('popstate', onPopState)
  return () => {
    offUi()
    offTabs()
    window.removeEventListener('popstate', onPopState)
  }
}

/** Goes one step of the shown tab, if there is one. */
export function travel(way: 'back' | 'forward'): void {
  const tab = shownTab()
  const by = way === 'back' ? -1 : 1
  const step = tab.steps[tab.at + by]
  if (step === undefined) return
  // The browser goes along where its own entry shows this step.
  if (entries[at + by] === step.id) browser?.go(by)
  else showStep(tab.id, tab.at + by)
}
