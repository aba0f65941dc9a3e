import type { DragEvent } from 'react'
import { create } from 'zustand'
import type { KnownPlace } from '../../../shared/contract/models-places.ts'
import { PLACE_TYPE } from '../../ui/drop/drop-zones.ts'

/** True while a place is dragged over the window. */
export const usePlaceDrag = create<{ readonly on: boolean }>(() => ({ on: false }))

/** The properties of an element whose place can be dragged to the favorites. */
export const draggable = ({ profileId, bucket, prefix }: KnownPlace) => ({
  draggable: true,
  onDragStart: (event: DragEvent) => {
    event.dataTransfer.setData(PLACE_TYPE, JSON.stringify({ profileId, bucket, prefix }))
    event.dataTransfer.effectAllowed = 'copyLink'
    // A change of the page within this event would end the drag at once.
    setTimeout(() => usePlaceDrag.setState({ on: true }), 0)
  },
  onDragEnd: () => usePlaceDrag.setState({ on: false }),
})

/** The properties of an element that takes dragged places. */
export const takesPlaces = (take: (place: KnownPlace) => void) => ({
  onDragOver: (event: DragEvent) => {
    if (!event.dataTransfer.types.includes(PLACE_TYPE)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'link'
  },
  onDrop: (event: DragEvent) => {
    const text = event.dataTransfer.getData(PLACE_TYPE)
    if (text === '') return
    event.preventDefault()
    usePlaceDrag.setState({ on: false })
    take(JSON.parse(text) as KnownPlace)
  },
})
