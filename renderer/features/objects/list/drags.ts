import { create } from 'zustand'
import type { Place } from '../../../queries/objects.ts'
import { isDialogOpen } from '../../../ui/controls/focus-return.tsx'

/** Files being dragged over the window: where they would go. */
interface Drag {
  readonly target: Place | null
  /** The folder or tree node under the pointer, once it was there for 300 ms. */
  readonly folder: Place | null
}
export const useDrag = create<Drag>(() => ({ target: null, folder: null }))

const TAKES_MS = 300
const OPENS_MS = 800

export type Refused = 'dialog' | 'elsewhere' | 'notFiles'

export interface DragPlaces {
  /** The folder of the list, or null while none is open. */
  readonly here: () => Place | null
  readonly onDrop: (place: Place, transfer: DataTransfer) => void
  /**
   * Nothing was taken, and why: a dialog is open, nothing can be dropped there, or it was no file.
   */
  readonly onRefused: (why: Refused) => void
  /** A folder of the list or a node of the tree was hovered long enough to open. */
  readonly onOpen: (place: Place, inTree: boolean) => void
}

const idOf = (place: Place | null): string =>
  place === null ? '' : `${place.profileId} ${place.bucket} ${place.prefix}`

/**
 * Follows drags over the whole window, because a file dropped beside every zone would be opened by
 * the browser. Offline decryption and other zones of their own call `preventDefault` first and are
 * left alone.
 */
export function watchDrags(window: Window, places: DragPlaces): () => void {
  let hovered = ''
  let since = 0
  let opened = false
  const end = () => {
    hovered = ''
    useDrag.setState({ target: null, folder: null }, true)
  }
  const folderUnder = (
    element: Element,
  ): { readonly place: Place; readonly inTree: boolean } | null => {
    const here = places.here()
    const row = element.closest<HTMLElement>('[data-folder]')?.dataset['folder']
    if (row !== undefined && here !== null)
      return { place: { ...here, prefix: row }, inTree: false }
    const node = element.closest<HTMLElement>('[data-place]')?.dataset['place']
    return node === undefined ? null : { place: JSON.parse(node) as Place, inTree: true }
  }
  const over = (event: DragEvent) => {
    if (event.defaultPrevented || event.dataTransfer === null || isForField(event)) return
    event.preventDefault()
    const element = event.target as Element
    const folder = isDialogOpen() ? null : folderUnder(element)
    const target = isDialogOpen()
      ? null
      : (folder?.place ?? (element.closest('.mid-pane') ? places.here() : null))
    if (target === null) {
      // Beside an open list the pointer says it. Where there is no list at all the drop is let in,
      // so that a sentence can say it.
      event.dataTransfer.dropEffect = !isDialogOpen() && places.here() !== null ? 'none' : 'copy'
      return end()
    }
    event.dataTransfer.dropEffect = 'copy'
    if (!event.dataTransfer.types.includes('Files')) return
    const id = idOf(folder?.place ?? null)
    if (id !== hovered) {
      hovered = id
      since = event.timeStamp
      opened = false
    }
    const rested = event.timeStamp - since
    const taken = folder !== null && rested >= TAKES_MS ? folder.place : null
    if (folder !== null && rested >= OPENS_MS && !opened) {
      opened = true
      places.onOpen(folder.place, folder.inTree)
    }
    const next = taken ?? (folder?.inTree === true ? null : places.here())
    const before = useDrag.getState()
    if (idOf(before.target) !== idOf(next) || idOf(before.folder) !== idOf(taken))
      useDrag.setState({ target: next, folder: taken }, true)
  }
  const drop = (event: DragEvent) => {
    if (event.defaultPrevented || event.dataTransfer === null || isForField(event)) return
    event.preventDefault()
    if (isDialogOpen()) {
      end()
      return places.onRefused('dialog')
    }
    const element = event.target as Element
    const folder = folderUnder(element)
    // In the list it goes where the card said it would; a folder that was only passed over is not
    // meant.
    const said = element.closest('.mid-pane') ? (useDrag.getState().target ?? places.here()) : null
    const target = folder?.inTree === true ? folder.place : said
    end()
    if (!hasFiles(event.dataTransfer)) places.onRefused('notFiles')
    else if (target === null) places.onRefused('elsewhere')
    else places.onDrop(target, event.dataTransfer)
  }
  const leave = (event: DragEvent) => {
    if (event.relatedTarget === null) end()
  }
  const events = [
    ['dragenter', over],
    ['dragover', over],
    ['drop', drop],
    ['dragleave', leave],
    ['dragend', end],
  ] as const
  for (const [name, listener] of events) window.addEventListener(name, listener as EventListener)
  return () => {
    for (const [name, listener] of events)
      window.removeEventListener(name, listener as EventListener)
  }
}

/**
 * Text that is dragged into a field is the field's. A file is not: the browser would leave the page
 * for it.
 */
function isForField({ target, dataTransfer }: DragEvent): boolean {
  return (
    (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) &&
    dataTransfer?.types.includes('Files') !== true
  )
}

/** Files or folders, and not only the word that there would be some. */
export const hasFiles = (transfer: DataTransfer): boolean =>
  Array.from(transfer.items ?? []).some(({ kind }) => kind === 'file')
