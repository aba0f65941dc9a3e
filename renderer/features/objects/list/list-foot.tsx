import { useQueryClient } from '@tanstack/react-query'
import { continueListing, stopListing } from '../../../queries/rows/listing.ts'
import type { Place } from '../../../queries/objects.ts'
import { conditionsIn, useFilters } from '../../../state/filters.ts'
import { useUi } from '../../../state/ui.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { asOfText, foundText, hereText, itemsText } from './items-text.ts'
import { folderText, sumOf } from './rows.ts'
import { SizesLink } from './sizes-link.tsx'
import { StatesPart } from './states-part.tsx'
import type { ObjectRows } from '../rows/use-object-rows.ts'

export interface ListFootProps {
  readonly place: Place
  readonly list: ObjectRows
  /** Number of rows that are samples of the practice bucket. */
  readonly samples: number
}

/** Says how many rows there are, how many are selected, and whether the listing is complete. */
export function ListFoot({ place, list, samples }: ListFootProps) {
  const t = useText()
  const q = useQuantities()
  const client = useQueryClient()
  const text = useUi((ui) => ui.filter).trim()
  const layout = useUi((ui) => ui.layout)
  const filters = useFilters()
  const { rows, status, chosen, isSearch, isFiltered } = list
  const { sums } = rows
  const growing = !isSearch && status?.listing === true && !status.complete
  return (
    <div className="gfoot">
      <span className="cut">{left()}</span>
      {!isSearch && !isFiltered && (sums?.folders ?? 0) > 0 && status?.complete === true && (
        <SizesLink place={place} />
      )}
      <span className="grow" />
      {chosen.count > 0 && <span className="cut">{selectedText()}</span>}
      {chosen.count === 0 && layout === 'tiles' && (
        <span className="cut">{t('objects:foot.thumbs')}</span>
      )}
      <StatesPart list={list} />
      <span>
        {growing && (
          <button type="button" className="link" onClick={() => void stopListing(place)}>
            {t('common:act.stop')}
          </button>
        )}
        {!isSearch && status?.stopped === true && !status.listing && (
          <button
            type="button"
            className="link"
            onClick={() => void continueListing(client, place)}
          >
            {t('objects:foot.goOn')}
          </button>
        )}
        {!isSearch && status?.asOf != null && !growing && (
          <time dateTime={status.asOf}>
            {t('objects:foot.asOf', { time: asOfText(q, status.asOf) })}
          </time>
        )}
      </span>
    </div>
  )

  function selectedText(): string {
    if (chosen.isMore === 'folder')
      return t('objects:foot.all', { place: folderText(place.bucket, place.prefix) })
    if (chosen.isMore === 'filter')
      return t('objects:foot.allMatching', { count: chosen.count, n: q.count(chosen.count) })
    const { bytes, files, folders } = sumOf(chosen.rows)
    if (chosen.rows.length < chosen.count)
      return t('objects:foot.someSelected', { count: chosen.count, n: q.count(chosen.count) })
    const key =
      files === 0
        ? 'objects:foot.selected'
        : folders === 0
          ? 'objects:foot.selectedBytes'
          : 'objects:foot.selectedFolders'
    return t(key, { items: itemsText(t, q, { files, folders }), bytes: q.bytes(bytes) })
  }

  function left(): string {
    if (sums === undefined)
      return list.isBusy
        ? t('objects:foot.listing', { place: folderText(place.bucket, place.prefix) })
        : ''
    if (isSearch) {
      if (status?.listing === true && list.view.sort.by !== 'name')
        return t('objects:foot.sortedWithin')
      return sums.total === 0 ? '' : foundText(t, q, sums)
    }
    const items = itemsText(t, q, sums)
    const n = q.count(sums.total)
    if (isFiltered) {
      const facts = { count: list.total ?? sums.total, n, total: q.count(list.total ?? sums.total) }
      return text === '' || conditionsIn(filters) > 0
        ? t('objects:foot.matches', facts)
        : t('objects:foot.matchesText', { ...facts, text: shownName(text) })
    }
    if (status?.error != null) {
      if (status.asOf !== null)
        return t('objects:foot.notConnected', { time: asOfText(q, status.asOf) })
      return sums.files + sums.folders === 0 ? '' : t('objects:foot.brokenOff', { items })
    }
    if (status?.stopped === true && !status.listing) return t('objects:foot.stopped', { items })
    if (growing) return t('objects:foot.soFar', { n })
    const here = hereText(t, q, sums)
    return samples > 0
      ? t('objects:foot.samples', { items: here, count: samples, n: q.count(samples) })
      : here
  }
}
