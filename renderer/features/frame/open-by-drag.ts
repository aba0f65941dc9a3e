import type { Place } from '../../queries/objects.ts'
import { go, nodeId, setOpen } from '../../state/ui.ts'

/** Files rested on a folder: in the list it opens, in the tree it unfolds. */
export function openByDrag(place: Place, inTree: boolean): void {
  if (inTree) setOpen([nodeId(place.profileId, place.bucket, place.prefix)], true)
  else go({ page: 'objects', place })
}
