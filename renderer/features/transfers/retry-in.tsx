import { useSecond } from '../../text/clock.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'

/** Counts down to the next automatic try. It draws alone, every second. `at`: ISO 8601. */
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
