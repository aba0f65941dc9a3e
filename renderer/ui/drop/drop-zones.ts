import { isDialogOpen } from '../controls/focus-return.tsx'

/** `dialog`: a dialog is open that takes no files. `notFiles`: the drop holds no file. */
export type DropRefusal = 'dialog' | 'notFiles'

/** 'rows': rows of a list of any window. 'other': text, links and pictures of pages. */
export type DragKind = 'files' | 'rows' | 'other'

/** The type of the data of dragged rows. A page of another site can write such data too. */
export const ROWS_TYPE = 'application/x-cipherbucket-rows'

/** A part of the page that takes files from outside of the window, or rows of a list. */
export interface DropZone {
  /**
   * Files or texts are over this element of the zone. `at` is in milliseconds. Returns false where
   * the zone takes nothing.
   */
  over(element: Element, at: number, kind: DragKind): boolean
  /** The pointer left the zone, or something was dropped. */
  left(): void
  /** Takes files. A browser empties the transfer after the first `await`. */
  drop(transfer: DataTransfer, element: Element): void
  /** Takes rows. `copy`: they stay where they are too. `data`: as the drag has it. */
  dropRows?(element: Element, copy: boolean, data: string): void
  refuse(why: DropRefusal): void
}

/**
 * The type of a dragged place of OSS, as JSON. Parts of the page that take places listen for it
 * themselves.
 */
export const PLACE_TYPE = 'application/x-cipherbucket-place'

const zones = new Map<Element, DropZone>()
let current: DropZone | null = null

/**
 * Lets a part of the page take dropped files, and returns the end of that. An inner zone comes
 * before an outer one. While a dialog is open, only zones in dialogs take files.
 *
 * The whole window is watched, because a browser opens a file that is dropped beside all zones.
 */
export function addDropZone(element: Element, zone: DropZone): () => void {
  if (zones.size === 0)
    for (const [name, listener] of EVENTS) window.addEventListener(name, listener)
  zones.set(element, zone)
  return () => {
    zones.delete(element)
    if (current === zone) current = null
    if (zones.size === 0)
      for (const [name, listener] of EVENTS) window.removeEventListener(name, listener)
  }
}

/** The innermost zone around an element, or null. */
function zoneAt(element: Element): DropZone | null {
  const dialogOpen = isDialogOpen()
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    const zone = zones.get(at)
    if (zone !== undefined && (!dialogOpen || at.closest('[role="dialog"]') !== null)) return zone
  }
  return null
}

/** The zone that says why a dialog takes nothing: the outermost one. */
const outermost = (): DropZone | undefined => zones.get(document.documentElement)

function enter(zone: DropZone | null): void {
  if (zone !== current) current?.left()
  current = zone
}

function over(event: DragEvent): void {
  if (event.dataTransfer === null || isForField(event) || isPlace(event)) return
  event.preventDefault()
  const element = event.target as Element
  const zone = zoneAt(element)
  enter(zone)
  const kind = kindOf(event.dataTransfer)
  // Beside all zones the drop is let in, so that a sentence can say why nothing was taken.
  const taken = zone === null ? kind !== 'rows' : zone.over(element, event.timeStamp, kind)
  const effect = kind === 'rows' && !isCopy(event) ? 'move' : 'copy'
  event.dataTransfer.dropEffect = taken ? effect : 'none'
}

function kindOf({ types }: DataTransfer): DragKind {
  if (types.includes(ROWS_TYPE)) return 'rows'
  return types.includes('Files') ? 'files' : 'other'
}

/** Ctrl or Alt copies, as in the file managers of the systems. */
const isCopy = (event: DragEvent): boolean => event.ctrlKey || event.altKey

function drop(event: DragEvent): void {
  if (event.dataTransfer === null || isForField(event) || isPlace(event)) return
  event.preventDefault()
  const element = event.target as Element
  const zone = zoneAt(element)
  enter(zone)
  if (kindOf(event.dataTransfer) === 'rows')
    zone?.dropRows?.(element, isCopy(event), event.dataTransfer.getData(ROWS_TYPE))
  else if (zone === null) outermost()?.refuse('dialog')
  else if (!holdsFiles(event.dataTransfer)) zone.refuse('notFiles')
  else zone.drop(event.dataTransfer, element)
  enter(null)
}

function leave(event: DragEvent): void {
  if (event.relatedTarget === null) enter(null)
}

const EVENTS = [
  ['dragenter', over],
  ['dragover', over],
  ['drop', drop],
  ['dragleave', leave],
  ['dragend', () => enter(null)],
] as const

/**
 * Text that is dragged into a field belongs to the field. A file does not: the browser would leave
 * the page for it.
 */
function isForField({ target, dataTransfer }: DragEvent): boolean {
  return (
    (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) &&
    dataTransfer?.types.includes('Files') !== true
  )
}

const isPlace = ({ dataTransfer }: DragEvent): boolean =>
  dataTransfer?.types.includes(PLACE_TYPE) === true

/** True if files or folders are there. Some browsers announce `Files` and bring none. */
export const holdsFiles = (transfer: DataTransfer): boolean =>
  Array.from(transfer.items ?? []).some(({ kind }) => kind === 'file')
