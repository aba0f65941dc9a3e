import { randomUUID } from 'node:crypto'
import { Failure, type AppError } from '../../../shared/contract/errors.ts'
import type { TransferId } from '../../../shared/contract/models.ts'
import type { Transfer, TransferOutcome } from '../../../shared/contract/models-transfers.ts'
import { openAnnouncer } from './announcer.ts'
import { openControl, type Control } from './control.ts'
import { copyObjectJob } from './copy-object.ts'
import { decryptFile } from './decrypt-file.ts'
import { download } from './download.ts'
import type { Job } from './jobs.ts'
import type { PartPool } from './part-pool.ts'
import type { Running } from './running.ts'
import { newState, next, snapshot, type Step, type TransferState } from './transfer-state.ts'
import { upload } from './upload.ts'

/** All transfers of this session, in the order they were added. */
export interface TransferQueue {
  add(jobs: readonly Job[]): readonly TransferId[]
  list(): readonly Transfer[]
  /** Those that wait or run stand still; what is half sent or received is kept. Ids that are not here are ignored, everywhere. */
  pause(ids: readonly TransferId[]): void
  resume(ids: readonly TransferId[]): void
  /** Takes them off the list at once. Resolves when nothing half-done is left, here or in the bucket. */
  cancel(ids: readonly TransferId[]): Promise<void>
  /** Failed ones, and those that need the user, from the start. */
  retry(ids: readonly TransferId[]): void
  /** Takes finished and failed ones off the list. */
  clear(ids: readonly TransferId[]): void
  /** Cancels everything and waits for it. */
  close(): Promise<void>
}

interface QueueOptions {
  readonly pool: PartPool
  /** Milliseconds since 1970. */
  now(): number
  /** Transfers, and parts of one transfer, at the same time. Asked whenever something could start. */
  limits(): { readonly files: number; readonly parts: number }
  /** What changed, at most four times a second. */
  changed(transfers: readonly Transfer[]): void
  removed(ids: readonly TransferId[]): void
  /** A thrown bug → the error that may be shown. */
  masked(cause: unknown): AppError
}

interface Entry {
  readonly id: TransferId
  readonly job: Job
  state: TransferState
  /** While it runs or is paused half-way; null before its start and after its end. */
  live: { readonly control: Control; readonly ended: Promise<void> } | null
  released: boolean
}

export function openQueue({ pool, now, limits, changed, removed, masked }: QueueOptions): TransferQueue {
  const entries = new Map<TransferId, Entry>()
  /** In line: to be started, or to go on. */
  const line = new Set<Entry>()
  /** Taking up one of the `files` places. */
  const active = new Set<Entry>()
  /** Cancelled ones that are still tidying up. */
  const leaving = new Set<Promise<void>>()
  const announcer = openAnnouncer({ shown: (id) => shownOf(entries.get(id)), changed, running: () => [...active].map(({ id }) => id) })
  let order = 0
  let closed = false

  const shownOf = (entry: Entry | undefined): Transfer | null => (entry === undefined ? null : snapshot(entry.state, now()))
  const tell = (entry: Entry, step: Step): void => {
    entry.state = next(entry.state, step, now())
    if (entries.has(entry.id)) announcer.touch(entry.id)
  }
  const each = (ids: readonly TransferId[], act: (entry: Entry) => void): void => {
    for (const id of ids) {
      const entry = entries.get(id)
      if (entry !== undefined) act(entry)
    }
    fill()
  }
  const queueUp = (entry: Entry): void => {
    tell(entry, { t: 'waiting' })
    line.add(entry)
  }

  /** Gives free places to those in line. */
  const fill = (): void => {
    for (const entry of line) {
      if (closed || active.size >= Math.max(1, limits().files)) return
      line.delete(entry)
      active.add(entry)
      tell(entry, { t: 'started' })
      if (entry.live === null) start(entry)
      else entry.live.control.resume()
    }
  }

  const start = (entry: Entry): void => {
    const control = openControl()
    const { parallel } = entry.job
    const running: Running = { pool, control, parallel: () => parallel ?? limits().parts, tell: (step) => tell(entry, step) }
    entry.live = { control, ended: run(entry, running) }
  }

  const run = async (entry: Entry, running: Running): Promise<void> => {
    try {
      const outcome = await carryOut(entry.job, running)
      if (entries.has(entry.id)) entry.job.finished?.(entry.id, outcome)
      tell(entry, { t: 'done', outcome })
      release(entry)
    } catch (cause) {
      tell(entry, { t: 'failed', error: cause instanceof Failure ? cause.error : masked(cause) })
    } finally {
      entry.live = null
      line.delete(entry)
      active.delete(entry)
      fill()
    }
  }

  const release = (entry: Entry): void => {
    if (entry.released) return
    entry.released = true
    entry.job.released?.(entry.id)
  }

  const remove = async (going: readonly Entry[]): Promise<void> => {
    for (const entry of going) {
      entries.delete(entry.id)
      line.delete(entry)
      entry.live?.control.cancel()
    }
    if (going.length > 0) removed(going.map(({ id }) => id))
    const tidied = going.map(async (entry) => {
      await entry.live?.ended
      release(entry)
    })
    const all = Promise.all(tidied).then(() => void leaving.delete(all))
    leaving.add(all)
    fill()
    return all
  }
  const those = (ids: readonly TransferId[], when: (entry: Entry) => boolean): readonly Entry[] =>
    ids.flatMap((id) => entries.get(id) ?? []).filter(when)

  return {
    add(jobs) {
      const ids = jobs.map((job) => {
        const entry: Entry = { id: randomUUID(), job, state: null as never, live: null, released: false }
        entry.state = newState(entry.id, job, order++, now())
        entries.set(entry.id, entry)
        line.add(entry)
        announcer.touch(entry.id)
        return entry.id
      })
      fill()
      return ids
    },
    list: () => [...entries.values()].map((entry) => snapshot(entry.state, now())),
    pause: (ids) => each(ids, (entry) => {
      if (!line.has(entry) && entry.state.shown.phase !== 'running') return
      line.delete(entry)
      active.delete(entry)
      entry.live?.control.pause()
      tell(entry, { t: 'paused' })
    }),
    resume: (ids) => each(ids, (entry) => {
      if (entry.state.shown.phase === 'paused') queueUp(entry)
    }),
    cancel: (ids) => remove(those(ids, (entry) => entry.state.shown.phase !== 'done')),
    retry: (ids) => each(ids, (entry) => {
      const { phase } = entry.state.shown
      if (entry.live === null && (phase === 'failed' || phase === 'needs-user')) queueUp(entry)
    }),
    clear: (ids) => void remove(those(ids, ({ live, state: { shown } }) => live === null && ENDED.has(shown.phase))),
    async close() {
      closed = true
      await remove([...entries.values()])
      await Promise.all(leaving)
      announcer.close()
    },
  }
}

const ENDED: ReadonlySet<Transfer['phase']> = new Set(['done', 'failed', 'needs-user'])

function carryOut(job: Job, running: Running): Promise<TransferOutcome> {
  switch (job.kind) {
    case 'upload':
      return upload(job, running)
    case 'download':
      return download(job, running)
    case 'decrypt':
      return decryptFile(job, running)
    case 'copy':
      return copyObjectJob(job, running)
  }
}
