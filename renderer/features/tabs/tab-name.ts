import type { Page, View } from '../../state/ui.ts'
import { lastOf } from '../../state/ui.ts'
import { shownName } from '../../text/shown-name.ts'
import type { Text } from '../../text/use-text.tsx'
import type { IconName } from '../../ui/icon.tsx'
import { folderText, placeText } from '../objects/list/rows.ts'

/** The icon of each page that is no place. */
const ICONS: Readonly<Record<Exclude<Page, 'objects'>, IconName>> = {
  transfers: 'transfers',
  keys: 'key',
  offline: 'offline',
  settings: 'settings',
}

/** Returns the name of a view for the title of the window: the page, or the path of the folder. */
export function viewName(t: Text, { page, place }: View): string {
  if (page !== 'objects' || place === null) return t(`common:nav.${page}`)
  return shownName(folderText(place.bucket, place.prefix))
}

/** Returns the words of a tab: the last folder of the path, and the whole path. */
export function tabWords(
  t: Text,
  view: View,
): { readonly icon: IconName; readonly name: string; readonly path: string } {
  const { page, place } = view
  if (page !== 'objects' || place === null) {
    const name = viewName(t, view)
    return { icon: page === 'objects' ? 'bucket' : ICONS[page], name, path: name }
  }
  const { bucket, prefix } = place
  return {
    icon: prefix === '' ? 'bucket' : 'folder',
    name: shownName(prefix === '' ? bucket : lastOf(prefix)) || '⟨⟩',
    path: shownName(placeText(bucket, prefix)),
  }
}
