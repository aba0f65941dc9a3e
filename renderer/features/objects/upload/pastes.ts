import type { Place } from '../../../queries/objects.ts'
import { isDialogOpen } from '../../../ui/controls/focus-return.tsx'
import { holdsFiles, type DropRefusal } from '../../../ui/drop/drop-zones.ts'

export interface PastePlaces {
  /** The folder of the list, or null while none is open. */
  readonly here: () => Place | null
  readonly onPaste: (place: Place, transfer: DataTransfer) => void
  /** Pastes rows that were copied in this window. Returns false if the text is another one. */
  readonly onRows: (place: Place, text: string) => boolean
  readonly onRefused: (why: DropRefusal | 'elsewhere') => void
}

/**
 * Takes files that are pasted anywhere on the objects page, even without a focus. Text that is
 * pasted into a field belongs to the field. Everything else is refused with a sentence.
 */
export function watchPastes(window: Window, places: PastePlaces): () => void {
  const paste = (event: ClipboardEvent) => {
    if (event.defaultPrevented || event.clipboardData === null) return
    const files = holdsFiles(event.clipboardData)
    if (isField(event.target) && (!files || event.clipboardData.types.includes('text/plain')))
      return
    event.preventDefault()
    const place = places.here()
    if (isDialogOpen()) {
      if (files) places.onRefused('dialog')
    } else if (!files) {
      const text = event.clipboardData.getData('text/plain')
      if (place === null || !places.onRows(place, text)) places.onRefused('notFiles')
    } else if (place === null) places.onRefused('elsewhere')
    else places.onPaste(place, event.clipboardData)
  }
  window.addEventListener('paste', paste)
  return () => window.removeEventListener('paste', paste)
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLTextAreaElement ||
  (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type)) ||
  (target instanceof HTMLElement && target.isContentEditable)
