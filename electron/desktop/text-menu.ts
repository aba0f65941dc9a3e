import { Menu, type WebContents } from 'electron'
import type { Settings } from '../../shared/contract/models-settings.ts'
import { roleItem, type LabelledRole } from './role-words.ts'

/**
 * Shows a context menu for text fields and for selected text. This event does not arrive where the
 * page shows a menu of its own, as for rows of a list.
 */
export function offerTextMenu(contents: WebContents, language: () => Settings['language']): void {
  contents.on('context-menu', (_event, { isEditable, selectionText, editFlags }) => {
    const item = (role: LabelledRole, enabled: boolean) => ({
      ...roleItem(role, language()),
      enabled,
    })
    if (isEditable) {
      const { canCut, canCopy, canPaste, canSelectAll } = editFlags
      const edits = [item('cut', canCut), item('copy', canCopy), item('paste', canPaste)]
      Menu.buildFromTemplate([
        ...edits,
        { type: 'separator' },
        item('selectAll', canSelectAll),
      ]).popup()
    } else if (selectionText.trim() !== '') {
      Menu.buildFromTemplate([item('copy', editFlags.canCopy)]).popup()
    }
  })
}
