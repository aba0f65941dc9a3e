import { lstat, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../../../../shared/contract/errors.ts'
import {
  newCheckpoint,
  type Checkpoint,
  type SavedEntity,
  type SavedPart,
  type SavedPieces,
  type StartedFile,
} from '../run/checkpoint.ts'
import { crc64FromDecimal } from '../../../../shared/format/crc64.ts'
import { ENVELOPE_FILE_SUFFIX } from '../../../../shared/format/envelope/envelope-file.ts'
import type { ObjectHead } from '../../oss/objects.ts'
import { openSink, sinkAt, type FileSink } from '../../files/file-sink.ts'
import { identify } from '../../files/file-source.ts'
import { ensureFolder } from '../../files/target-path.ts'
import { numberedPath, temporaryBeside } from '../../files/place-file.ts'
import type { Content } from './content.ts'
import type { DownloadJob } from '../run/jobs.ts'
import { cipherFor, type ContentPiece } from './pieces.ts'
import { decideDownload } from '../run/resume.ts'
import { allParts, type Running } from '../run/running.ts'
import type { SealCheck } from '../run/stored-seal.ts'

/** The file that a download writes to, with what an earlier attempt left of it. */
export interface DownloadTarget {
  /** Path of the whole file under its real name, where only the last note was lost; else null. */
  readonly placed: string | null
  /**
   * Bytes of a piece of an earlier attempt at this very object; null: nothing goes on. Pieces that
   * are no multiple of `unit` bytes do not go on either.
   */
  pieceBytes(head: ObjectHead, unit: number): number | null
  /**
   * Opens the file to write to, and finds the pieces that are in it. Each of them was summed again,
   * and is what OSS sent. `seal` gets their leaves.
   */
  open(
    head: ObjectHead,
    length: number,
    pieceBytes: number,
    content: Content,
    pieces: readonly ContentPiece[],
    seal: SealCheck | null,
  ): Promise<{ readonly sink: FileSink; readonly kept: readonly SavedPart[] }>
  /** Tells whether the download may go on after this failure. */
  mayGoOn(cause: unknown): boolean
  /** Removes the file and the note of an earlier attempt. */
  discard(): Promise<void>
}

/** Looks at what an earlier attempt at this download left. */
export async function openDownloadTarget(
  job: DownloadJob,
  running: Running,
): Promise<DownloadTarget> {
  const { path, root = null } = job
  const { saved, control } = running
  const last = startedDownload(saved?.last() ?? null)
  const placed =
    last === null
      ? null
      : await placedAs(last.file.mark, path, job.raw ? ENVELOPE_FILE_SUFFIX.length : 0)
  const discard = async (): Promise<void> => {
    if (last !== null) await rm(last.file.temporary, { force: true }).catch(() => undefined)
    saved?.drop()
  }
  // The file has its name, and its hidden name was not removed yet.
  if (placed !== null) await discard()
  const sameObject = (head: ObjectHead): boolean =>
    last !== null &&
    last.object.etag !== '' &&
    last.object.etag === head.etag &&
    last.object.size === head.size
  const goesOn = (head: ObjectHead, unit: number): boolean =>
    sameObject(head) && (last?.pieces.bytes ?? unit) % unit === 0

  return {
    placed,
    discard,
    pieceBytes: (head, unit) => (goesOn(head, unit) ? (last?.pieces.bytes ?? null) : null),
    async open(head, length, pieceBytes, content, pieces, seal) {
      const file =
        last !== null && (await marked(last.file.temporary, last.file.mark)) ? 'there' : 'gone'
      const object = goesOn(head, seal?.chunkBytes ?? 1) ? 'same' : 'changed'
      const decision = decideDownload({ object, file })
      if (last !== null && decision.act === 'continue') {
        await ensureFolder(dirname(path), root)
        const sink = sinkAt(last.file.temporary, path, length, root)
        return {
          sink,
          kept: await stillThere(
            running,
            last.file.temporary,
            last.pieces.done,
            { content, seal },
            pieces,
          ),
        }
      }
      if (last !== null) await discard()
      if (last !== null && decision.act === 'start-over' && decision.why !== null)
        running.tell({ t: 'restarted', why: decision.why })
      return {
        sink: await makeFile(
          job,
          running,
          newCheckpoint({
            way: 'file',
            source: { kind: 'object', etag: head.etag, size: head.size },
            pieces: { bytes: pieceBytes, done: [] },
          }),
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

/** Failures after which nothing goes on: the file is wrong, or its object is gone. */
const LOST: ReadonlySet<string> = new Set([
  'object-changed',
  'checksum',
  'message-damaged',
  'size-differs',
  'not-found',
  'seal-refused',
  'not-sealed',
])

/** The note of a download whose hidden file was made, or was about to be. */
interface StartedDownload {
  readonly object: SavedEntity
  readonly file: StartedFile
  readonly pieces: SavedPieces
}

function startedDownload(last: Checkpoint | null): StartedDownload | null {
  if (last?.way !== 'file' || last.source?.kind !== 'object' || last.started?.kind !== 'file')
    return null
  return { object: last.source, file: last.started, pieces: last.pieces }
}

/** Makes the hidden file. It is noted before, so that no crash leaves a file nobody knows of. */
async function makeFile(
  { path, root }: DownloadJob,
  { saved }: Running,
  checkpoint: Checkpoint,
  length: number,
): Promise<FileSink> {
  const temporary = temporaryBeside(path)
  const noteAs = (mark: string) =>
    saved?.note({ ...checkpoint, started: { kind: 'file', temporary, mark } })
  await noteAs('')
  const sink = await openSink(path, length, { temporary, root: root ?? null })
  if (saved !== null) await noteAs(await markOf(temporary))
  return sink
}

/**
 * Reads inode and time of birth of a file; '' for a file that does not exist. A system gives the
 * inode of a file that is gone to another one.
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

/** Finds the real name that the file got, numbered or not; null: it got none. */
async function placedAs(inode: string, path: string, spare: number): Promise<string | null> {
  for (let n = 1; inode !== ''; n++) {
    const candidate = numberedPath(path, n, n === 1 ? 0 : spare)
    const mark = await markOf(candidate)
    if (mark === inode) return candidate
    if (mark === '') return null
  }
  return null
}

/** Finds the pieces whose bytes in the file are, as ciphertext, what was received. */
async function stillThere(
  running: Running,
  temporary: string,
  parts: readonly SavedPart[],
  { content, seal }: { readonly content: Content; readonly seal: SealCheck | null },
  pieces: readonly ContentPiece[],
): Promise<readonly SavedPart[]> {
  const noted = new Map(parts.map((part) => [part.number, part]))
  // A piece in CBC needs the block before it, so the file alone cannot make its ciphertext again.
  const known = pieces.filter((piece) => noted.has(piece.number) && piece.recipe?.kind !== 'cbc')
  const identity = await identify(temporary)
  const kept = new Map<number, SavedPart>()
  const seen = new Set<number>()
  const look = async (piece: ContentPiece, signal: AbortSignal): Promise<void> => {
    const { crc64, leaves } = await running.pool.run(
      {
        kind: 'sum',
        source: { path: temporary, identity },
        offset: piece.at,
        length: piece.length,
        cipher: cipherFor(content, piece.recipe),
        checksum: true,
        ...seal?.jobLeaves(piece.offset),
      },
      { signal },
    )
    seen.add(piece.number)
    const part = noted.get(piece.number)
    if (part === undefined || crc64 !== crc64FromDecimal(part.crc64)) return
    seal?.take(piece.offset, leaves)
    kept.set(piece.number, part)
  }
  await allParts(running, () => known.filter(({ number }) => !seen.has(number)), look)
  return [...kept.values()]
}
