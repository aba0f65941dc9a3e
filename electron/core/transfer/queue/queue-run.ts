import { Failure } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { trafficLimitHeaders } from '../../oss/traffic-limit.ts'
import { openControl } from '../run/control.ts'
import { loseOne } from './queue-batch.ts'
import type { Batch, Entry } from './queue-entry.ts'
import type { Running } from '../run/running.ts'
import type { QueueCore, QueueOptions } from './queue-parts.ts'
import { snapshot } from '../run/transfer-state.ts'
import { waitsFor } from './waits-for.ts'

/** Runs a transfer from the moment it has a place until it gives the place back. */
export interface QueueRunner {
  /** Starts a transfer, or lets it go on. */
  begin(entry: Entry): void
}

/** Makes the runner of a queue. */
export function queueRunner(
  core: QueueCore,
  {
    kindOf,
    pool,
    now,
    limits,
    masked,
    unitEnded,
    book = null,
    skippedNames,
    started,
  }: QueueOptions,
): QueueRunner {
  const run = async (entry: Entry, running: Running): Promise<void> => {
    try {
      const outcome = await kindOf(entry.job.kind).run(entry.job, running)
      if (!core.entries.has(entry.id)) return
      entry.job.finished?.(entry.id, outcome)
      core.tell(entry, { t: 'done', outcome })
      if (entry.batch === null)
        core.quietly(() => book?.done(entry.id, now(), outcome, entry.state.shown.total))
      else gotOne(entry, entry.batch, outcome)
      core.release(entry)
    } catch (cause) {
      if (!running.control.isSuspended() && core.entries.has(entry.id)) fell(entry, cause)
    } finally {
      if (book === null) running.saved?.drop()
      entry.live = null
      core.line.delete(entry)
      core.active.delete(entry)
      if (entry.batch !== null) core.settle(entry.batch)
      core.fill()
    }
  }
  const gotOne = (
    entry: Entry,
    batch: Batch,
    { skipped: isSkipped, encrypted, checksum, deleted }: TransferOutcome,
  ): void => {
    const { count } = entry
    const { total } = entry.state.shown
    // The marker of a folder is not encrypted, and has no content to compare.
    const hasSum = encrypted || batch.state.shown.kind !== 'upload'
    const unsummed = !isSkipped && hasSum && checksum === 'absent' && deleted === undefined
    const { key, name } = entry.state.shown
    const left = isSkipped ? [key ?? name] : (deleted?.left ?? [])
    const skipped = isSkipped ? count : left.length
    // A count is never higher than the names can explain, also after a kill.
    if (left.length > 0) core.quietly(() => skippedNames?.add(batch.id, entry.index, left))
    core.quietly(() =>
      book?.got(batch.id, entry.index, total, { count, skipped, unsummed }, entry.id),
    )
    batch.done += count
    batch.skipped += skipped
    unitEnded?.(snapshot(entry.state, now()))
    if (unsummed) batch.unsummed = true
    core.tellBatch(batch, { t: 'part-done', part: entry.index, bytes: total })
    core.leave(entry)
    core.announcer.left(entry.id)
  }
  /** Returns the phase after a failure, its error, and the time of an automatic try. */
  const troubleOf = (entry: Entry, cause: unknown) => {
    const error = cause instanceof Failure ? cause.error : masked(cause)
    const waits = waitsFor(error)
    // Without a book nobody waits: the command line reports the error and ends.
    const phase = waits === 'needs-network' && book === null ? 'failed' : waits
    return { phase, error, retryAt: phase === 'needs-network' ? core.wentDown(entry) : null }
  }
  const fell = (entry: Entry, cause: unknown): void => {
    const trouble = troubleOf(entry, cause)
    core.tell(entry, { t: 'failed', ...trouble })
    if (entry.batch !== null && unitEnded !== undefined) {
      loseOne(entry, entry.batch, core, now(), unitEnded)
      core.announcer.left(entry.id)
    }
    if (entry.batch === null && trouble.phase === 'failed')
      core.quietly(() => book?.phase(entry.id, 'failed', trouble.error))
  }
  const stall = (entry: Entry, cause: unknown): boolean => {
    if (
      book === null ||
      core.isClosed() ||
      entry.live === null ||
      entry.live.control.cancelled.aborted ||
      !(cause instanceof Failure)
    )
      return false
    const phase = waitsFor(cause.error)
    if (
      phase !== 'needs-network' &&
      phase !== 'needs-credentials' &&
      cause.error.code !== 'disk-full'
    )
      return false
    core.active.delete(entry)
    entry.live.control.pause()
    core.tell(entry, { t: 'stalled', ...troubleOf(entry, cause) })
    if (entry.batch !== null) core.settle(entry.batch)
    queueMicrotask(core.fill)
    return true
  }
  return {
    begin(entry) {
      core.active.add(entry)
      core.tell(entry, { t: 'started' })
      if (entry.batch !== null && entry.batch.state.shown.phase !== 'running')
        core.tellBatch(entry.batch, { t: 'started' })
      if (entry.live !== null) return entry.live.control.resume()
      const control = openControl()
      const { parallel } = entry.job
      const running: Running = {
        pool,
        control,
        parallel: () => parallel ?? limits().parts,
        traffic: () => trafficLimitHeaders(limits().trafficLimit ?? 0),
        tell: (step) => core.tell(entry, step),
        saved:
          book?.saved(entry.id) ??
          (kindOf(entry.job.kind).isRecordedWhileRunning ? started?.() : undefined) ??
          null,
        stall: (cause) => stall(entry, cause),
      }
      entry.live = { control, ended: run(entry, running) }
    },
  }
}
