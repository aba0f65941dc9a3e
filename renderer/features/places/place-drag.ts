import type { DragEvent } from 'react'
import { create } from 'zustand'
import type { KnownPlace } from '../../../shared/contract/models-places.ts'
import { draggedFolder } from '../../state/row-drag.ts'
import { PLACE_TYPE } from '../../ui/drop/drop-zones.ts'

/** True while a place is dragged over the window. */
export const usePlaceDrag = create<{ readonly on: boolean }>(() => ({ on: false }))

/** Shows where a place can be dropped. A change of the page in `dragstart` would end the drag. */
export const showPlaceDrag = (): void =>
  void setTimeout(() => usePlaceDrag.setState({ on: true }), 0)

/** The properties of an element whose place can be dragged to the favorites. */
export const draggable = ({ profileId, bucket, prefix }: KnownPlace) => ({
  draggable: true,
  onDragStart: (event: DragEvent) => {
    event.dataTransfer.setData(PLACE_TYPE, JSON.stringify({ profileId, bucket, prefix }))
    event.dataTransfer.effectAllowed = 'copyLink'
    showPlaceDrag()
  },
  onDragEnd: () => usePlaceDrag.setState({ on: false }),
})

/** The one folder row of this window that is dragged beside all places, which take rows. */
const folderBeside = ({ target }: DragEvent): KnownPlace | null =>
  (target as Element).closest('[data-place]') === null ? draggedFolder() : null

/** The properties of an element that takes dragged places, and a dragged folder row. */
export const takesPlaces = (take: (place: KnownPlace) => void) => ({
  onDragOver: (event: DragEvent) => {
    const isPlace = event.dataTransfer.types.includes(PLACE_TYPE)
    if (!isPlace && folderBeside(event) === null) return
    event.preventDefault()
    // The page around it takes no rows here.
    event.stopPropagation()
    event.dataTransfer.dropEffect = isPlace ? 'link' : 'copy'
  },
  onDrop: (event: DragEvent) => {
    const folder = folderBeside(event)
    if (folder !== null) {
      event.preventDefault()
      event.stopPropagation()
      return take(folder)
    }
    const text = event.dataTransfer.getData(PLACE_TYPE)
    if (text === '') return
    event.preventDefault()
    usePlaceDrag.setState({ on: false })
    take(JSON.parse(text) as KnownPlace)
  },
})
