import { create } from 'zustand'
import type { TransferId } from '../../shared/contract/models.ts'

/** Copies that the user can drag to another program. */
export interface ReadyCopies {
  readonly ids: readonly TransferId[]
  /** The name of the first file. */
  readonly name: string
}

export const useReadyCopies = create<{ readonly ready: ReadyCopies | null }>(() => ({
  ready: null,
}))
