import type { ProfileId, TransferId } from '../../../../shared/contract/models.ts'
import type { Transfer, TransferPhase } from '../../../../shared/contract/models-transfers.ts'
import { ENDED, TROUBLE } from '../../../../shared/contract/transfer-phases.ts'
import type { Checkpoint } from '../run/checkpoint.ts'
import type { BatchJob } from '../run/jobs.ts'
import type { QueuedJob } from './job-kind.ts'
import { rowOf, type Batch, type Entry } from './queue-entry.ts'
import { openQueueCore } from './queue-core.ts'
import type { QueueOptions } from './queue-parts.ts'
import { tidyMany } from './tidy-up.ts'

/**
 * All transfers, in the order in which they were added. With a book, they outlive a restart of the
 * app.
 */
export interface TransferQueue {
  /**
   * Adds transfers and returns their ids. `checkpoint`: the state from which each of them goes on.
   * Throws Failure when the book cannot be written; then no transfer was added.
   */
  add(jobs: readonly (QueuedJob | BatchJob)[], checkpoint?: Checkpoint): readonly TransferId[]
  list(): readonly Transfer[]
  /**
   * Pauses transfers that wait or run. The bytes that were sent or received stay. Every method
   * ignores ids that are not in the queue.
   */
  pause(ids: readonly TransferId[]): void
  resume(ids: readonly TransferId[]): void
  /**
   * Takes transfers off the list at once. Resolves when nothing half-done is left on this computer
   * or in the bucket.
   */
  cancel(ids: readonly TransferId[]): Promise<void>
  /**
   * Continues transfers that failed or need something, from their checkpoint where they have one.
   */
  retry(ids: readonly TransferId[]): void
  /**
   * Starts such transfers again without a checkpoint. Bytes that were sent or received are dropped.
   */
  startOver(ids: readonly TransferId[]): Promise<void>
  /** Sets the rule for a name that is taken. 'skip' ends the transfer well. */
  decide(ids: readonly TransferId[], existing: 'skip' | 'rename' | 'replace'): void
  /** Starts uploads again whose seal was denied, without a seal. Others are left out. */
  withoutSeal(ids: readonly TransferId[]): Promise<void>
  /** Takes finished and failed transfers off the list. */
  clear(ids: readonly TransferId[]): void
  /** Continues the transfers that are in this phase: those of one profile, or all. */
  wake(phase: TransferPhase, profileId?: ProfileId): void
  /** Lets transfers run, or makes all of them stand still. */
  setOpen(open: boolean): void
  /** Returns names of rows that a batch skipped; see {@link SkippedNames}. */
  skipped(id: TransferId, offset: number, count: number): readonly string[]
  /** Returns the transfer that an upload in the bucket belongs to, or null. */
  ofUpload(uploadId: string): TransferId | null
  /** Starts transfers that have a place. Call it when the limits have changed. */
  fill(): void
  /**
   * Stops the queue. With a book, every transfer stays for the next start of the app. Without a
   * book, every transfer is cancelled.
   */
  close(): Promise<void>
}

