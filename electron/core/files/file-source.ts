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

/** The same calls through Node's pool of threads. */
const pool = {
  open: promisify(open),
  read: promisify(read),
  stat: promisify(stat),
  fstat: promisify(fstat),
  close: promisify(close),
}
const BIGINT = { bigint: true } as const

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
  return (
    a.size === b.size &&
    a.mtimeNs === b.mtimeNs &&
    a.ctimeNs === b.ctimeNs &&
    a.inode === b.inode &&
    a.device === b.device
  )
}

/** The same text for the same state of a file, and for no other. */
export function stateOf({ size, mtimeNs, ctimeNs, inode, device }: SourceIdentity): string {
  return `${size} ${mtimeNs} ${ctimeNs} ${inode} ${device}`
}

/** Errors Failure 'source-unreadable': gone, not allowed, or no regular file ('NOT_A_FILE'). */
export async function identify(path: string): Promise<SourceIdentity> {
  try {
    return identityOf(await pool.stat(path, BIGINT), path)
  } catch (cause) {
    throw sourceFailure(cause, path)
  }
}

/** Longer than a tick of the clock that most file systems stamp their files with. */
const TICK_MS = 25
/** The same where stamps are whole seconds, or every other one (FAT, HFS+, ext3). */
const COARSE_TICK_MS = 2_100
const SECOND_NS = 1_000_000_000n
/** How often a file is looked at once more before it is taken as it is. */
export const REST_TRIES = 4

/**
 * Like {@link identify}, but of a file that was at rest for a moment: a second write within the
 * same tick of the file system's clock would leave no trace. A file that is written to all the time
 * is taken as it is.
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
 * Milliseconds until the last change was a tick ago; 0: it was. A time in the future says nothing,
 * and waiting for it would not help. A file whose times are both whole seconds is taken to be where
 * no finer ones are kept. `now`: milliseconds since 1970.
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

/** A file that must stay as it was identified. */
export interface OpenSource {
  /**
   * Fills `into` from `offset` on. Errors Failure 'source-changed' when the file ends before that.
   */
  read(into: Uint8Array, offset: number): Promise<void>
  /**
   * Errors Failure 'source-longer' when there is more to read than the size says, as in /proc and
   * some file systems of programs.
   */
  ends(): Promise<void>
  /**
   * Errors Failure 'source-changed' unless both this file and what `path` names now are as
   * identified.
   */
  check(): Promise<void>
  close(): Promise<void>
}

/**
 * Without O_NONBLOCK, opening a pipe that took the file's place would wait for a writer for ever.
 */
export const READING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/**
 * Opens a file for reading. `mayBlock`: in a thread that may stand still for as long as a quick
 * disk takes. Errors Failure 'source-changed' when it is not as `expected`, 'source-unreadable'.
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

/** Errors Failure 'source-unreadable' for what is no regular file. */
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
