import { create } from 'zustand'
import type { AppError } from '../../shared/contract/errors.ts'
import type { Grant, OfflineItem } from '../../shared/contract/models-transfers.ts'

/** One row of the offline page. */
export interface OfflineRow {
  readonly id: string
  /** The pairing of the row. It is inspected again when keys change. */
  readonly item: OfflineItem
  /** The envelope that the user chose; null for the one beside the file. */
  readonly envelope: string | null
  readonly pasted: string | null
  readonly transferId: string | null
  /** Why the transfer could not start. */
  readonly error: AppError | null
}

interface Offline {
  readonly rows: readonly OfflineRow[]
  /** Folder of the results, chosen once a session. */
  readonly target: Grant | null
  /** '' finds the key by its description; else only this key is tried. */
  readonly keyId: string
}

/** The rows outlive the page, so that the user may look something up elsewhere. */
export const useOffline = create<Offline>(() => ({ rows: [], target: null, keyId: '' }))

let next = 1
const newRow = (item: OfflineItem, over: Partial<OfflineRow> = {}): OfflineRow => ({
  id: `row-${next++}`,
  item,
  envelope: item.envelope?.grant ?? null,
  pasted: null,
  transferId: null,
  error: null,
  ...over,
})

/** Rows without their other half, which may come with a later drop. */
export const isOpen = (row: OfflineRow): boolean =>
  row.transferId === null &&
  row.pasted === null &&
  (row.item.blob === null || row.item.envelope === null)

/** Replaces the rows that were paired again. */
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
