import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openJournal } from '../../store/journal.ts'
import { keptCopy, setAside, setAsideUnlessFile, type ReportDamage } from '../../store/set-aside.ts'
import { openQueueBook, type QueueBook } from '../../transfer/queue/queue-book.ts'
import { readNotes } from '../../transfer/queue/read-notes.ts'
import { isOfLaterVersion } from '../../transfer/run/checkpoint-text.ts'
import { noteOf, type Note } from '../../transfer/queue/queue-notes.ts'
import { jobRecordOf } from '../kinds/kinds.ts'

/** Where the queue's journal and the lists of its batches are. */
export interface QueueMemory {
  /** Null: this shell's transfers end with it. */
  readonly book: QueueBook | null
  readonly folder: string
  /** Where the prints of what was sent are, of every shell. */
  readonly prints: string
  close(): Promise<void>
}

/**
 * Thousands of small files are noted in a second, and writing anew waits for the disk; reading so
 * much takes a moment.
 */
const LONG_BYTES = 16 * 1024 * 1024

/**
 * `keeps` false: for a shell that shares the folder with one that keeps a queue; its lists go into
 * a folder of its own. Lists that no transfer has any more are removed: only an app that was killed
 * leaves some. A journal that is damaged, or holds records that do not fit, is kept beside and told
 * of; the other records stay. Throws Failure when it cannot be made.
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
    const job = jobRecordOf(record)
    if (job !== null && job.listId !== null) lists.add(job.listId)
    if (job !== null) continue
    unknown += 1
    book.ended(id)
  }
  // All of it is kept beside; the journal is written again with what was understood, so that the
  // next start tells nothing of it.
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
  return { book, folder, prints, close: () => book.close() }
}

/** The list of a transfer of many, and what else is stored of it under the same name. */
const LIST_FILE = /\.(list|names)$/

/** Its transfer starts over, and what the later version noted of it is in the copy that is kept. */
const hasLaterCheckpoint = (note: Note): boolean =>
  note.t === 'all'
    ? note.notes.some(hasLaterCheckpoint)
    : note.t === 'note' && isOfLaterVersion(note.text)

/** One that cannot be opened is set aside too. */
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

/** False where it throws: a record of another shape must cost itself alone. */
function fits(apply: () => void): boolean {
  try {
    apply()
    return true
  } catch {
    return false
  }
}

/** Is there a process of this number? */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}
