import { create } from 'zustand'
import { isDialogOpen } from '../ui/controls/focus-return.tsx'
import { notify } from './work.ts'

/**
 * Why something that was dropped or pasted was not taken, said in the dialog that is open; null:
 * nothing was.
 */
export const useRefusal = create<{ readonly text: string | null }>(() => ({ text: null }))

export const clearRefusal = (): void => {
  if (useRefusal.getState().text !== null) useRefusal.setState({ text: null })
}

/**
 * Says where the user looks why something was not taken: in the open dialog, else above the page.
 */
export function refuse(text: string): void {
  if (isDialogOpen()) useRefusal.setState({ text })
  else notify({ about: null, error: null, text })
}
