import { create } from 'zustand'
import type { Place } from '../queries/objects.ts'
import { useUi } from './ui.ts'

/** The selected rows of the list, by key. They survive sorting, filtering and refresh. */
export interface Selection {
  /** The selected rows; with `all`, the rows that are not selected. */
  readonly keys: ReadonlySet<string>
  /** True: everything in the folder is selected, with rows that are not listed yet. */
  readonly all: boolean
  /** The row the keyboard is at. */
  readonly active: string | null
  /** The row where a range starts. */
  readonly anchor: string | null
}

export const nothing: Selection = { keys: new Set(), all: false, active: null, anchor: null }

export const isSelected = ({ keys, all }: Pick<Selection, 'keys' | 'all'>, key: string): boolean =>
  keys.has(key) !== all

/** The rows as shown, and the position of each. */
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
  /** `whole`: everything in the folder is selected, and not only the shown rows. */
  | { readonly type: 'all'; readonly whole: boolean }
  | { readonly type: 'clear' }
  /**
   * A menu was opened on a row. A selection with the row stays; otherwise the row alone is
   * selected.
   */
  | { readonly type: 'aim'; readonly key: string }
  /**
   * The rows were listed again. Rows that are gone leave the selection, and the keyboard goes to
   * the row in their place.
   */
  | { readonly type: 'retain'; readonly before: Order }

/** Returns the selection after an action. Pure; `order` is what is shown now. */
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
  // The nearest row below that still exists, else the last row.
  const start = before.at.get(state.active) ?? 0
  const next =
    before.keys.slice(start).find((key) => order.at.has(key)) ?? order.keys.at(-1) ?? null
  return { ...state, keys, active: next, anchor: next }
}

export const useSelection = create<Selection>(() => nothing)
export const resetSelection = (): void => useSelection.setState(nothing, true)
export function dispatchSelection(action: SelectionAction, order: Order): void {
  useSelection.setState((state) => select(state, action, order), true)
  // The user chose another row. Rows that arrive later do not take the selection away.
  if (action.type !== 'retain') useExpected.setState({ place: null, keys: [] })
}

/**
 * New objects of the user that are not listed yet, from a new name, a new folder or an upload.
 * `arrived`: how often some of them were listed.
 */
export const useExpected = create<{
  readonly place: Place | null
  readonly keys: readonly string[]
  readonly arrived: number
}>(() => ({ place: null, keys: [], arrived: 0 }))

/**
 * Selects and shows these keys as soon as they are listed, unless the user makes another choice
 * first.
 */
export const expectKeys = (place: Place, keys: readonly string[]): void =>
  useExpected.setState({ place, keys })

/** Selects the expected keys that are listed now. */
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

// A selection belongs to a folder. When the user comes back from a folder below, the keyboard is at
// that folder.
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
