import { create } from 'zustand'
import type { Place } from '../../../queries/objects.ts'
import { addDropZone, type DropRefusal } from '../../../ui/drop/drop-zones.ts'
import { folderUnder } from './folder-under.ts'

/** Where files that are dragged over the window would go. */
interface DropTarget {
  readonly target: Place | null
  /** The folder or tree node under the pointer, once the pointer rested there for 300 ms. */
  readonly folder: Place | null
}
export const useDropTarget = create<DropTarget>(() => ({ target: null, folder: null }))

const TAKES_MS = 300
const OPENS_MS = 800

export interface DropFolders {
  /** The folder of the list, or null while none is open. */
  readonly here: () => Place | null
  readonly onDrop: (place: Place, transfer: DataTransfer) => void
  /** Nothing was taken. `elsewhere`: this part of the page takes no files. */
  readonly onRefused: (why: DropRefusal | 'elsewhere') => void
  /** Rows of the list were dropped on a folder. `copy`: they stay where they are too. */
  readonly onRows: (place: Place, copy: boolean) => void
  /** The pointer rested on a folder of the list or a node of the tree long enough to open it. */
  readonly onOpen: (place: Place, inTree: boolean) => void
}

const idOf = (place: Place | null): string =>
  place === null ? '' : `${place.profileId} ${place.bucket} ${place.prefix}`

/**
 * Makes the whole page a drop zone for the folders of OSS, and returns the end of that. Zones of
 * other pages lie inside of it and come first.
 */
export function dropIntoFolders(folders: DropFolders): () => void {
  let hovered = ''
  let since = 0
  let opened = false
  const under = (element: Element) => folderUnder(element, folders.here())
  const left = () => {
    hovered = ''
    useDropTarget.setState({ target: null, folder: null }, true)
  }
  return addDropZone(document.documentElement, {
    left,
    over(element, at, kind) {
      const folder = under(element)
      if (kind === 'rows' && folder === null) {
        left()
        return false
      }
      if (folder === null && (element.closest('.mid-pane') === null || folders.here() === null)) {
        left()
        // Beside an open list the pointer says it. Without a list a sentence says it after the
        // drop.
        return folders.here() === null
      }
      if (kind === 'other') return true
      const id = idOf(folder?.place ?? null)
      if (id !== hovered) {
        hovered = id
        since = at
        opened = false
      }
      const takesMs = kind === 'rows' ? 0 : TAKES_MS
      const taken = folder !== null && at - since >= takesMs ? folder.place : null
      if (folder !== null && at - since >= OPENS_MS && !opened) {
        opened = true
        folders.onOpen(folder.place, folder.inTree)
      }
      // The card over the list is about files alone.
      const next =
        kind === 'rows' ? null : (taken ?? (folder?.inTree === true ? null : folders.here()))
      const before = useDropTarget.getState()
      if (idOf(before.target) !== idOf(next) || idOf(before.folder) !== idOf(taken))
        useDropTarget.setState({ target: next, folder: taken }, true)
      return true
    },
    dropRows(element, copy) {
      const folder = under(element)
      if (folder !== null) folders.onRows(folder.place, copy)
    },
    drop(transfer, element) {
      const folder = under(element)
      // In the list the files go where the card said. A folder that was only passed over is not
      // meant.
      const shown = useDropTarget.getState().target ?? folders.here()
      const inList = element.closest('.mid-pane') ? shown : null
      const target = folder?.inTree === true ? folder.place : inList
      if (target === null) folders.onRefused('elsewhere')
      else folders.onDrop(target, transfer)
    },
    refuse: folders.onRefused,
  })
}
