import type { Tab, Tabs } from './tabs.ts'

/** The tabs of a window with their histories, as a reload finds them. */
export interface TabRecord extends Tabs {
  /** The ids of the steps that the entries of the browser's history show. */
  readonly entries: readonly number[]
}

const NAME = 'cipherbucket.tabs'
/** The version of a stored record. A record of another version is not read. */
const VERSION = 1
/** The most steps of a tab that a reload finds. */
const MOST_STEPS = 50

/** Stores the tabs for a reload of this window. Each window has a record of its own. */
export function keepRecord({ tabs, shown, entries }: TabRecord): void {
  const record = { version: VERSION, tabs: tabs.map(shortened), shown, entries }
  try {
    sessionStorage.setItem(NAME, JSON.stringify(record))
  } catch {
    // Without storage, a reload opens the place of the address in one tab.
  }
}

/** Returns the tabs before a reload; null without a sound record. */
export function lastRecord(): TabRecord | null {
  try {
    const record = JSON.parse(sessionStorage.getItem(NAME) ?? 'null') as
      (TabRecord & { readonly version?: unknown }) | null
    const isSound =
      record?.version === VERSION &&
      Array.isArray(record.entries) &&
      record.tabs.some(({ id }) => id === record.shown) &&
      record.tabs.every(({ steps, at }) => steps[at]?.page !== undefined)
    return isSound ? record : null
  } catch {
    return null
  }
}

/** Drops the steps that are far from the current one. */
function shortened({ id, steps, at }: Tab): Tab {
  const from = Math.max(0, at - MOST_STEPS)
  return { id, steps: steps.slice(from, at + MOST_STEPS), at: at - from }
}
