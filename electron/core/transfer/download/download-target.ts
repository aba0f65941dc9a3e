import { lstat, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../../../../shared/contract/errors.ts'
import type { DownloadCheckpoint, SavedPart } from '../run/checkpoint.ts'
import { crc64FromDecimal } from '../../../../shared/format/crc64.ts'
import { ENVELOPE_FILE_SUFFIX } from '../../../../shared/format/envelope/envelope-file.ts'
import type { ObjectHead } from '../../oss/objects.ts'
import { openSink, sinkAt, type FileSink } from '../../files/file-sink.ts'
import { identify } from '../../files/file-source.ts'
import { ensureFolder } from '../../files/target-path.ts'
import { numbered, temporaryBeside } from '../../files/place-file.ts'
import type { Content } from './content.ts'
import type { DownloadJob } from '../run/jobs.ts'
import { cipherFor, type Piece } from './pieces.ts'
import { decideDownload } from '../run/resume.ts'
import { allParts, type Running } from '../run/running.ts'

/** The file a download writes to, and what an earlier try left of it. */
export interface Target {
  /**
   * Where the file is, whole and under its real name: only the word of it was lost. Null: it is
   * not.
   */
  readonly placed: string | null
  /** Bytes of a piece of an earlier try at this very object; null: there is none to go on with. */
  pieceBytes(head: ObjectHead): number | null
  /**
   * The file to write to, and the pieces that are in it: each was summed once more, and is what OSS
   * sent.
   */
  open(
    head: ObjectHead,
    length: number,
    pieceBytes: number,
    content: Content,
    pieces: readonly Piece[],
  ): Promise<{ readonly sink: FileSink; readonly kept: readonly SavedPart[] }>
  /** Is what is there worth keeping after this failure? */
  mayGoOn(cause: unknown): boolean
  /** Removes what an earlier try left. */
  discard(): Promise<void>
}

export async function openTarget(job: DownloadJob, running: Running): Promise<Target> {
  const { path, root = null } = job
  const { saved, control } = running
  const noted = saved?.last() ?? null
  const last = noted?.kind === 'download' ? noted : null
  const placed =
    last === null ? null : await placedAs(last, path, job.raw ? ENVELOPE_FILE_SUFFIX.length : 0)
  const discard = async (): Promise<void> => {
    if (last !== null) await rm(last.temporary, { force: true }).catch(() => undefined)
    saved?.drop()
  }
  // Linked, and not unlinked yet.
  if (placed !== null) await discard()
  const sameObject = (head: ObjectHead): boolean =>
    last !== null && last.etag !== '' && last.etag === head.etag && last.size === head.size

  return {
    placed,
    discard,
    pieceBytes: (head) => (sameObject(head) ? (last?.pieceBytes ?? null) : null),
    async open(head, length, pieceBytes, content, pieces) {
      const file = last !== null && (await marked(last.temporary, last.inode)) ? 'there' : 'gone'
      const decision = decideDownload({ object: sameObject(head) ? 'same' : 'changed', file })
      if (last !== null && decision.act === 'continue') {
        await ensureFolder(dirname(path), root)
        const sink = sinkAt(last.temporary, path, length, root)
        return { sink, kept: await stillThere(running, last, content, pieces) }
      }
      if (last !== null) await discard()
      if (last !== null && decision.act === 'start-over' && decision.why !== null)
        running.tell({ t: 'restarted', why: decision.why })
      return {
        sink: await fresh(
          job,
          running,
          {
            kind: 'download',
            etag: head.etag,
            size: head.size,
            temporary: temporaryBeside(path),
            inode: '',
            pieceBytes,
            parts: [],
          },
          length,
        ),
        kept: [],
      }
    },
    mayGoOn(cause) {
      if (saved === null || (control.cancelled.aborted && !control.isSuspended())) return false
      return !(cause instanceof Failure) || !LOST.has(cause.error.code)
    },
  }
}

/** What is there is wrong, or its object is no more. */
const LOST: ReadonlySet<string> = new Set([
  'object-changed',
  'checksum',
  'message-damaged',
  'size-differs',
  'not-found',
])

/** Noted before it is made, so that no crash leaves a file that nobody knows of. */
async function fresh(
  { path, root }: DownloadJob,
  { saved }: Running,
  checkpoint: DownloadCheckpoint,
  length: number,
): Promise<FileSink> {
  await saved?.note(checkpoint)
  const sink = await openSink(path, length, { temporary: checkpoint.temporary, root: root ?? null })
  if (saved !== null) await saved.note({ ...checkpoint, inode: await markOf(checkpoint.temporary) })
  return sink
}

/**
 * Inode and time of birth: a number alone is given to another file as soon as the first is gone. ''
 * where there is none.
 */
async function markOf(path: string): Promise<string> {
  try {
    const { ino, birthtimeNs } = await lstat(path, { bigint: true })
    return `${ino}-${birthtimeNs}`
  } catch {
    return ''
  }
}

const marked = async (path: string, mark: string): Promise<boolean> =>
  mark !== '' && (await markOf(path)) === mark

/** The name it got, if it got one: it was there, or one of the numbered ones. */
async function placedAs(
  { inode }: DownloadCheckpoint,
  path: string,
  spare: number,
): Promise<string | null> {
  for (let n = 1; inode !== ''; n++) {
    const candidate = numbered(path, n, n === 1 ? 0 : spare)
    const mark = await markOf(candidate)
    if (mark === inode) return candidate
    if (mark === '') return null
  }
  return null
}

/** Pieces whose bytes in the file are, as ciphertext, what was received. */
async function stillThere(
  running: Running,
  { temporary, parts }: DownloadCheckpoint,
  content: Content,
  pieces: readonly Piece[],
): Promise<readonly SavedPart[]> {
  const noted = new Map(parts.map((part) => [part.number, part]))
  // A piece in CBC holds bytes of two, and cannot be made again from what is in the file alone.
  const known = pieces.filter((piece) => noted.has(piece.number) && piece.recipe?.kind !== 'cbc')
  const identity = await identify(temporary)
  const kept = new Map<number, SavedPart>()
  const seen = new Set<number>()
  const look = async (piece: Piece, signal: AbortSignal): Promise<void> => {
    const { crc64 } = await running.pool.run(
      {
        kind: 'sum',
        source: { path: temporary, identity },
        offset: piece.at,
        length: piece.length,
        cipher: cipherFor(content, piece.recipe),
        checksum: true,
      },
      { signal },
    )
    seen.add(piece.number)
    const part = noted.get(piece.number)
    if (part !== undefined && crc64 === crc64FromDecimal(part.crc64)) kept.set(piece.number, part)
  }
  await allParts(running, () => known.filter(({ number }) => !seen.has(number)), look)
  return [...kept.values()]
}
