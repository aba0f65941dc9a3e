import type { PlaceLists } from '../../shared/contract/models-places.ts'
import { notePlace } from '../queries/places.ts'
import { placeId, samePlace, useUi } from './ui.ts'

/** Takes over the views of folders, as the core or another window knows them. */
export function takeFolderViews({ sorts }: Pick<PlaceLists, 'sorts'>): void {
  useUi.setState({
    folderViews: new Map(
      sorts.map((folder) => [placeId(folder), { sort: folder.sort, layout: folder.layout }]),
    ),
  })
}

/** Notes in the core each place that the window opens, and each view that the user chooses. */
export function keepPlaces(): void {
  const visit = () => {
    const { page, place } = useUi.getState()
    if (page === 'objects' && place !== null) notePlace({ do: 'visit', place: { ...place } })
  }
  visit()
  useUi.subscribe((ui, before) => {
    const moved = !samePlace(ui.place, before.place)
    if (moved || (ui.page === 'objects' && before.page !== 'objects')) return visit()
    const isOther = ui.sort !== before.sort || ui.layout !== before.layout
    if (isOther && ui.place !== null)
      notePlace({
        do: 'folder',
        place: { ...ui.place },
        sort: { ...ui.sort },
        layout: ui.layout,
      })
  })
}
