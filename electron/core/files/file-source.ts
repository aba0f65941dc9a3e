import {
  close,
  closeSync,
  constants,
  fstat,
  fstatSync,
  open,
  openSync,
  read,
  readSync,
  stat,
  statSync,
  type BigIntStats,
} from 'node:fs'
import { promisify } from 'node:util'
import { Failure } from '../../../shared/contract/errors.ts'
import { sourceFailure } from '../base/system-failure.ts'
import { fileCalls } from './file-calls.ts'

/** The same calls in the thread pool of Node. */
const pool = {
  open: promisify(open),
  read: promisify(read),
  stat: promisify(stat),
  fstat: promisify(fstat),
  close: promisify(close),
}
const BIGINT = { bigint: true } as const

/** The facts that distinguish two states of a file without reading it. */
export interface SourceIdentity {
  /** Bytes. */
  readonly size: number
  readonly mtimeNs: bigint
  /** This time also changes when somebody sets the modification time back after a write. */
  readonly ctimeNs: bigint
  readonly inode: bigint
  readonly device: bigint
}

export function sameSource(a: SourceIdentity, b: SourceIdentity): boolean {
  return (
    a.size === b.size &&
    a.mtimeNs === b.mtimeNs &&
    a.ctimeNs === b.ctimeNs &&
    a.inode === b.inode &&
    a.device === b.device
  )
}

/** Returns a text that is the same for the same state of a file, and for no other. */
export function fileStateOf({ size, mtimeNs, ctimeNs, inode, device }: SourceIdentity): string {
  return `${size} ${mtimeNs} ${ctimeNs} ${inode} ${device}`
}

/**
 * Reads the identity of a file. Rejects with Failure 'source-unreadable' for a file that is gone,
 * not permitted, or not a regular file ('NOT_A_FILE').
 */
export async function identify(path: string): Promise<SourceIdentity> {
  try {
    return identityOf(await pool.stat(path, BIGINT), path)
  } catch (cause) {
    throw sourceFailure(cause, path)
  }
}

/** Longer than a tick of the clock in most file systems. */
const TICK_MS = 25
/** The same for file systems with stamps of one or two whole seconds (FAT, HFS+, ext3). */
const COARSE_TICK_MS = 2_100
const SECOND_NS = 1_000_000_000n
/** The most times that a changing file is looked at again. */
export const REST_TRIES = 4

/**
 * Identifies a file that was at rest for a moment. A second write within one tick of the file
 * system's clock would leave no trace. A file that is written to all the time is taken as it is.
 */
export async function identifyAtRest(path: string): Promise<SourceIdentity> {
  for (let tries = 0; ; tries++) {
    const identity = await identify(path)
    const wait = untilAtRest(identity, Date.now())
    if (wait === 0 || tries === REST_TRIES) return identity
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}

/**
 * Returns the milliseconds until the last change is a tick ago, and 0 when it is. A time in the
 * future says nothing, and a wait would not help. Two times of whole seconds mean a file system
 * without finer stamps. `now`: milliseconds since 1970.
 */
export function untilAtRest(
  { mtimeNs, ctimeNs }: Pick<SourceIdentity, 'mtimeNs' | 'ctimeNs'>,
  now: number,
): number {
  const isCoarse = mtimeNs % SECOND_NS === 0n && ctimeNs % SECOND_NS === 0n
  const age = now - Number(ctimeNs / 1_000_000n)
  const tick = isCoarse ? COARSE_TICK_MS : TICK_MS
  return age < 0 || age > tick ? 0 : Math.max(TICK_MS, tick - age + 1)
}

/** An open file that must stay as it was identified. */
export interface OpenSource {
  /**
   * Fills `into` from `offset` on. Rejects with Failure 'source-changed' when the file ends before
   * that.
   */
  read(into: Uint8Array, offset: number): Promise<void>
  /**
   * Rejects with Failure 'source-longer' when the file has more bytes than its size says, as in
   * /proc and some virtual file systems.
   */
  ends(): Promise<void>
  /**
   * Rejects with Failure 'source-changed' unless this file and the file at `path` are both as
   * identified.
   */
  check(): Promise<void>
  close(): Promise<void>
}

/** Without O_NONBLOCK, opening a pipe in the place of the file would wait for a writer forever. */
export const READING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/**
 * Opens a file for reading. `mayBlock`: the thread may wait as long as a quick disk takes. Rejects
 * with Failure 'source-changed' when the file is not as `expected`, and 'source-unreadable'.
 */
export async function openSource(
  path: string,
  expected: SourceIdentity,
  mayBlock = false,
): Promise<OpenSource> {
  const calls = fileCalls(mayBlock)
  const call = async <T>(now: () => T, pooled: () => Promise<T>): Promise<T> => {
    try {
      return await calls.call(now, pooled)
    } catch (cause) {
      throw sourceFailure(cause, path)
    }
  }
  const file = await call(
    () => openSync(path, READING),
    () => pool.open(path, READING),
  )
  const source: OpenSource = {
    async read(into, offset) {
      for (let filled = 0; filled < into.length;) {
        const [rest, at] = [filled === 0 ? into : into.subarray(filled), offset + filled]
        const bytes = await call(
          () => readSync(file, rest, 0, rest.length, at),
          async () => (await pool.read(file, rest, 0, rest.length, at)).bytesRead,
        )
        if (bytes === 0) throw new Failure({ code: 'source-changed', path })
        filled += bytes
      }
    },
    async ends() {
      const more = new Uint8Array(1)
      const bytes = await call(
        () => readSync(file, more, 0, 1, expected.size),
        async () => (await pool.read(file, more, 0, 1, expected.size)).bytesRead,
      )
      if (bytes > 0) throw new Failure({ code: 'source-longer', path, size: expected.size })
    },
    async check() {
      const named = await call(
        () => statSync(path, BIGINT),
        () => pool.stat(path, BIGINT),
      )
      const here = await call(
        () => fstatSync(file, BIGINT),
        () => pool.fstat(file, BIGINT),
      )
      if (
        !sameSource(identityOf(named, path), expected) ||
        !sameSource(identityOf(here, path), expected)
      )
        throw new Failure({ code: 'source-changed', path })
    },
    close: () =>
      call(
        () => closeSync(file),
        () => pool.close(file),
      ),
  }
  try {
    await source.check()
    return source
  } catch (cause) {
    await source.close()
    throw cause
  }
}

/**
 * Reads the identity out of the facts of the system. Throws Failure 'source-unreadable' for
 * anything but a regular file.
 */
export function identityOf(s: BigIntStats, path: string): SourceIdentity {
  if (!s.isFile()) throw new Failure({ code: 'source-unreadable', path, reason: 'NOT_A_FILE' })
  return {
    size: Number(s.size),
    mtimeNs: s.mtimeNs,
    ctimeNs: s.ctimeNs,
    inode: s.ino,
    device: s.dev,
  }
}
