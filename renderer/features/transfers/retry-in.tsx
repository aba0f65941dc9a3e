import { useSecond } from '../../text/clock.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'

/**
 * When it is tried again by itself. It counts down alone: nothing around it is drawn anew. `at`:
 * ISO 8601.
 */
export function RetryIn({ at }: { readonly at: string }) {
  const t = useText()
  const q = useQuantities()
  const left = Math.floor(new Date(at).getTime() / 1000) - useSecond()
  return (
    <>
      {left > 0
        ? t('transfers:say.retryIn', { time: q.duration(left) })
        : t('transfers:say.retryNow')}
      {t('common:space')}
    </>
  )
}
