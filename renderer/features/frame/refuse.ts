import { notify } from '../../state/work.ts'
import { refuseInDialog } from '../../ui/controls/drop-refusal.ts'
import { isDialogOpen } from '../../ui/controls/focus-return.tsx'

/**
 * Says why something that was dropped or pasted was not taken. The sentence stands where the user
 * looks: in the open dialog, else above the page.
 */
export function showRefusal(text: string): void {
  if (isDialogOpen()) refuseInDialog(text)
  else notify({ about: null, error: null, text })
}
