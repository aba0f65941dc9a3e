import { create } from 'zustand'
import type { AppError } from '../../shared/contract/errors.ts'
import type { SealState } from '../../shared/contract/models-seals.ts'
import type { SealStepResult, VerifiedKey } from '../../shared/contract/models-seal-steps.ts'
import { call } from '../queries/core.ts'
import type { Place } from '../queries/objects.ts'
import { errorOf } from '../text/error-of.ts'

/** Objects of one step. A stop waits for none of them. */
const STEP = 20
/** The most findings that are listed; all are counted. */
const MOST_FINDINGS = 10_000

export type VerifyCounts = Readonly<Record<SealState | 'young', number>>

/** The verification of all objects below a place. It ends with the window. */
export interface VerifyRun {
  readonly place: Place
  readonly phase: 'running' | 'stopped' | 'done'
  /** The objects so far, by the state of their seal. 'young': uploaded a moment ago. */
  readonly counts: VerifyCounts
  /** The objects that are not as they were sealed, or whose seal could not be checked. */
  readonly findings: readonly VerifiedKey[]
  /** The key behind which the run continues. */
  readonly after: string
  /** Envelopes so far that no key opened. */
  readonly unopened: number
  /** ISO 8601. */
  readonly started: string
  readonly error: AppError | null
}

const useRuns = create<{ readonly run: VerifyRun | null }>(() => ({ run: null }))
const setRun = (run: VerifyRun): void => useRuns.setState({ run })
let control = new AbortController()

/** Returns the run that verifies this place; null where no run was started. */
export const useVerifyRun = (place: Place): VerifyRun | null => {
  const run = useRuns((runs) => runs.run)
  return run !== null && idOf(run.place) === idOf(place) ? run : null
}

/** Starts a run at a place. A run at another place is stopped. */
export function startVerify(place: Place): void {
  const counts = { intact: 0, changed: 0, moved: 0, unsealed: 0, unknown: 0, young: 0 }
  const started = new Date().toISOString()
  void runOn({ place, counts, started, ...FIRST })
}

/** Continues a run behind the last object that it judged. */
export function continueVerify(run: VerifyRun): void {
  void runOn({ ...run, phase: 'running', error: null })
}

export function stopVerify(): void {
  control.abort()
  const { run } = useRuns.getState()
  if (run?.phase === 'running') setRun({ ...run, phase: 'stopped' })
}

const FIRST = { phase: 'running', findings: [], after: '', unopened: 0, error: null } as const

async function runOn(from: VerifyRun): Promise<void> {
  control.abort()
  control = new AbortController()
  const { signal } = control
  const { profileId, bucket, prefix } = from.place
  let run = from
  setRun(run)
  try {
    for (let after: string | null = run.after; after !== null && !signal.aborted;) {
      const step = { profileId, bucket, prefix, shard: null, count: STEP }
      const { unopened } = run
      const result: Step = await call('seals.verifyStep', { ...step, after, unopened }, signal)
      if (signal.aborted) return
      after = result.after
      run = { ...withObjects(run, result.objects), unopened: result.unopened }
      run = after === null ? { ...run, phase: 'done' } : { ...run, after }
      setRun(run)
    }
  } catch (cause) {
    if (!signal.aborted) setRun({ ...run, phase: 'stopped', error: errorOf(cause) })
  }
}

function withObjects(run: VerifyRun, objects: readonly VerifiedKey[]): VerifyRun {
  const counts = { ...run.counts }
  for (const { isYoung, state } of objects) counts[isYoung ? 'young' : state] += 1
  const found = objects.filter(
    ({ isYoung, state }) => !isYoung && state !== 'intact' && state !== 'unsealed',
  )
  return { ...run, counts, findings: [...run.findings, ...found].slice(0, MOST_FINDINGS) }
}

type Step = SealStepResult<VerifiedKey>

const idOf = ({ profileId, bucket, prefix }: Place): string =>
  JSON.stringify([profileId, bucket, prefix])
