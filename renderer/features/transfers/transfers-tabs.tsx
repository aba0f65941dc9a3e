import { showTab, useTransfersTab } from '../../state/transfers-tab.ts'
import { useText } from '../../text/use-text.tsx'
import { Segmented } from '../../ui/segmented.tsx'

/** All transfers, or the uploads that nobody finished. */
export function TransfersTabs() {
  const t = useText()
  const tab = useTransfersTab((state) => state.tab)
  return <Segmented label={t('transfers:tabs')} value={tab} onChange={(to) => showTab(to)} options={[{ value: 'all', label: t('transfers:tab.all') }, { value: 'leftovers', label: t('transfers:tab.leftovers') }]} />
}
