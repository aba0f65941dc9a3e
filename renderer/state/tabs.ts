import { create } from 'zustand'
import { MOST_TABS } from '../../shared/contract/models-settings.ts'
import { useFilters, type Filters } from './filters.ts'
import { nothing, useSelection, type Selection } from './selection.ts'
import { land, setFilter, useUi, type View } from './ui.ts'

/** A view in the history of one tab. `id`: unique in the window. */
export interface Step extends View {
  readonly id: number
}

/** A tab of the window. `at`: the current step, from 0. Back and Forward go between the steps. */
export interface Tab {
  readonly id: number
  readonly steps: readonly Step[]
  readonly at: number
}

/** The tabs of this window, in the order of the bar. There is always one. */
export interface Tabs {
  readonly tabs: readonly Tab[]
  /** Id of the shown tab. The stores of the window hold its view, filter and selection. */
  readonly shown: number
}

const NOWHERE: Step = { id: 0, page: 'objects', place: null }
const FIRST: Tab = { id: 0, steps: [NOWHERE], at: 0 }
export const useTabs = create<Tabs>(() => ({ tabs: [FIRST], shown: FIRST.id }))

/** The filter and the selection of a tab that is not shown. */
interface Parked {
  readonly text: string
  readonly filters: Filters
  readonly selection: Selection
}
const parked = new Map<number, Parked>()

let lastId = 0
/** Returns an id that no tab and no step of this window has. */
const nextId = (): number => ++lastId

export const stepOf = ({ steps, at }: Tab): Step => steps[at] ?? NOWHERE
export const shownTab = ({ tabs, shown }: Tabs = useTabs.getState()): Tab =>
  tabs.find(({ id }) => id === shown) ?? FIRST
const newTab = (view: View): Tab => ({ id: nextId(), steps: [withId(view)], at: 0 })
const withId = ({ page, place }: View): Step => ({ id: nextId(), page, place })

function change(id: number, next: (tab: Tab) => Tab): void {
  useTabs.setState(({ tabs }) => ({ tabs: tabs.map((tab) => (tab.id === id ? next(tab) : tab)) }))
}

/** Replaces all tabs, at the start. The shown tab lands at its step. */
export function setTabs({ tabs, shown }: Tabs): void {
  lastId = Math.max(lastId, ...tabs.flatMap(({ id, steps }) => [id, ...steps.map((one) => one.id)]))
  parked.clear()
  useTabs.setState({ tabs, shown }, true)
  landShown()
}

/** Returns tabs without a history, one for each view. `at`: the shown one. */
export function tabsOf(views: readonly View[], at: number): Tabs {
  const tabs = views.map(newTab)
  return { tabs, shown: (tabs[at] ?? tabs[0] ?? FIRST).id }
}

/** Notes that the window went on to this view in the shown tab. Steps that lay ahead are gone. */
export function noteStep(view: View): void {
  change(shownTab().id, ({ id, steps, at }) => ({
    id,
    steps: [...steps.slice(0, at + 1), withId(view)],
    at: at + 1,
  }))
}

/** Shows a view as a new step of the shown tab. */
export function addStep(view: View): void {
  noteStep(view)
  landShown()
}

/** Shows a step of a tab, and the tab with it. */
export function showStep(id: number, at: number): void {
  change(id, (tab) => ({ ...tab, at }))
  if (id === useTabs.getState().shown) landShown()
  else showTab(id)
}

function landShown(): void {
  const tab = shownTab()
  land(stepOf(tab), tab.at, tab.steps.length - 1)
}

/** Shows another tab as it was left: its place, filter and selection. */
export function showTab(id: number): void {
  const { tabs, shown } = useTabs.getState()
  if (id === shown || !tabs.some((tab) => tab.id === id)) return
  parked.set(shown, {
    text: useUi.getState().filter,
    filters: useFilters.getState(),
    selection: useSelection.getState(),
  })
  useTabs.setState({ shown: id })
  landShown()
  const { text, filters, selection } = parked.get(id) ?? {
    text: '',
    filters: {},
    selection: nothing,
  }
  parked.delete(id)
  // In this order: another place ends the filter, and another search ends the selection.
  setFilter(text)
  useFilters.setState(filters)
  useSelection.setState(selection, true)
}

/** Shows the next tab, or the one before. The last and the first are neighbours. */
export function showNextTab(way: 1 | -1): void {
  const { tabs, shown } = useTabs.getState()
  const at = tabs.findIndex(({ id }) => id === shown)
  const next = tabs[(at + way + tabs.length) % tabs.length]
  if (next !== undefined) showTab(next.id)
}

/** Opens a view in a tab behind the others. Returns null when the window has the most tabs. */
export function openTab(view: View): Tab | null {
  if (useTabs.getState().tabs.length >= MOST_TABS) return null
  const tab = newTab(view)
  useTabs.setState(({ tabs }) => ({ tabs: [...tabs, tab] }))
  return tab
}

/** Closes a tab. In place of the shown one its neighbour is shown. The only tab stays. */
export function closeTab(id: number): void {
  const { tabs, shown } = useTabs.getState()
  const at = tabs.findIndex((tab) => tab.id === id)
  const neighbour = tabs[at + 1] ?? tabs[at - 1]
  if (at < 0 || neighbour === undefined) return
  if (id === shown) showTab(neighbour.id)
  parked.delete(id)
  useTabs.setState({ tabs: tabs.filter((tab) => tab.id !== id) })
}
