import { constants, fstatSync, readSync, statSync, type BigIntStats } from 'node:fs'
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

/** Errors Failure 'source-unreadable': gone, not allowed, or no regular file ('NOT_A_FILE'). */
export async function identify(path: string): Promise<SourceIdentity> {
  try {
    return identityOf(await stat(path, { bigint: true }), path)
  } catch (cause) {
    throw sourceFailure(cause, path)
  }
}

/** Longer than a tick of the clock that file systems stamp their files with. */
const TICK_MS = 25

/**
 * Like {@link identify}, but of a file that was at rest for a moment: a second write within the same tick of the file system's
 * clock would leave no trace. A file that is written to all the time is taken as it is.
 */
export async function identifyAtRest(path: string): Promise<SourceIdentity> {
  for (let tries = 0; ; tries++) {
    const identity = await identify(path)
    const age = Date.now() - Number(identity.ctimeNs / 1_000_000n)
    // A time in the future says nothing, and waiting for it would not help.
    if (age < 0 || age > TICK_MS || tries === 4) return identity
    await new Promise((resolve) => setTimeout(resolve, TICK_MS))
  }
}

/** A file that must stay as it was identified. */
export interface OpenSource {
  /** Fills `into` from `offset` on. Errors Failure 'source-changed' when the file ends before that. */
  read(into: Uint8Array, offset: number): Promise<void>
  /** Errors Failure 'source-changed' unless both this file and what `path` names now are as identified. */
  check(): Promise<void>
  close(): Promise<void>
}

/** A disk that takes longer for one call is left to Node's pool from then on. */
const SLOW_MS = 4

/**
 * Opens a file for reading. `mayBlock`: in a thread that may stand still for as long as a quick disk takes, which costs a tenth of a
 * round trip to Node's pool. Errors Failure 'source-changed' when it is not as `expected`, 'source-unreadable'.
 */
export async function openSource(path: string, expected: SourceIdentity, mayBlock = false): Promise<OpenSource> {
  const file = await openForReading(path)
  let quick = mayBlock
  const now = <T>(call: () => T): T => {
    const began = performance.now()
    const answer = call()
    quick = performance.now() - began < SLOW_MS
    return answer
  }
  const readSome = async (into: Uint8Array, at: number): Promise<number> =>
    quick ? now(() => readSync(file.fd, into, 0, into.length, at)) : (await file.read(into, 0, into.length, at)).bytesRead
  const stats = async (): Promise<readonly BigIntStats[]> =>
    quick
      ? now(() => [statSync(path, { bigint: true }), fstatSync(file.fd, { bigint: true })])
      : [await stat(path, { bigint: true }), await file.stat({ bigint: true })]
  const source: OpenSource = {
    async read(into, offset) {
      for (let filled = 0; filled < into.length; ) {
        const bytes = await guarded(path, readSome(filled === 0 ? into : into.subarray(filled), offset + filled))
        if (bytes === 0) throw new Failure({ code: 'source-changed', path })
        filled += bytes
      }
    },
    async check() {
      for (const found of await guarded(path, stats())) if (!sameSource(identityOf(found, path), expected)) throw new Failure({ code: 'source-changed', path })
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
  // Without O_NONBLOCK, opening a pipe that took the file's place would wait for a writer for ever.
  return guarded(path, open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)))
}

async function guarded<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw sourceFailure(cause, path)
  }
}

function identityOf(s: BigIntStats, path: string): SourceIdentity {
  if (!s.isFile()) throw new Failure({ code: 'source-unreadable', path, reason: 'NOT_A_FILE' })
  return { size: Number(s.size), mtimeNs: s.mtimeNs, ctimeNs: s.ctimeNs, inode: s.ino, device: s.dev }
}

function sourceFailure(cause: unknown, path: string): unknown {
  const reason = (cause as NodeJS.ErrnoException).code
  if (cause instanceof Failure || typeof reason !== 'string') return cause
  return new Failure({ code: 'source-unreadable', path, reason })
}
