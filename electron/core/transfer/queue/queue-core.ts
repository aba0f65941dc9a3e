import { randomUUID } from 'node:crypto'
import type { TransferId } from '../../../../shared/contract/models.ts'
import { openAnnouncer } from './announcer.ts'
import { openCircuit } from './circuit.ts'
import { isBatch, type BatchJob } from '../run/jobs.ts'
import type { QueuedJob } from './job-kind.ts'
import { drawFrom, newBatch, settleBatch } from './queue-batch.ts'
import type { StoredTransfer } from './read-notes.ts'
import { hasRow, hostOf, placesOf, rowOf, type Entry } from './queue-entry.ts'
import { queueRunner } from './queue-run.ts'
import type { QueueCore, QueueOptions } from './queue-parts.ts'
import { restoredSteps } from './restored-steps.ts'
import { tidyMany } from './tidy-up.ts'
import { newState, next } from '../run/transfer-state.ts'

const isWithoutNetwork = ({ state }: Entry): boolean => state.shown.phase === 'needs-network'

/** Makes the core of a queue and restores the transfers of the book. */
export function openQueueCore(options: QueueOptions): QueueCore {
  const {
    kindOf,
    now,
    limits,
    changed,
    removed,
    masked,
    unitEnded,
    book = null,
    revive = (): null => null,
    onStart = 'continue',
  } = options
  const kept = new Map<TransferId, StoredTransfer>()
  let order = 0
  let open = true
  let closed = false

  const circuit = openCircuit(now, (host) => {
    // One transfer tries the host. When the host answers, the other transfers follow.
    for (const entry of core.entries.values()) {
      if (entry.state.shown.phase !== 'needs-network' || hostOf(entry) !== host) continue
      core.queueUp(entry)
      return core.fill()
    }
    cameBack(host)
  })
  const cameBack = (host: string): void => {
    if (!circuit.up(host)) return
    for (const entry of core.entries.values())
      if (entry.state.shown.phase === 'needs-network' && hostOf(entry) === host) core.queueUp(entry)
    for (const batch of core.batches.values())
      if (!batch.paused && batch.state.shown.phase !== 'done' && hostOf(batch) === host)
        core.resumeBatch(batch)
    queueMicrotask(core.fill)
  }
  const room = (places: number): boolean => {
    let used = 0
    for (const entry of core.active) used += placesOf(entry.job, kindOf)
    return used === 0 || used + places <= Math.max(1, limits().files)
  }
  const put = (
    job: QueuedJob | BatchJob,
    id: TransferId,
    at: number,
    of: StoredTransfer | null,
  ): void => {
    if (isBatch(job)) {
      const batch = newBatch(id, job, order++, at, of)
      core.batches.set(id, batch)
      batch.off = job.onFound(() => {
        if (!batch.paused && batch.state.shown.phase !== 'done') core.batchLine.add(batch)
        core.settle(batch)
        core.fill()
      })
      core.batchLine.add(batch)
    } else {
      const entry: Entry = {
        id,
        job,
        state: newState(id, job, kindOf(job.kind).shown(job), order++, at),
        live: null,
        released: false,
        batch: null,
        index: 0,
        count: 1,
      }
      core.entries.set(id, entry)
      core.line.add(entry)
    }
    core.announcer.touch(id)
  }

  const core: QueueCore = {
    entries: new Map(),
    batches: new Map(),
    line: new Set(),
    batchLine: new Set(),
    active: new Set(),
    leaving: new Set(),
    announcer: openAnnouncer({
      changed,
      removed,
      shown: (id) => {
        const one = core.batches.get(id) ?? core.entries.get(id)
        return one === undefined ? null : rowOf(one, now())
      },
      running: () => [...new Set([...core.active].map(({ id, batch }) => batch?.id ?? id))],
    }),
    quietly(write) {
      try {
        write()
      } catch (cause) {
        masked(cause)
      }
    },
    tellBatch(batch, step) {
      batch.state = next(batch.state, step, now())
      core.announcer.touch(batch.id)
    },
    tell(entry, step) {
      const had = hasRow(entry)
      entry.state = next(entry.state, step, now())
      const { batch, index, state } = entry
      if ((step.t === 'part-done' || step.t === 'done') && circuit.isDown(hostOf(entry)))
        cameBack(hostOf(entry))
      if (batch !== null) {
        let moved = state.settled
        for (const bytes of state.moving.values()) moved += bytes
        if (moved !== (batch.state.moving.get(index) ?? 0))
          core.tellBatch(batch, { t: 'moved', part: index, bytes: moved })
      }
      if (!core.entries.has(entry.id)) return
      if (hasRow(entry)) core.announcer.touch(entry.id)
      else if (had) core.announcer.left(entry.id)
    },
    queueUp(entry) {
      core.tell(entry, { t: 'waiting' })
      core.line.add(entry)
      if (entry.batch === null) core.quietly(() => book?.phase(entry.id, 'waiting'))
      else core.settle(entry.batch)
    },
    fill() {
      if (closed || !open) return
      for (const entry of core.line) {
        if (!room(placesOf(entry.job, kindOf))) return
        core.line.delete(entry)
        runner.begin(entry)
      }
      for (const batch of core.batchLine)
        if (
          !drawFrom(batch, {
            core,
            kindOf,
            kept: kept.get(batch.id) ?? null,
            now,
            room,
            begin: runner.begin,
            ...(unitEnded !== undefined && { unitEnded }),
          })
        )
          return
    },
    pause(entry) {
      if (!core.line.has(entry) && entry.state.shown.phase !== 'running') return
      core.line.delete(entry)
      core.active.delete(entry)
      entry.live?.control.pause()
      core.tell(entry, { t: 'paused' })
      if (entry.batch === null) core.quietly(() => book?.phase(entry.id, 'paused'))
    },
    pauseBatch(batch) {
      if (batch.state.shown.phase === 'done') return
      batch.paused = true
      batch.job.hold?.(true)
      core.batchLine.delete(batch)
      core.tellBatch(batch, { t: 'paused' })
      core.quietly(() => book?.phase(batch.id, 'paused'))
    },
    resumeBatch(batch) {
      batch.paused = false
      batch.handedOut = false
      batch.job.hold?.(false)
      // No unit waits for the host, so the search for rows is the next try.
      if (![...batch.children].some(isWithoutNetwork)) circuit.up(hostOf(batch))
      core.batchLine.add(batch)
      core.tellBatch(batch, { t: 'waiting' })
      for (const child of batch.children)
        if (child.state.shown.phase === 'paused') core.queueUp(child)
      core.quietly(() => book?.phase(batch.id, 'waiting'))
    },
    leave(entry) {
      core.entries.delete(entry.id)
      entry.batch?.children.delete(entry)
      core.line.delete(entry)
    },
    leaveBatch(batch) {
      core.batches.delete(batch.id)
      core.batchLine.delete(batch)
      batch.off()
    },
    release(one) {
      if (one.released) return
      one.released = true
      one.job.released?.(one.id)
    },
    settle: (batch) =>
      settleBatch(batch, core, {
        mayWait: book !== null,
        ended: (outcome) =>
          core.quietly(() => book?.done(batch.id, now(), outcome, batch.state.shown.total)),
      }),
    wentDown: (entry) => circuit.down(hostOf(entry)),
    isDown: (one) => circuit.isDown(hostOf(one)),
    add(jobs, checkpoint) {
      const made = jobs.map((job) => ({ job, id: randomUUID() }))
      try {
        // Transfers are in the journal before they start. A transfer that is not in the journal
        // must leave nothing in the bucket.
        const kept = made.flatMap(({ job, id }, i) =>
          job.record === undefined
            ? []
            : [{ id, order: order + i, at: now(), record: job.record, many: isBatch(job) }],
        )
        if (kept.length > 0) book?.added(kept)
        for (const { id } of made) {
          // The first checkpoint is written in the background. No later step depends on its time.
          if (checkpoint !== undefined) book?.saved(id).note(checkpoint).catch(masked)
        }
      } catch (cause) {
        for (const { id } of made) core.quietly(() => book?.ended(id))
        throw cause
      }
      for (const { job, id } of made) put(job, id, now(), null)
      return made.map(({ id }) => id)
    },
    setOpen(isOpen) {
      open = isOpen
      for (const entry of isOpen ? [] : [...core.active]) {
        core.active.delete(entry)
        entry.live?.control.pause()
        core.tell(entry, { t: 'waiting' })
        core.line.add(entry)
      }
      core.fill()
    },
    isClosed: () => closed,
    shut() {
      closed = true
      circuit.close()
    },
  }
  const runner = queueRunner(core, options)

  /** Tidies up after a transfer that was cancelled before the app ended. */
  const left = async (id: TransferId, job: QueuedJob | BatchJob): Promise<void> => {
    if (book === null) return
    const saved = book.saved(id)
    const last = saved.last()
    if (isBatch(job)) await tidyMany(job, id, book, kindOf)
    else if (last !== null) await kindOf(job.kind).tidy(job, last, saved.prints)
    book.ended(id)
    core.quietly(() => options.skippedNames?.remove(id))
    job.released?.(id)
  }

  /** Restores a transfer as it was when the app was last open. */
  const restore = (one: StoredTransfer): void => {
    const job = revive(one.record, one.files?.done.end())
    if (job === null) return book?.ended(one.id)
    if (one.phase === 'leaving')
      return void core.leaving.add(left(one.id, job).catch((cause) => void masked(cause)))
    kept.set(one.id, one)
    put(job, one.id, one.at, one)
    const [entry, batch] = [core.entries.get(one.id), core.batches.get(one.id)]
    const still = one.phase === 'paused' || (onStart === 'paused' && one.phase === 'waiting')
    const steps = restoredSteps(one, still)
    if (steps.length === 0) return
    if (batch !== undefined) {
      batch.paused = still
      batch.job.hold?.(still)
      core.batchLine.delete(batch)
      for (const step of steps) batch.state = next(batch.state, step, one.at)
    } else if (entry !== undefined) {
      core.line.delete(entry)
      for (const step of steps) entry.state = next(entry.state, step, one.at)
    }
    if (one.phase === 'done') core.release(batch ?? (entry as Entry))
  }
  for (const one of book?.restored() ?? []) restore(one)
  if (core.entries.size + core.batches.size > 0) queueMicrotask(core.fill)
  return core
}
