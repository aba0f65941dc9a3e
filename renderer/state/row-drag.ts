import { create } from 'zustand'
import type { Chosen } from '../queries/chosen.ts'

/** The rows that are dragged in this window; null while none are. */
export const useRowDrag = create<{ readonly chosen: Chosen | null }>(() => ({ chosen: null }))
export const dragRows = (chosen: Chosen | null): void => useRowDrag.setState({ chosen })
