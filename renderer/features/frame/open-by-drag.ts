import type { Place } from '../../queries/objects.ts'
import { go, nodeId, setOpen } from '../../state/ui.ts'

/** Opens a folder of the list, or unfolds a node of the tree, while files rest on it. */
export function openByDrag(place: Place, inTree: boolean): void {
  if (inTree) setOpen([nodeId(place.profileId, place.bucket, place.prefix)], true)
  else go({ page: 'objects', place })
}
