import type { ReactNode } from 'react'
import { showTab, useTransfersTab } from '../../state/transfers-tab.ts'
import { useText } from '../../text/use-text.tsx'
import { Segmented } from '../../ui/controls/segmented.tsx'

/**
 * The head of the page with its two tabs: all transfers, and unfinished uploads. `children`:
 * actions of the shown tab.
 */
export function TransfersBar({ children }: { readonly children: ReactNode }) {
  const t = useText()
  const tab = useTransfersTab((state) => state.tab)
  return (
    <div className="bar" data-region="toolbar">
      <h1>{t('transfers:title')}</h1>
      <Segmented
        label={t('transfers:tabs')}
        value={tab}
        onChange={(to) => showTab(to)}
        options={[
          { value: 'all', label: t('transfers:tab.all') },
          { value: 'leftovers', label: t('transfers:tab.leftovers') },
        ]}
      />
      <span className="grow" />
      {children}
    </div>
  )
}
