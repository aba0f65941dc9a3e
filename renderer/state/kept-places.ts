import type { PlaceLists } from '../../shared/contract/models-places.ts'
import { notePlace } from '../queries/places.ts'
import { isByName, placeId, samePlace, useUi, type Sort } from './ui.ts'

/** Takes over the orders of folders, as the core or another window knows them. */
export function takeSorts({ sorts }: Pick<PlaceLists, 'sorts'>): void {
  useUi.setState({
    sorts: new Map(sorts.map((folder): [string, Sort] => [placeId(folder), folder.sort])),
  })
}

/** Notes in the core each place that the window opens, and each order that the user chooses. */
export function keepPlaces(): void {
  const visit = () => {
    const { page, place } = useUi.getState()
    if (page === 'objects' && place !== null) notePlace({ do: 'visit', place: { ...place } })
  }
  visit()
  useUi.subscribe((ui, before) => {
    const moved = !samePlace(ui.place, before.place)
    if (moved || (ui.page === 'objects' && before.page !== 'objects')) return visit()
    if (ui.sort !== before.sort && ui.place !== null)
      notePlace({
        do: 'sort',
        place: { ...ui.place },
        sort: isByName(ui.sort) ? null : { ...ui.sort },
      })
  })
}
