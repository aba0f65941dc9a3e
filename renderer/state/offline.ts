import { create } from 'zustand'
import type { AppError } from '../../shared/contract/errors.ts'
import type { Grant, OfflineItem } from '../../shared/contract/models-transfers.ts'

/** One line of the offline page: what the user dropped, and what became of it. */
export interface OfflineRow {
  readonly id: string
  /** As it was paired; looked at again whenever a key comes or goes. */
  readonly item: OfflineItem
  /** Envelope the user chose for it; null for the one beside the file. */
  readonly envelope: string | null
  readonly pasted: string | null
  readonly transferId: string | null
  /** Why it could not even be started. */
  readonly error: AppError | null
}

interface Offline {
  readonly rows: readonly OfflineRow[]
  /** Folder for the results, chosen once a session. */
  readonly target: Grant | null
  /** '' matches by description; else the one key that is tried. */
  readonly keyId: string
}

/** Outlives the page, so that looking something up elsewhere loses nothing. */
export const useOffline = create<Offline>(() => ({ rows: [], target: null, keyId: '' }))

let next = 1
export const newRow = (item: OfflineItem, over: Partial<OfflineRow> = {}): OfflineRow => ({
  id: `row-${next++}`,
  item,
  envelope: item.envelope?.grant ?? null,
  pasted: null,
  transferId: null,
  error: null,
  ...over,
})

/** Rows that still look for their other half, and may find it among files dropped later. */
export const isOpen = (row: OfflineRow): boolean =>
  row.transferId === null &&
  row.pasted === null &&
  (row.item.blob === null || row.item.envelope === null)

/** What the core paired takes the place of the rows that were paired again. */
export function setPaired(items: readonly OfflineItem[]): void {
  useOffline.setState(({ rows }) => ({
    rows: [...rows.filter((row) => !isOpen(row)), ...items.map((item) => newRow(item))],
  }))
}

export const patchRow = (id: string, change: Partial<OfflineRow>): void =>
  useOffline.setState(({ rows }) => ({
    rows: rows.map((row) => (row.id === id ? { ...row, ...change } : row)),
  }))

export const removeRow = (id: string): void =>
  useOffline.setState(({ rows }) => ({ rows: rows.filter((row) => row.id !== id) }))

export function addPasted(item: OfflineItem, pasted: string): void {
  useOffline.setState(({ rows }) => {
    const known = rows.find((row) => row.item.blob?.id === item.blob?.id)
    const made = newRow(item, {
      pasted,
      envelope: null,
      ...(known !== undefined && { id: known.id }),
    })
    return {
      rows: known === undefined ? [...rows, made] : rows.map((row) => (row === known ? made : row)),
    }
  })
}
