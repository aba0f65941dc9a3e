import { useQuery } from '@tanstack/react-query'
import type { ObjectRow } from '../../shared/contract/models.ts'
import type { SealReport } from '../../shared/contract/models-seals.ts'
import { call, names } from './core.ts'
import type { Place } from './objects.ts'

/** The verifications under way. They go on when another row is selected. */
const running = new Map<string, AbortController>()

/** The seal of one object, as far as this window verified it. */
export interface SealView {
  /** Null: not verified yet. */
  readonly report: SealReport | null
  readonly isRunning: boolean
  readonly error: unknown
  /** Reads the whole object, and judges its seal. */
  readonly verify: () => void
  readonly stop: () => void
}

/** Shows and starts the verification of one state of an object. */
export function useSeal(
  { profileId, bucket }: Pick<Place, 'profileId' | 'bucket'>,
  row: ObjectRow,
): SealView {
  const queryKey = names.seal(profileId, bucket, row)
  const name = JSON.stringify(queryKey)
  const { data, isFetching, error, refetch } = useQuery({
    queryKey,
    enabled: false,
    gcTime: Infinity,
    queryFn: async () => {
      const controller = new AbortController()
      running.set(name, controller)
      const input = { profileId, bucket, key: row.key }
      return call('seals.verify', input, controller.signal).finally(() => running.delete(name))
    },
  })
  return {
    report: data ?? null,
    isRunning: isFetching,
    error,
    verify: () => void refetch(),
    stop: () => running.get(name)?.abort(),
  }
}
