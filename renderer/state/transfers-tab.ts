import { create } from 'zustand'
import { go } from './ui.ts'

type Tab = 'all' | 'leftovers'

/** What of the Transfers page is shown, and the transfer it goes to. */
export const useTransfersTab = create<{ readonly tab: Tab; readonly wanted: string | null }>(
  () => ({ tab: 'all', wanted: null }),
)

export const showTab = (tab: Tab): void => useTransfersTab.setState({ tab, wanted: null })

/** Goes to one transfer in the list of all. */
export function showTransfer(id: string): void {
  useTransfersTab.setState({ tab: 'all', wanted: id })
  go({ page: 'transfers' })
}
