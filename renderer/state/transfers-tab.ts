import { create } from 'zustand'
import { go } from './ui.ts'

type Tab = 'all' | 'leftovers'

/** The tab of the transfers page, and the transfer that it shows. */
export const useTransfersTab = create<{ readonly tab: Tab; readonly wanted: string | null }>(
  () => ({ tab: 'all', wanted: null }),
)

export const showTab = (tab: Tab): void => useTransfersTab.setState({ tab, wanted: null })

/** Shows one transfer in the list of all. */
export function showTransfer(id: string): void {
  useTransfersTab.setState({ tab: 'all', wanted: id })
  go({ page: 'transfers' })
}
