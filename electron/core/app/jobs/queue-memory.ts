import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openJournal } from '../../store/journal.ts'
import { keptCopy, setAside, setAsideUnlessFile, type ReportDamage } from '../../store/set-aside.ts'
import { openQueueBook, type QueueBook } from '../../transfer/queue/queue-book.ts'
import { readNotes } from '../../transfer/queue/read-notes.ts'
import { isOfLaterVersion } from '../../transfer/run/checkpoint-text.ts'
import { noteOf, type Note } from '../../transfer/queue/queue-notes.ts'
import { openSkippedNames, type SkippedNames } from '../../transfer/queue/skipped-names.ts'
import { jobRecordOf } from '../kinds/kinds.ts'

/** The queue's journal and the folder of its batches' lists. */
export interface QueueMemory {
  /** Null: the transfers of this shell end with it. */
  readonly book: QueueBook | null
  readonly folder: string
  /** The names of the rows that batches skipped; null where there is no book. */
  readonly skippedNames: SkippedNames | null
  /** The folder of the prints of sent bytes, for every shell. */
  readonly prints: string
  close(): Promise<void>
}

/**
 * The size at which the journal is written again, in bytes. Thousands of small files may be noted
 * in a second, and the writing waits for the disk. Reading a journal of this size takes a moment.
 */
const LONG_BYTES = 16 * 1024 * 1024

/**
 * Opens the queue's journal and removes the lists that no transfer has. Only a killed app leaves
 * such lists. `keeps` false: the shell has no queue and shares the folder with a shell that has
 * one. Its lists are in a folder of its own.
 * A copy of a journal with damaged or unknown records is saved beside it and reported. The other
 * records stay. Throws Failure when the journal cannot be made.
 */
export function openQueueMemory(
  dataDirectory: string,
  keeps: boolean,
  told: ReportDamage,
): QueueMemory {
  const folder = join(dataDirectory, 'queue')
  const prints = join(dataDirectory, 'prints')
  if (!keeps) {
    const own = join(folder, `run-${process.pid}`)
    return {
      book: null,
      skippedNames: null,
      folder: own,
      prints,
      close: async () => rmSync(own, { recursive: true, force: true }),
    }
  }
  const notes = readNotes()
  const path = join(folder, 'journal.jsonl')
  const wrong = setAsideUnlessFile(path)
  if (wrong !== null) told(wrong)
  let unknown = 0
  const { journal, kept } = openQueueJournal(path, told, (record) => {
    const note = noteOf(record)
    if (note === null || !fits(() => notes.apply(note)) || hasLaterCheckpoint(note)) unknown += 1
  })
  const book = openQueueBook(notes, journal, prints)
  const lists = new Set<string>()
  for (const { id, record } of book.restored()) {
    lists.add(id)
    const job = jobRecordOf(record)
    if (job !== null && job.listId !== null) lists.add(job.listId)
    if (job !== null) continue
    unknown += 1
    book.ended(id)
  }
  // A copy with all records is saved. The journal is written again with the known records, so that
  // the next start reports nothing.
  const copied = kept ?? (unknown > 0 ? keptCopy(path) : null)
  if (copied !== null) {
    told(copied)
    book.tidy()
  }
  const isLeft = (name: string): boolean =>
    LIST_FILE.test(name)
      ? !lists.has(name.slice(0, name.indexOf('.')))
      : name.startsWith('run-') && !isAlive(Number(name.slice(4)))
  for (const name of readdirSync(folder).filter(isLeft))
    rmSync(join(folder, name), { recursive: true, force: true })
  return { book, folder, skippedNames: openSkippedNames(folder), prints, close: () => book.close() }
}

/** The list of a batch, the files that are stored under the same name, and its skipped names. */
const LIST_FILE = /\.(list|names|skipped)$/

/**
 * Says whether a note has a checkpoint of a later version. Its transfer starts over, and the copy
 * holds the later version's note.
 */
const hasLaterCheckpoint = (note: Note): boolean =>
  note.t === 'all'
    ? note.notes.some(hasLaterCheckpoint)
    : note.t === 'note' && isOfLaterVersion(note.text)

/** Opens the journal. A journal that cannot be opened is set aside too. */
function openQueueJournal(
  path: string,
  told: ReportDamage,
  read: (record: unknown) => void,
): ReturnType<typeof openJournal> {
  try {
    return openJournal(path, read, LONG_BYTES)
  } catch (cause) {
    if (!existsSync(path)) throw cause
    told(setAside(path))
    return openJournal(path, read, LONG_BYTES)
  }
}

/**
 * Says whether a record can be applied. A record of another shape must not cost the other records.
 */
function fits(apply: () => void): boolean {
  try {
    apply()
    return true
  } catch {
    return false
  }
}

/** Says whether a process with this number exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}
