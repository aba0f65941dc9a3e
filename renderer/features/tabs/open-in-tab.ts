import { MOST_TABS } from '../../../shared/contract/models-settings.ts'
import type { Language } from '../../../shared/contract/sentences/sentences.ts'
import { openTab, showTab } from '../../state/tabs.ts'
import { useUi, type View } from '../../state/ui.ts'
import { notify } from '../../state/work.ts'
import type { Place } from '../../queries/objects.ts'
import { textIn, texts, type Text } from '../../text/use-text.tsx'
import { say } from '../../ui/announce.ts'
import type { MenuItem } from '../../ui/controls/menu.tsx'
import { tabWords } from './tab-name.ts'

/** Opens a place in a tab behind the others. The shown tab stays. */
export function openInTab({ profileId, bucket, prefix }: Place): void {
  const t = textIn(texts.language as Language)
  const view: View = { page: 'objects', place: { profileId, bucket, prefix } }
  if (openTab(view) === null) return sayMost(t)
  say(t('common:tabs.opened', { name: tabWords(t, view).name }))
}

/** Opens a tab at the place of the shown tab, and shows it. */
export function openNewTab(): void {
  const { place } = useUi.getState()
  const tab = openTab({ page: 'objects', place })
  if (tab === null) return sayMost(textIn(texts.language as Language))
  showTab(tab.id)
}

const sayMost = (t: Text): void =>
  notify({ about: null, error: null, text: t('common:tabs.most', { count: MOST_TABS }) })

/** The item of a place's menu that opens the place in a new tab. */
export const newTabItem = (t: Text, place: Place): MenuItem => ({
  icon: 'plus',
  label: t('common:tabs.open'),
  onSelect: () => openInTab(place),
})
