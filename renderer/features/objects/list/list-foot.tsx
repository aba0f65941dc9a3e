import { useQueryClient } from '@tanstack/react-query'
import type { ObjectRow } from '../../../../shared/contract/models.ts'
import {
  continueListing,
  isWhole,
  stopListing,
  type Listing,
  type Place,
} from '../../../queries/objects.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { itemsText } from './items-text.ts'
import { folderText, sumOf } from './rows.ts'

export interface ListFootProps {
  readonly place: Place
  readonly listing: Listing | undefined
  readonly shown: number
  readonly selected: readonly ObjectRow[]
  /** Everything in the folder is selected, and more than is listed. */
  readonly all: boolean
  readonly listingNow: boolean
  /** Number of rows that are samples of the practice bucket. */
  readonly samples: number
}

/** Says how many rows there are, how many are selected, and whether the listing is complete. */
export function ListFoot({
  place,
  listing,
  shown,
  selected,
  all,
  listingNow,
  samples,
}: ListFootProps) {
  const t = useText()
  const q = useQuantities()
  const client = useQueryClient()
  const total = listing?.rows.length ?? 0
  const growing = listingNow && !isWhole(listing)
  return (
    <div className="gfoot">
      <span>{left()}</span>
      <span className="grow" />
      <span>
        {growing && (
          <button type="button" className="link" onClick={() => void stopListing(client, place)}>
            {t('common:act.stop')}
          </button>
        )}
        {listing?.stopped === true && !listingNow && (
          <button
            type="button"
            className="link"
            onClick={() => void continueListing(client, place)}
          >
            {t('objects:foot.goOn')}
          </button>
        )}
        {!growing && listing?.stopped !== true && selected.length > 0 && t('objects:foot.checked')}
      </span>
    </div>
  )

  function left(): string {
    if (all) return t('objects:foot.all', { place: folderText(place.bucket, place.prefix) })
    if (selected.length > 0) {
      const { bytes, files, folders } = sumOf(selected)
      const key =
        files === 0
          ? 'objects:foot.selected'
          : folders === 0
            ? 'objects:foot.selectedBytes'
            : 'objects:foot.selectedFolders'
      return t(key, { items: itemsText(t, q, selected), bytes: q.bytes(bytes) })
    }
    if (listing === undefined)
      return listingNow
        ? t('objects:foot.listing', { place: folderText(place.bucket, place.prefix) })
        : ''
    const items = itemsText(t, q, listing.rows)
    if (listing.stopped && !listingNow) return t('objects:foot.stopped', { items })
    if (growing) return t('objects:foot.soFar', { items })
    if (shown < total) return t('objects:foot.shown', { n: q.count(shown), total: q.count(total) })
    return samples > 0
      ? t('objects:foot.samples', { items, count: samples, n: q.count(samples) })
      : items
  }
}
