import { useEffect, useRef } from 'react'
import type { Place } from '../../../queries/objects.ts'
import { useFilters } from '../../../state/filters.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { say } from '../../../ui/announce.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { asOfText } from '../list/items-text.ts'
import type { ObjectRows } from '../rows/use-object-rows.ts'

/** Milliseconds between two sentences about a running search. */
const SAY_MS = 5000

/** Says how much a search has found and looked at, and how old its list is. Stops it. */
export function SearchLine({ list }: { readonly list: ObjectRows }) {
  const t = useText()
  const q = useQuantities()
  const { rows, status, sync, total } = list
  const found = rows.sums?.total ?? 0
  const isRunning = status?.listing === true
  const n = q.count(found)
  const looked = q.count(total ?? 0)
  useSaid(isRunning, t('objects:search.sayRunning', { n }), t('objects:search.sayDone', { n }))
  return (
    <div className="say2">
      <span className="medium">{t('objects:search.found', { count: found, n })}</span>
      <span className="muted cut">
        {isRunning
          ? t('objects:search.lookedSoFar', { n: looked })
          : status?.complete === true && status.asOf !== null
            ? t('objects:search.lookedAll', { n: looked, time: asOfText(q, status.asOf) })
            : t('objects:search.lookedPart', { n: looked })}
      </span>
      <span className="grow" />
      {isRunning ? (
        <Button size="sm" onClick={sync.stop}>
          {t('common:act.stop')}
          <kbd>Esc</kbd>
        </Button>
      ) : (
        <Button size="sm" icon="refresh" onClick={sync.refresh}>
          {t(status?.stopped === true ? 'objects:foot.goOn' : 'objects:search.refresh')}
        </Button>
      )}
    </div>
  )
}

/** Announces a search while it runs, and its end. */
function useSaid(isRunning: boolean, running: string, done: string): void {
  const latest = useRef({ running, done })
  const before = useRef(false)
  useEffect(() => void (latest.current = { running, done }))
  useEffect(() => {
    if (!isRunning) {
      if (before.current) say(latest.current.done)
      before.current = false
      return undefined
    }
    before.current = true
    const timer = setInterval(() => say(latest.current.running), SAY_MS)
    return () => clearInterval(timer)
  }, [isRunning])
}

/** Returns the heading of a search. */
export function useSearchTitle(place: Place): string | null {
  const t = useText()
  const { where } = useFilters()
  if (where === 'here') return null
  return where === 'profile'
    ? t('objects:search.titleAll')
    : t('objects:search.title', {
        place:
          where === 'bucket' || place.prefix === ''
            ? place.bucket
            : place.prefix.replace(/\/$/, ''),
      })
}
