import { create } from 'zustand'
import type { IndexFilter } from '../../shared/contract/models-index.ts'
import type { Place } from '../queries/objects.ts'
import { useFilters } from './filters.ts'
import { useUi } from './ui.ts'

/**
 * The selected rows of the list. They survive sorting, filtering and refresh, and need not be
 * loaded. A row is named by its id: the key, or the bucket and the key where several buckets are
 * shown.
 */
export interface Selection {
  /** The selected rows; with `all`, the rows that are not selected. */
  readonly keys: ReadonlySet<string>
  /** True: every row of the list that fits `filter` is selected, with rows that come later. */
  readonly all: boolean
  /**
   * The filter of `all`. Without a filter, everything in the folder is selected. A search always
   * has a filter, which may be without a condition.
   */
  readonly filter?: IndexFilter
  /** The row the keyboard is at. */
  readonly active: string | null
  /** The row where a range starts. */
  readonly anchor: string | null
}

export const nothing: Selection = { keys: new Set(), all: false, active: null, anchor: null }

export const isSelected = ({ keys, all }: Pick<Selection, 'keys' | 'all'>, key: string): boolean =>
  keys.has(key) !== all

/** The rows as shown, as far as they are loaded. */
export interface Order {
  /** Number of rows, loaded or not. */
  readonly count: number
  /** Returns the id of a row; undefined while the row is not loaded. */
  keyAt(index: number): string | undefined
  /** Returns the number of a row; -1 while the row is not loaded. */
  indexOf(key: string): number
}

/** Returns the order of a list whose rows are all loaded. */
export function orderOf(keys: readonly string[]): Order {
  const at = new Map(keys.map((key, i) => [key, i]))
  return { count: keys.length, keyAt: (i) => keys[i], indexOf: (key) => at.get(key) ?? -1 }
}

/** Returns the ids from one row to another; null if some of the rows are not loaded. */
export function between(order: Order, from: number, to: number): readonly string[] | null {
  const keys: string[] = []
  for (let i = Math.min(from, to); i <= Math.max(from, to); i++) {
    const key = order.keyAt(i)
    if (key === undefined) return null
    keys.push(key)
  }
  return keys
}

export type SelectionAction =
  /** A click, or an arrow key: `toggle` with Ctrl or Cmd. */
  | { readonly type: 'point'; readonly key: string; readonly toggle: boolean }
  /** Shift: these rows are selected, from the anchor to the row `key`. */
  | {
      readonly type: 'range'
      readonly keys: readonly string[]
      readonly anchor: string
      readonly key: string
    }
  /** The keyboard moves without selecting. */
  | { readonly type: 'visit'; readonly key: string }
  | { readonly type: 'toggle' }
  /** Every row that fits the filter is selected. `first`: the active row of a list without one. */
  | { readonly type: 'all'; readonly filter: IndexFilter | null; readonly first: string | null }
  | { readonly type: 'clear' }
  /**
   * A menu was opened on a row. A selection with the row stays; otherwise the row alone is
   * selected.
   */
  | { readonly type: 'aim'; readonly key: string }
  /**
   * The rows were listed again. Rows that are gone leave the selection. `next`: the row in the
   * place of an active row that is gone.
   */
  | { readonly type: 'retain'; readonly gone: readonly string[]; readonly next: string | null }

/** Returns the selection after an action. */
export function select(state: Selection, action: SelectionAction): Selection {
  switch (action.type) {
    case 'point':
      if (action.toggle)
        return { ...flipped(state, action.key), active: action.key, anchor: action.key }
      return onlyOne(action.key)
    case 'range':
      return { keys: new Set(action.keys), all: false, active: action.key, anchor: action.anchor }
    case 'visit':
      return { ...state, active: action.key }
    case 'toggle':
      return state.active === null
        ? state
        : { ...flipped(state, state.active), anchor: state.active }
    case 'all': {
      const { active, anchor } = state
      const filter = action.filter === null ? {} : { filter: action.filter }
      return { keys: new Set(), all: true, ...filter, active: active ?? action.first, anchor }
    }
    case 'clear': {
      const { active, anchor } = state
      return state.keys.size === 0 && !state.all ? state : { ...nothing, active, anchor }
    }
    case 'aim':
      return isSelected(state, action.key) ? { ...state, active: action.key } : onlyOne(action.key)
    case 'retain':
      return retained(state, action.gone, action.next)
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

function retained(state: Selection, gone: readonly string[], next: string | null): Selection {
  if (gone.length === 0) return state
  const left = new Set(gone)
  const keys = new Set(Array.from(state.keys).filter((key) => !left.has(key)))
  return state.active !== null && left.has(state.active)
    ? { ...state, keys, active: next, anchor: next }
    : { ...state, keys }
}

export const useSelection = create<Selection>(() => nothing)
export const resetSelection = (): void => useSelection.setState(nothing, true)
export function dispatchSelection(action: SelectionAction): void {
  useSelection.setState((state) => select(state, action), true)
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

/** Selects expected keys, which are listed now. */
export function selectArrived(place: Place, found: readonly string[]): void {
  const expected = useExpected.getState()
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

// The rows of a search are other rows.
useFilters.subscribe((filters, before) => {
  if (filters.where !== before.where) resetSelection()
})
