import type { AppError } from '../../../../shared/contract/errors.ts'
import type { TransferId } from '../../../../shared/contract/models.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { writeCheckpoint } from '../run/checkpoint-text.ts'
import type { Journal } from '../../store/journal.ts'
import { DONE_KEPT, type Note } from './queue-notes.ts'
import { lastOf, type Entry, type Kept, type NotesRead } from './read-notes.ts'
import type { CheckpointStore } from '../run/checkpoint-store.ts'

/**
 * The queue's memory across restarts: each change is a record in the journal before anybody is told
 * of it.
 */
export interface QueueBook {
  /** As they were when the app was last open, in order. */
  restored(): readonly Kept[]
  /** All of them, or none: what was asked for at once is not half there after a crash. */
  added(
    all: readonly {
      readonly id: TransferId
      readonly order: number
      readonly at: number
      readonly record: unknown
      readonly many: boolean
    }[],
  ): void
  phase(id: TransferId, phase: 'waiting' | 'paused' | 'failed' | 'leaving', error?: AppError): void
  done(id: TransferId, at: number, outcome: TransferOutcome, bytes: number): void
  /** A unit of many ended well. Notes under its own id are dropped. */
  got(id: TransferId, index: number, bytes: number, how: HowFar, own: TransferId): void
  /** Writes the journal again with what is known of it. */
  tidy(): void
  /** It is off the list. */
  ended(id: TransferId): void
  saved(id: TransferId): CheckpointStore
  /** Numbers of those of many files of which something is noted. */
  begunOf(id: TransferId): readonly number[]
  /** Whose upload in the bucket this is. */
  ofUpload(uploadId: string): TransferId | null
  /** Resolves when all of it is on the disk. */
  durable(): Promise<void>
  close(): Promise<void>
}

/** How a unit of many ended well. `unsummed`: OSS gave no CRC-64 to compare with. */
export interface HowFar {
  /** Rows of the unit, and those among them that were left as they are. */
  readonly count: number
  readonly skipped: number
  readonly unsummed: boolean
}

/**
 * `journal`: opened with the reader that {@link readNotes} gives. `prints`: folder for those of
 * what was sent.
 */
export function openQueueBook(
  { entries, apply }: NotesRead,
  journal: Journal,
  prints: string | null,
): QueueBook {
  const write = (note: Note): void => {
    journal.append(note)
    apply(note)
    if (journal.isLong()) journal.compact(snapshot(entries))
  }
  return {
    restored: () =>
      [...entries.values()].flatMap(({ kept }) => kept ?? []).sort((a, b) => a.order - b.order),
    added: (all) => write({ t: 'all', id: '', notes: all.map((one) => ({ t: 'add', ...one })) }),
    phase: (id, phase, error) =>
      write({ t: 'phase', id, phase, ...(error !== undefined && { error }) }),
    done: (id, at, outcome, bytes) => write({ t: 'done', id, at, outcome, bytes }),
    got: (id, index, bytes, { count, skipped, unsummed }, own) => {
      write({
        t: 'got',
        id,
        n: index,
        b: bytes,
        ...(count > 1 && { c: count }),
        ...(skipped > 0 && { s: skipped }),
        ...(unsummed && { u: 1 as const }),
      })
      entries.delete(own)
    },
    tidy: () => journal.compact(snapshot(entries)),
    ended: (id) => write({ t: 'end', id }),
    saved: (id) => ({
      outlives: true,
      prints,
      last: () => lastOf(entries.get(id)),
      async note(checkpoint) {
        write({ t: 'note', id, text: writeCheckpoint(checkpoint) })
        // What goes in one request is told from others by being asked for once more: it need not
        // survive a power cut.
        if (checkpoint.way !== 'whole' || checkpoint.stage === 'proven') await journal.durable()
      },
      part: (part) => write({ t: 'part', id, part }),
      drop: () => {
        if (entries.get(id)?.checkpoint != null) write({ t: 'drop', id })
      },
    }),
    begunOf: (id) =>
      [...entries].flatMap(([own, { checkpoint }]) =>
        checkpoint !== null && own.startsWith(`${id}.`) ? [Number(own.slice(id.length + 1))] : [],
      ),
    ofUpload(uploadId) {
      // One that was begun elsewhere belongs to no transfer, also where a transfer began again in
      // its place.
      for (const [id, { checkpoint }] of entries)
        if (
          checkpoint?.started?.kind === 'upload' &&
          checkpoint.started.uploadId === uploadId &&
          checkpoint.stage !== 'foreign'
        )
          return id
      return null
    },
    durable: () => journal.durable(),
    close: () => journal.close(),
  }
}

/** The same in as few notes as it takes. Of what is done the newest are kept. */
function* snapshot(entries: ReadonlyMap<TransferId, Entry>): Generator<Note> {
  const done = [...entries.values()]
    .flatMap(({ kept }) => (kept?.phase === 'done' ? [kept] : []))
    .sort((a, b) => b.at - a.at)
  const old = new Set(done.slice(DONE_KEPT).map(({ id }) => id))
  for (const [id, entry] of entries) {
    const { kept } = entry
    if (old.has(id)) continue
    if (kept !== null) {
      const { order, at, record, files } = kept
      yield {
        t: 'add',
        id,
        order,
        at,
        record,
        many: files !== null,
        ...(files !== null && {
          got: files.done.toText(),
          skipped: files.skipped,
          bytes: files.bytes,
          ...(files.unsummed && { unsummed: true as const }),
        }),
      }
      if (kept.phase === 'done' && kept.outcome !== null)
        yield {
          t: 'done',
          id,
          at,
          outcome: kept.outcome,
          ...(kept.bytes !== null && { bytes: kept.bytes }),
        }
      else if (kept.phase !== 'waiting' && kept.phase !== 'done')
        yield {
          t: 'phase',
          id,
          phase: kept.phase,
          ...(kept.error !== null && { error: kept.error }),
        }
    }
    const last = lastOf(entry)
    if (last !== null) yield { t: 'note', id, text: writeCheckpoint(last) }
  }
}
