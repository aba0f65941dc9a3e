import { create } from 'zustand'
import { errorOf } from '../text/error-of.ts'
import type { Place } from '../queries/objects.ts'
import { notify } from './work.ts'

/** The things that a toast can show: objects of a folder, or a master key. */
export type Shown =
  | { readonly kind: 'objects'; readonly place: Place; readonly keys: readonly string[] }
  | { readonly kind: 'key'; readonly id: string }

/** A sentence about the last action, with at most one button. It is never about an error. */
export interface Toast {
  readonly text: string
  readonly shown?: Shown
  /** Takes the action back. It replaces nothing that came meanwhile. Rejects with Failure. */
  readonly undo?: () => Promise<void>
}

export const useToast = create<{ readonly toast: Toast | null }>(() => ({ toast: null }))

/** Source: screens.md 12. */
const STAYS_MS = 8000
const STAYS_WITH_UNDO_MS = 20_000
let timer: ReturnType<typeof setTimeout> | undefined

/** Shows a toast in place of the one before. */
export function showToast(toast: Toast): void {
  useToast.setState({ toast })
  holdToast(false)
}

export function dismissToast(): void {
  clearTimeout(timer)
  useToast.setState({ toast: null })
}

/** Keeps the toast while the pointer or the focus is on it. Afterwards its time starts again. */
export function holdToast(on: boolean): void {
  clearTimeout(timer)
  const { toast } = useToast.getState()
  if (toast === null || on) return
  timer = setTimeout(dismissToast, toast.undo === undefined ? STAYS_MS : STAYS_WITH_UNDO_MS)
}

/** Takes back what the toast says, once. Without a toast that can be undone nothing happens. */
export function undoToast(): void {
  const { toast } = useToast.getState()
  if (toast?.undo === undefined) return
  dismissToast()
  toast.undo().catch((cause: unknown) => {
    notify({ about: null, error: errorOf(cause), text: null })
  })
}
