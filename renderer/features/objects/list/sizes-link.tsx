import { useQuery } from '@tanstack/react-query'
import type { Place } from '../../../queries/objects.ts'
import { sizesQuery, useSync } from '../../../queries/rows/sync.ts'
import { wantSizes, useSizesWanted } from '../../../state/sizes.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'

/** Starts and stops the calculation of the sizes of all folders, and shows their sum. */
export function SizesLink({ place }: { readonly place: Place }) {
  const t = useText()
  const q = useQuantities()
  const isWanted = useSizesWanted(place)
  const { profileId, bucket, prefix } = place
  const sizes = useQuery({ ...sizesQuery(place), enabled: isWanted }).data
  const known =
    sizes === undefined
      ? undefined
      : {
          revision: 0,
          asOf: sizes.asOf,
          listing: false,
          complete: sizes.complete,
          stopped: false,
          listed: 0,
          error: null,
        }
  const sync = useSync({ profileId, bucket, prefix, depth: 'below' }, isWanted, known)
  if (!isWanted)
    return (
      <button type="button" className="link" onClick={() => wantSizes(place)}>
        {t('objects:sizes.all')}
      </button>
    )
  if (sizes === undefined) return <span>{t('objects:sizes.counting')}</span>
  const facts = { count: sizes.objects, n: q.count(sizes.objects), bytes: q.bytes(sizes.bytes) }
  if (sync.status?.listing === true)
    return (
      <>
        <span>{t('objects:sizes.soFar', facts)}</span>
        <button type="button" className="link" onClick={sync.stop}>
          {t('common:act.stop')}
        </button>
      </>
    )
  return sizes.complete ? (
    <span>{t('objects:sizes.below', facts)}</span>
  ) : (
    <>
      <span>{t('objects:sizes.atLeast', facts)}</span>
      <button type="button" className="link" onClick={sync.refresh}>
        {t('objects:foot.goOn')}
      </button>
    </>
  )
}
