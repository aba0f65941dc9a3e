import { Failure, type AppError } from '../../../../shared/contract/errors.ts'
import type {
  IndexFilter,
  IndexScope,
  StatesProgress,
} from '../../../../shared/contract/models-index.ts'
import type { ProfileId } from '../../../../shared/contract/models.ts'
import type { Indexes } from '../../index/indexes.ts'
import type { RowsQuery } from '../../index/port.ts'
import type { Emitter } from '../events.ts'
import type { ObjectStates } from '../objects/object-states.ts'
import type { Listings } from './listings.ts'

/** Objects of one step of a look for states. */
const AT_ONCE = 200
/** Milliseconds between two events. */
const TELL_EVERY_MS = 250

interface Needs {
  readonly indexes: Indexes
  readonly states: ObjectStates
  readonly emitter: Emitter
  readonly listings: Pick<Listings, 'rowsChanged'>
  readonly masked: (cause: unknown) => AppError
}

/** The look for encryption states of a profile, one at a time. */
export interface StateRuns {
  start(scope: IndexScope, filter: IndexFilter, budget: number): Promise<StatesProgress>
  stop(profileId: ProfileId): Promise<void>
  close(): Promise<void>
}

export function openStateRuns({ indexes, states, emitter, listings, masked }: Needs): StateRuns {
  interface Run {
    readonly scope: IndexScope
    readonly control: AbortController
    progress: StatesProgress
    work: Promise<void>
    told: number
  }
  const runs = new Map<ProfileId, Run>()

  const tell = ({ scope: { profileId, bucket, prefix }, progress }: Run): void =>
    emitter.emit('index.changed', { profileId, bucket, prefix, sync: null, states: progress })
  const look = async (run: Run, filter: IndexFilter): Promise<void> => {
    const { scope, control } = run
    const index = await indexes.of(scope.profileId)
    const query: RowsQuery = {
      scope,
      sort: { by: 'path', down: false },
      filter: { ...filter, states: ['unknown'] },
      keyOrder: [],
      mayBeOld: false,
    }
    // Objects that cannot be looked at stay unknown, and come first from then on.
    for (let passed = 0; run.progress.requests < run.progress.budget;) {
      const most = Math.min(AT_ONCE, run.progress.budget - run.progress.requests)
      const { rows, files } = await index.query(query, passed, most)
      run.progress = { ...run.progress, unknown: files }
      if (rows.length === 0) return
      const bucket = rows[0]?.bucket ?? ''
      const some = rows.filter((row) => row.bucket === bucket)
      const looks = await states.states(
        { profileId: scope.profileId, bucket },
        some,
        control.signal,
      )
      const found = looks.flatMap((look) => look.found ?? [])
      const known = await index.upsert(bucket, [], found)
      passed += some.length - known
      const requests = run.progress.requests + looks.filter(({ isAsked }) => isAsked).length
      run.progress = { ...run.progress, requests, unknown: files - known }
      if (performance.now() - run.told < TELL_EVERY_MS) continue
      run.told = performance.now()
      tell(run)
      await listings.rowsChanged(scope.profileId, bucket)
    }
  }
  const stop = async (profileId: ProfileId): Promise<void> => {
    const run = runs.get(profileId)
    run?.control.abort()
    await run?.work
  }
  return {
    async start(scope, filter, budget) {
      // An unknown profile is refused at once.
      await indexes.of(scope.profileId)
      await stop(scope.profileId)
      const run: Run = {
        scope,
        control: new AbortController(),
        progress: { running: true, requests: 0, budget, unknown: 0, error: null },
        work: Promise.resolve(),
        told: performance.now(),
      }
      runs.set(scope.profileId, run)
      run.work = look(run, filter)
        .catch((cause: unknown) => {
          if (run.control.signal.aborted) return
          const error = cause instanceof Failure ? cause.error : masked(cause)
          run.progress = { ...run.progress, error }
        })
        .then(async () => {
          run.progress = { ...run.progress, running: false }
          tell(run)
          if (scope.bucket !== null) await listings.rowsChanged(scope.profileId, scope.bucket)
        })
        .catch((cause: unknown) => void masked(cause))
      return run.progress
    },
    stop,
    async close() {
      await Promise.all([...runs.keys()].map(stop))
    },
  }
}
