import type { Place } from '../../../queries/objects.ts'

/** A folder that an element of the page stands for. */
export interface FolderUnder {
  readonly place: Place
  /** The element is a row of the list. */
  readonly isRow: boolean
  /** The element is a line of the sidebar, and stays when another folder is opened. */
  readonly inTree: boolean
}

/**
 * Returns the folder that an element stands for. The element is a row of the list, a line of the
 * sidebar, a step of the path, or a tab. `here`: the folder of the list; null while none is open.
 */
export function folderUnder(element: Element, here: Place | null): FolderUnder | null {
  const row = element.closest<HTMLElement>('[data-folder]')?.dataset['folder']
  if (row !== undefined && here !== null)
    return { place: { ...here, prefix: row }, isRow: true, inTree: false }
  const node = element.closest<HTMLElement>('[data-place]')?.dataset['place']
  if (node === undefined) return null
  const inTree = element.closest('.crumbs') === null
  return { place: JSON.parse(node) as Place, isRow: false, inTree }
}
