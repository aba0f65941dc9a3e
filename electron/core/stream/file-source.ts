import { constants } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { Failure } from '../../../shared/contract/errors.ts'

/** What tells one state of a file from another without reading it. */
export interface SourceIdentity {
  /** Bytes. */
  readonly size: number
  readonly mtimeNs: bigint
  /** Also changes where somebody sets the modification time back after a write. */
  readonly ctimeNs: bigint
  readonly inode: bigint
  readonly device: bigint
}

export function sameSource(a: SourceIdentity, b: SourceIdentity): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.inode === b.inode && a.device === b.device
}

/** The same text for the same state of a file, and for no other. */
export function stateOf({ size, mtimeNs, ctimeNs, inode, device }: SourceIdentity): string {
  return `${size} ${mtimeNs} ${ctimeNs} ${inode} ${device}`
}

/** Errors Failure 'source-unreadable': gone, not allowed, or no regular file ('NOT_A_FILE'). */
export async function identify(path: string): Promise<SourceIdentity> {
  try {
    return identityOf(await stat(path, { bigint: true }), path)
  } catch (cause) {
    throw sourceFailure(cause, path)
  }
}

/** Longer than a tick of the clock that file systems stamp their files with. */
export const TICK_MS = 25
/** How often a file is looked at once more before it is taken as it is. */
export const REST_TRIES = 4

/**
 * Like {@link identify}, but of a file that was at rest for a moment: a second write within the same tick of the file system's
 * clock would leave no trace. A file that is written to all the time is taken as it is.
 */
export async function identifyAtRest(path: string): Promise<SourceIdentity> {
  for (let tries = 0; ; tries++) {
    const identity = await identify(path)
    if (isAtRest(identity) || tries === REST_TRIES) return identity
    await new Promise((resolve) => setTimeout(resolve, TICK_MS))
  }
}

/** Was the last change a tick ago? A time in the future says nothing, and waiting for it would not help. */
export function isAtRest({ ctimeNs }: SourceIdentity): boolean {
  const age = Date.now() - Number(ctimeNs / 1_000_000n)
  return age < 0 || age > TICK_MS
}

/** A file that must stay as it was identified. */
export interface OpenSource {
  /** Fills `into` from `offset` on. Errors Failure 'source-changed' when the file ends before that. */
  read(into: Uint8Array, offset: number): Promise<void>
  /** Errors Failure 'source-changed' unless both this file and what `path` names now are as identified. */
  check(): Promise<void>
  close(): Promise<void>
}

/** Opens a file for reading. Errors Failure 'source-changed' when it is not as `expected`, 'source-unreadable'. */
export async function openSource(path: string, expected: SourceIdentity): Promise<OpenSource> {
  const file = await openForReading(path)
  const source: OpenSource = {
    async read(into, offset) {
      let filled = 0
      while (filled < into.length) {
        const { bytesRead } = await guarded(path, file.read(into, filled, into.length - filled, offset + filled))
        if (bytesRead === 0) throw new Failure({ code: 'source-changed', path })
        filled += bytesRead
      }
    },
    async check() {
      const named = await identify(path)
      const here = identityOf(await guarded(path, file.stat({ bigint: true })), path)
      if (!sameSource(named, expected) || !sameSource(here, expected)) throw new Failure({ code: 'source-changed', path })
    },
    close: () => file.close(),
  }
  try {
    await source.check()
    return source
  } catch (cause) {
    await file.close()
    throw cause
  }
}

async function openForReading(path: string): Promise<FileHandle> {
  return guarded(path, open(path, READING))
}

/** Without O_NONBLOCK, opening a pipe that took the file's place would wait for a writer for ever. */
export const READING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

async function guarded<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw sourceFailure(cause, path)
  }
}

/** Errors Failure 'source-unreadable' for what is no regular file. `s`: of a stat with bigint. */
export function identityOf(s: { isFile(): boolean; size: bigint; mtimeNs: bigint; ctimeNs: bigint; ino: bigint; dev: bigint }, path: string): SourceIdentity {
  if (!s.isFile()) throw new Failure({ code: 'source-unreadable', path, reason: 'NOT_A_FILE' })
  return { size: Number(s.size), mtimeNs: s.mtimeNs, ctimeNs: s.ctimeNs, inode: s.ino, device: s.dev }
}

/** An error of the file system as Failure 'source-unreadable'; anything else unchanged. */
export function sourceFailure(cause: unknown, path: string): unknown {
  const reason = (cause as NodeJS.ErrnoException).code
  if (cause instanceof Failure || typeof reason !== 'string') return cause
  return new Failure({ code: 'source-unreadable', path, reason })
}
