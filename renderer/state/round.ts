import { create } from 'zustand'
import { progressOf, type RoundTotals } from '../../shared/contract/round.ts'

/**
 * Percent of all transfers together, for the title of the page; null while nothing goes on, or
 * nobody knows how much there is.
 */
export const useRound = create<{ readonly percent: number | null }>(() => ({ percent: null }))

export function recordRound(totals: RoundTotals): void {
  const progress = progressOf(totals)
  useRound.setState({ percent: progress < 0 || progress > 1 ? null : Math.floor(progress * 100) })
}
