import type { Step } from '../run/transfer-state.ts'
import type { StoredTransfer } from './read-notes.ts'
import { waitsFor } from './waits-for.ts'

/**
 * Returns the steps from a new state to the state of the transfer in the journal; no steps for a
 * transfer that goes on. `still`: the transfer waits for the user.
 */
export function restoredSteps(one: StoredTransfer, still: boolean): readonly Step[] {
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
  // The list of a batch that is done is gone. Its outcome has the counts.
  if (many !== undefined) {
    const { objects, skipped } = many
    const counts = { total: objects, counting: false, done: objects, skipped, failed: 0 }
    return [{ t: 'counted', total: bytes ?? 0, files: counts }, last]
  }
  // The record of an object may have no size.
  return bytes === null || files !== null
    ? [last]
    : [{ t: 'planned', total: bytes, parts: 1, keyName: null }, last]
}
