import { create } from 'zustand'

/** Why the open dialog did not take what was dropped or pasted; null if it refused nothing. */
export const useDropRefusal = create<{ readonly text: string | null }>(() => ({ text: null }))

/** Shows a sentence in the open dialog until the next key or click in it. */
export const refuseInDialog = (text: string): void => useDropRefusal.setState({ text })

export const clearDropRefusal = (): void => {
  if (useDropRefusal.getState().text !== null) useDropRefusal.setState({ text: null })
}
