import type { Step } from '../run/transfer-state.ts'
import type { Kept } from './read-notes.ts'
import { waitsFor } from './waits-for.ts'

/**
 * Returns the steps that bring a new state to where the transfer was when the app was last open;
 * none for one that goes on. `still`: it waits for the user.
 */
export function restoredSteps(one: Kept, still: boolean): readonly Step[] {
  const { phase, outcome, error, bytes, files } = one
  const over: Step | null =
    phase === 'done' && outcome !== null
      ? { t: 'done', outcome }
      : phase === 'failed' && error !== null
        ? { t: 'failed', phase: waitsFor(error), error, retryAt: null }
        : null
  const last: Step | null = over ?? (still ? { t: 'paused' } : null)
  if (last === null) return []
  const many = outcome?.many
  // The list of many that are done is gone; their numbers are in the outcome.
  if (many !== undefined) {
    const { objects, skipped } = many
    const counts = { total: objects, counting: false, done: objects, skipped, failed: 0 }
    return [{ t: 'counted', total: bytes ?? 0, files: counts }, last]
  }
  // The record of one object may not have known its size.
  return bytes === null || files !== null
    ? [last]
    : [{ t: 'planned', total: bytes, parts: 1, keyName: null }, last]
}
