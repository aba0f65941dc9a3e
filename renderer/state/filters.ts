import { create } from 'zustand'
import type { FileKind } from '../../shared/contract/file-kinds.ts'
import type { IndexFilter, IndexScope, RowState } from '../../shared/contract/models-index.ts'
import type { Place } from '../queries/objects.ts'
import { setFilter, useUi } from './ui.ts'

/** How the text of the filter is compared with names. */
export type Match = 'text' | 'glob' | 'regex'
/** The rows that are looked at: this folder, everything below it, the bucket, or all buckets. */
export type Where = 'here' | 'below' | 'bucket' | 'profile'

/** The conditions for rows besides the text of the filter, and where rows are looked for. */
export interface Filters {
  readonly where: Where
  readonly match: Match
  readonly kinds: readonly FileKind[]
  /** Bytes; null without a limit. */
  readonly larger: number | null
  readonly smaller: number | null
  /** Days of the local calendar, `2026-11-30`; null without a limit. */
  readonly from: string | null
  readonly to: string | null
  readonly classes: readonly string[]
  readonly states: readonly RowState[]
  readonly keyId: string | null
  /** The chips are shown although none is set. */
  readonly open: boolean
}

const NONE: Filters = {
  where: 'here',
  match: 'text',
  kinds: [],
  larger: null,
  smaller: null,
  from: null,
  to: null,
  classes: [],
  states: [],
  keyId: null,
  open: false,
}

export const useFilters = create<Filters>(() => NONE)
export const setFilters = (change: Partial<Filters>): void => useFilters.setState(change)
/** Removes all conditions but the text. The place of the search and the way to match stay. */
export const clearFilters = (): void =>
  useFilters.setState(({ where, match, open }) => ({ ...NONE, where, match, open }))

/** Number of conditions besides the text. */
export const conditionsIn = (filters: Filters): number =>
  [
    filters.kinds[0],
    filters.larger ?? filters.smaller,
    filters.from ?? filters.to,
    filters.classes[0],
    filters.states[0],
    filters.keyId,
  ].filter((one) => one !== null && one !== undefined).length

/** Searches, or ends the search and shows the folder again. */
export function searchIn(where: Where): void {
  setFilters({ where })
}

/** Ends the search and removes the text and all conditions. */
export function endSearch(): void {
  useFilters.setState(NONE)
  setFilter('')
}

/** Returns the filter that the index takes. `text`: as typed. */
export function indexFilterOf(text: string, filters: Filters): IndexFilter {
  const { match, kinds, larger, smaller, from, to, classes, states, keyId } = filters
  const wanted = match === 'regex' ? text : text.trim()
  return {
    ...(wanted !== '' && { [match]: wanted }),
    ...(kinds.length > 0 && { kinds: [...kinds] }),
    // The chips say "at least" and "at most". The index compares without equals.
    ...(larger !== null && larger > 0 && { larger: larger - 1 }),
    ...(smaller !== null && { smaller: smaller + 1 }),
    ...(from !== null && { newer: startOfDay(from, 0) }),
    ...(to !== null && { older: startOfDay(to, 1) }),
    ...(classes.length > 0 && { classes: [...classes] }),
    ...(states.length > 0 && { states: [...states] }),
    ...(keyId !== null && { keyId }),
  }
}

/** Returns the start of a day of the local calendar, or of a later day, as ISO 8601. */
function startOfDay(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + later).toISOString()
}

/** Returns where the rows of a list are. */
export function scopeOf({ profileId, bucket, prefix }: Place, where: Where): IndexScope {
  switch (where) {
    case 'here':
      return { profileId, bucket, prefix, depth: 'level' }
    case 'below':
      return { profileId, bucket, prefix, depth: 'below' }
    case 'bucket':
      return { profileId, bucket, prefix: '', depth: 'below' }
    case 'profile':
      return { profileId, bucket: null, prefix: '', depth: 'below' }
  }
}

/** Tells whether a regular expression can be read. */
export function isRegex(text: string): boolean {
  try {
    new RegExp(text, 'u')
    return true
  } catch {
    return false
  }
}

// Conditions belong to a folder, as the text does.
useUi.subscribe((ui, before) => {
  if (ui.place !== before.place) useFilters.setState(NONE)
})
