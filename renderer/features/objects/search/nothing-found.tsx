import type { Place } from '../../../queries/objects.ts'
import { clearFilters, conditionsIn, searchIn, useFilters } from '../../../state/filters.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Empty } from '../../../ui/empty.tsx'
import { asOfText } from '../list/items-text.ts'
import type { ObjectRows } from '../rows/use-object-rows.ts'

/** A search that found nothing: how much was looked at, as of when, and under which conditions. */
export function NothingFound({
  place,
  list,
  text,
}: {
  readonly place: Place
  readonly list: ObjectRows
  readonly text: string
}) {
  const t = useText()
  const q = useQuantities()
  const filters = useFilters()
  const { status, sync, total = 0 } = list
  const conditions = conditionsIn(filters)
  const looked = { count: total, n: q.count(total) }
  const actions = (
    <>
      {conditions > 0 && (
        <Button kind="primary" onClick={clearFilters}>
          {t('objects:none.without')}
        </Button>
      )}
      {status?.listing !== true && (
        <Button onClick={sync.refresh}>{t('objects:search.refresh')}</Button>
      )}
      {filters.where !== 'bucket' && filters.where !== 'profile' && (
        <Button onClick={() => searchIn('bucket')}>
          {t('objects:search.bucket', { bucket: shownName(place.bucket) })}
        </Button>
      )}
      {filters.where === 'bucket' && (
        <Button onClick={() => searchIn('profile')}>{t('objects:search.profile')}</Button>
      )}
    </>
  )
  return (
    <Empty
      icon="search"
      title={
        text === ''
          ? t('objects:none.titleOther')
          : t('objects:none.title', { text: shownName(text) })
      }
      actions={actions}
    >
      {status?.complete === true && status.asOf !== null
        ? t('objects:none.all', { ...looked, time: asOfText(q, status.asOf) })
        : t('objects:none.part', looked)}
      {conditions > 0 && (
        <>
          {t('common:space')}
          {t('objects:none.conditions', { count: conditions, n: q.count(conditions) })}
        </>
      )}
    </Empty>
  )
}
