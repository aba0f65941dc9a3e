import { create } from 'zustand'
import type { Place } from '../queries/objects.ts'
import { useUi } from './ui.ts'

/** The selected rows of the list, by key: they survive sorting, filtering and refresh. */
export interface Selection {
  /** The selected rows; with `all`, the rows that are not selected. */
  readonly keys: ReadonlySet<string>
  /** Everything in the folder is selected, rows that are not listed yet among it. */
  readonly all: boolean
  /** The row the keyboard is at. */
  readonly active: string | null
  /** Where a range begins. */
  readonly anchor: string | null
}

export const nothing: Selection = { keys: new Set(), all: false, active: null, anchor: null }

export const isSelected = ({ keys, all }: Pick<Selection, 'keys' | 'all'>, key: string): boolean =>
  keys.has(key) !== all

/** Rows as shown, and where each stands. */
export interface Order {
  readonly keys: readonly string[]
  readonly at: ReadonlyMap<string, number>
}

export const orderOf = (keys: readonly string[]): Order => ({
  keys,
  at: new Map(keys.map((key, i) => [key, i])),
})

export type SelectionAction =
  /** A click, or an arrow key: `extend` with Shift, `toggle` with Ctrl or Cmd. */
  | {
      readonly type: 'point'
      readonly key: string
      readonly extend: boolean
      readonly toggle: boolean
    }
  /** The keyboard moves without selecting. */
  | { readonly type: 'visit'; readonly key: string }
  | { readonly type: 'toggle' }
  /** `whole`: everything in the folder, and not only the rows that are shown. */
  | { readonly type: 'all'; readonly whole: boolean }
  | { readonly type: 'clear' }
  /** A menu was asked for on a row: keeps a selection that has it, else takes the row alone. */
  | { readonly type: 'aim'; readonly key: string }
  /**
   * The rows were listed again: what is gone is dropped, and the keyboard goes to the row that took
   * its place.
   */
  | { readonly type: 'retain'; readonly before: Order }

/** What the selection becomes. Pure; `order` is what is shown now. */
export function select(state: Selection, action: SelectionAction, order: Order): Selection {
  switch (action.type) {
    case 'point':
      if (action.extend) {
        const anchor =
          state.anchor !== null && order.at.has(state.anchor)
            ? state.anchor
            : (order.keys[0] ?? action.key)
        return { keys: between(order, anchor, action.key), all: false, active: action.key, anchor }
      }
      if (action.toggle)
        return { ...flipped(state, action.key), active: action.key, anchor: action.key }
      return onlyOne(action.key)
    case 'visit':
      return { ...state, active: action.key }
    case 'toggle':
      return state.active === null
        ? state
        : { ...flipped(state, state.active), anchor: state.active }
    case 'all':
      return {
        ...state,
        keys: new Set(action.whole ? [] : order.keys),
        all: action.whole,
        active: state.active ?? order.keys[0] ?? null,
      }
    case 'clear':
      return state.keys.size === 0 && !state.all ? state : { ...state, keys: new Set(), all: false }
    case 'aim':
      return isSelected(state, action.key) ? { ...state, active: action.key } : onlyOne(action.key)
    case 'retain':
      return retained(state, action.before, order)
  }
}

const onlyOne = (key: string): Selection => ({
  keys: new Set([key]),
  all: false,
  active: key,
  anchor: key,
})

function flipped(state: Selection, key: string): Selection {
  const keys = new Set(state.keys)
  if (!keys.delete(key)) keys.add(key)
  return { ...state, keys }
}

function between(order: Order, from: string, to: string): ReadonlySet<string> {
  const a = order.at.get(from) ?? 0
  const b = order.at.get(to) ?? 0
  return new Set(order.keys.slice(Math.min(a, b), Math.max(a, b) + 1))
}

function retained(state: Selection, before: Order, order: Order): Selection {
  const gone = Array.from(state.keys).some((key) => !order.at.has(key))
  const keys = gone
    ? new Set(Array.from(state.keys).filter((key) => order.at.has(key)))
    : state.keys
  if (state.active === null || order.at.has(state.active)) return gone ? { ...state, keys } : state
  // The nearest row below that is still there, else the last one.
  const start = before.at.get(state.active) ?? 0
  const next =
    before.keys.slice(start).find((key) => order.at.has(key)) ?? order.keys.at(-1) ?? null
  return { ...state, keys, active: next, anchor: next }
}

export const useSelection = create<Selection>(() => nothing)
export const resetSelection = (): void => useSelection.setState(nothing, true)
export function dispatchSelection(action: SelectionAction, order: Order): void {
  useSelection.setState((state) => select(state, action, order), true)
  // The user chose something else: what is still to come does not take that away.
  if (action.type !== 'retain') useExpected.setState({ place: null, keys: [] })
}

/**
 * What the user made, by a new name, a new folder or an upload, and is not listed yet. `arrived`:
 * how often some of it was.
 */
export const useExpected = create<{
  readonly place: Place | null
  readonly keys: readonly string[]
  readonly arrived: number
}>(() => ({ place: null, keys: [], arrived: 0 }))

/** These are selected and shown as soon as they are listed, unless the user goes on by then. */
export const expectKeys = (place: Place, keys: readonly string[]): void =>
  useExpected.setState({ place, keys })

/** Selects what was expected and is listed now. */
export function selectArrived(place: Place, order: Order): void {
  const expected = useExpected.getState()
  const found = expected.keys.filter((key) => order.at.has(key))
  const [first] = found
  if (first === undefined || idOfPlace(expected.place) !== idOfPlace(place)) return
  useSelection.setState({ keys: new Set(found), all: false, active: first, anchor: first }, true)
  const all = found.length === expected.keys.length
  useExpected.setState({ arrived: expected.arrived + 1, ...(all && { place: null, keys: [] }) })
}

const idOfPlace = (place: Place | null): string =>
  place === null ? '' : `${place.profileId} ${place.bucket} ${place.prefix}`

// A selection belongs to a folder. Coming back to a folder from below, the keyboard is at the
// folder one came from.
useUi.subscribe((ui, before) => {
  const [here, there] = [ui.place, before.place]
  if (here === there) return
  useExpected.setState({ place: null, keys: [] })
  const below =
    here !== null &&
    there !== null &&
    here.bucket === there.bucket &&
    here.profileId === there.profileId &&
    there.prefix.startsWith(here.prefix) &&
    there.prefix !== here.prefix
  if (!below) return resetSelection()
  const child = there.prefix.slice(0, there.prefix.indexOf('/', here.prefix.length) + 1)
  useSelection.setState(onlyOne(child), true)
})
