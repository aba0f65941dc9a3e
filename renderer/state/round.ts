import { create } from 'zustand'
import { progressOf, type RoundTotals } from '../../shared/contract/round.ts'

/**
 * Percent of all transfers, for the title of the page. Null while nothing runs, or the total is
 * unknown.
 */
export const useRound = create<{ readonly percent: number | null }>(() => ({ percent: null }))

export function recordRound(totals: RoundTotals): void {
  const progress = progressOf(totals)
  useRound.setState({ percent: progress < 0 || progress > 1 ? null : Math.floor(progress * 100) })
}
