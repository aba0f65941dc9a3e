import { startStates, stopStates, useStates } from '../../../queries/rows/sync.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import type { ObjectRows } from '../rows/use-object-rows.ts'

/** The most HEAD requests of one look for states. The foot says this number before it starts. */
const BUDGET = 10_000

/**
 * Says how many encryption states are known where the order or the filter depends on them. Looks
 * for the rest within a budget of requests, which the user starts and stops.
 */
export function StatesPart({ list }: { readonly list: ObjectRows }) {
  const t = useText()
  const q = useQuantities()
  const { scope, sort, filter } = list.view
  const progress = useStates(scope.profileId)
  const { states: _states, keyId: _keyId, ...others } = filter
  const matters =
    sort.by === 'state' ||
    sort.by === 'key' ||
    filter.states !== undefined ||
    filter.keyId !== undefined
  if (!matters) return null
  if (progress?.running === true)
    return (
      <>
        <span className="cut">
          {t('objects:states.running', {
            n: q.count(progress.requests),
            budget: q.count(progress.budget),
            unknown: q.count(progress.unknown),
          })}
        </span>
        <button
          type="button"
          className="link"
          onClick={() => void stopStates(scope.profileId).catch(() => undefined)}
        >
          {t('common:act.stop')}
        </button>
      </>
    )
  if (progress !== undefined && progress.unknown === 0)
    return <span className="cut">{t('objects:states.known')}</span>
  return (
    <>
      <span className="cut">
        {progress === undefined
          ? t('objects:states.some')
          : t('objects:states.left', { count: progress.unknown, n: q.count(progress.unknown) })}
      </span>
      <button
        type="button"
        className="link"
        onClick={() => void startStates(scope, others, BUDGET).catch(() => undefined)}
      >
        {t('objects:states.start', { n: q.count(BUDGET) })}
      </button>
    </>
  )
}