/** Opens a queue. With a book, it has the transfers of the last start of the app. */
export function openQueue(options: QueueOptions): TransferQueue {
  const core = openQueueCore(options)
  const { entries, batches, line } = core
  const { kindOf, now, masked, book = null, skippedNames } = options

  /**
   * Calls `act` on the units of the batches with these ids, and then `many` on the batches. Calls
   * `act` on the other transfers. A batch goes on after its units: while 1,000 of its rows are in
   * trouble, it takes no further unit.
   */
  const each = (
    ids: readonly TransferId[],
    act: (entry: Entry) => void,
    many: (batch: Batch) => void = () => undefined,
  ): void => {
    for (const id of ids) {
      const batch = batches.get(id)
      if (batch !== undefined) {
        for (const child of batch.children) act(child)
        many(batch)
        core.settle(batch)
      }
      const entry = entries.get(id)
      if (entry !== undefined) act(entry)
    }
    core.fill()
  }
  const remove = async (going: readonly Entry[], many: readonly Batch[]): Promise<void> => {
    const all = [...new Set([...going, ...many.flatMap(({ children }) => [...children])])]
    // The journal has this before anybody is told: a cancelled transfer must not come back at the
    // next start of the app.
    for (const { id } of [...going.filter(({ batch }) => batch === null), ...many])
      core.quietly(() => book?.phase(id, 'leaving'))
    for (const batch of many) core.leaveBatch(batch)
    const tidied = all.map(async (entry) => {
      const { live, job } = entry
      core.leave(entry)
      live?.control.cancel()
      await live?.ended
      const saved = book?.saved(entry.id)
      const last = saved?.last() ?? null
      if (last !== null) await kindOf(job.kind).tidy(job, last, saved?.prints ?? null)
      if (entry.batch === null || many.includes(entry.batch)) book?.ended(entry.id)
      core.release(entry)
    })
    core.announcer.gone([...all, ...many].map(({ id }) => id))
    const clean = async (): Promise<void> => {
      await Promise.all(tidied)
      for (const batch of many) {
        if (book !== null) await tidyMany(batch.job, batch.id, book, kindOf)
        book?.ended(batch.id)
        core.quietly(() => skippedNames?.remove(batch.id))
        core.release(batch)
      }
    }
    const left: Promise<void> = clean().finally(() => core.leaving.delete(left))
    core.leaving.add(left)
    core.fill()
    return left
  }
  const those = (
    ids: readonly TransferId[],
    when: (one: Entry | Batch) => boolean,
  ): readonly [readonly Entry[], readonly Batch[]] => [
    ids.flatMap((id) => entries.get(id) ?? []).filter(when),
    ids.flatMap((id) => batches.get(id) ?? []).filter(when),
  ]
  const again = (entry: Entry): void => {
    if (TROUBLE.has(entry.state.shown.phase) && !line.has(entry)) core.queueUp(entry)
  }
  const goOn = (batch: Batch): void => {
    if (batch.state.shown.phase !== 'done') core.resumeBatch(batch)
  }

  const startOver = async (ids: readonly TransferId[]): Promise<void> => {
    for (const entry of ids.flatMap((id) => entries.get(id) ?? [])) {
      if (!TROUBLE.has(entry.state.shown.phase)) continue
      entry.live?.control.cancel()
      await entry.live?.ended
      const saved = book?.saved(entry.id)
      const last = saved?.last() ?? null
      if (last !== null) await kindOf(entry.job.kind).tidy(entry.job, last, saved?.prints ?? null)
      saved?.drop()
      again(entry)
    }
    core.fill()
  }

  return {
    add: (jobs, checkpoint) => {
      const ids = core.add(jobs, checkpoint)
      core.fill()
      return ids
    },
    list() {
      const rows = [...batches.values(), ...entries.values()].flatMap(
        (one) => rowOf(one, now()) ?? [],
      )
      core.announcer.listed(rows.map(({ id }) => id))
      return rows.sort((a, b) => a.order - b.order)
    },
    pause: (ids) => each(ids, core.pause, core.pauseBatch),
    resume: (ids) =>
      each(
        ids,
        (entry) => {
          if (entry.state.shown.phase === 'paused') core.queueUp(entry)
          else again(entry)
        },
        goOn,
      ),
    cancel: (ids) => remove(...those(ids, ({ state }) => state.shown.phase !== 'done')),
    retry: (ids) => each(ids, again, goOn),
    startOver,
    async withoutSeal(ids) {
      const denied = ids.flatMap((id) => entries.get(id) ?? []).filter(isDeniedSeal)
      for (const entry of denied)
        entry.job = kindOf(entry.job.kind).withoutSeal?.(entry.job) ?? entry.job
      await startOver(denied.map(({ id }) => id))
    },
    decide: (ids, existing) =>
      each(
        ids,
        (entry) => {
          const { job, state } = entry
          const taken =
            state.shown.error?.code === 'object-exists' ||
            state.shown.error?.code === 'target-exists'
          if (state.shown.phase !== 'needs-user' || !taken) return
          entry.job = kindOf(job.kind).decide?.(job, existing) ?? job
          core.queueUp(entry)
        },
        (batch) => batch.job.decide?.(existing),
      ),
    clear: (ids) =>
      void remove(
        ...those(
          ids,
          (one) => ENDED.has(one.state.shown.phase) && ('children' in one || one.live === null),
        ),
      ).catch(masked),
    wake(phase, profileId) {
      const fits = (one: Entry | Batch): boolean =>
        one.state.shown.phase === phase &&
        (profileId === undefined || one.state.shown.profileId === profileId)
      // All are found before the first one goes on. A unit that goes on changes the phase of its
      // batch, and the batch must go on too: its search for rows may have stopped.
      const ids = [...batches.values(), ...entries.values()].filter(fits).map(({ id }) => id)
      each(ids, again, goOn)
    },
    skipped: (id, offset, count) =>
      batches.has(id) ? (skippedNames?.read(id, offset, count) ?? []) : [],
    ofUpload: (uploadId) => book?.ofUpload(uploadId) ?? null,
    setOpen: core.setOpen,
    fill: core.fill,
    async close() {
      core.shut()
      if (book === null) await remove([...entries.values()], [...batches.values()])
      else {
        for (const { live } of entries.values()) live?.control.cancel('suspend')
        await Promise.all([...entries.values()].map(({ live }) => live?.ended))
      }
      await Promise.allSettled(core.leaving)
      core.announcer.close()
      skippedNames?.close()
    },
  }
}

const isDeniedSeal = ({ state }: Entry): boolean =>
  TROUBLE.has(state.shown.phase) && state.shown.error?.code === 'seal-denied'
