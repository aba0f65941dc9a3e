import { useQueryClient } from '@tanstack/react-query'
import type { ObjectRow } from '../../../shared/contract/models.ts'
import { continueListing, isWhole, stopListing, type Listing, type Place } from '../../queries/objects.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { folderText, sumOf } from './rows.ts'

export interface ListFootProps {
  readonly place: Place
  readonly listing: Listing | undefined
  readonly shown: number
  readonly selected: readonly ObjectRow[]
  readonly listingNow: boolean
  /** The guide is open: say that these are samples. */
  readonly samples: boolean
}

/** How many there are, how many are selected, and whether that is all. */
export function ListFoot({ place, listing, shown, selected, listingNow, samples }: ListFootProps) {
  const t = useText()
  const q = useQuantities()
  const client = useQueryClient()
  const total = listing?.rows.length ?? 0
  const counted = { count: total, n: q.count(total) }
  const growing = listingNow && !isWhole(listing)
  return (
    <div className="gfoot">
      <span>{left()}</span>
      <span className="grow" />
      <span>
        {growing && <button type="button" className="link" onClick={() => void stopListing(client, place)}>{t('common:act.stop')}</button>}
        {listing?.stopped === true && !listingNow && <button type="button" className="link" onClick={() => void continueListing(client, place)}>{t('objects:foot.goOn')}</button>}
        {!growing && listing?.stopped !== true && selected.length > 0 && t('objects:foot.checked')}
      </span>
    </div>
  )

  function left(): string {
    if (selected.length > 0) {
      const { bytes, folders } = sumOf(selected)
      return t(folders > 0 ? 'objects:foot.selectedFolders' : 'objects:foot.selected', { n: q.count(selected.length), total: q.count(total), bytes: q.bytes(bytes) })
    }
    if (listing === undefined) return listingNow ? t('objects:foot.listing', { place: folderText(place.bucket, place.prefix) }) : ''
    if (listing.stopped && !listingNow) return t('objects:foot.stopped', counted)
    if (growing) return t('objects:foot.soFar', counted)
    if (shown < total) return t('objects:foot.shown', { n: q.count(shown), total: q.count(total) })
    return samples ? t('objects:foot.samples', counted) : t('objects:foot.objects', counted)
  }
}
