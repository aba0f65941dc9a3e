import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Failure } from '../../shared/contract/errors.ts'

/** The process that serves a directory. */
interface Holder {
  readonly pid: number
  /** 0 until the server listens. */
  readonly port: number
}

/** The time that a server has from its lock to its port. */
const STARTING_MS = 30_000

/** Excludes other servers from one directory until `release`. */
export interface DirectoryLock {
  /** Writes the port into the lock. Other servers try the port, because a crash leaves the lock. */
  listening(port: number): void
  release(): void
}

/**
 * Locks the directory. It replaces a lock whose process does not exist, or on whose port nothing
 * listens.
 * Errors: Failure 'target-unwritable' while another server has the lock.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const path = join(directory, 'server.lock')
  const write = (holder: Holder, flag: 'w' | 'wx') =>
    writeFileSync(path, JSON.stringify(holder), { flag, mode: 0o600 })
  try {
    write({ pid: process.pid, port: 0 }, 'wx')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    const holder = readHolder(path)
    if (holder !== null && (await isServing(holder, path))) {
      throw new Failure({
        code: 'target-unwritable',
        path: directory,
        reason: `a practice server (process ${holder.pid}) is using it`,
      })
    }
    rmSync(path, { force: true })
    return lockDirectory(directory)
  }
  return {
    listening: (port) => write({ pid: process.pid, port }, 'w'),
    release: () => rmSync(path, { force: true }),
  }
}

function readHolder(path: string): Holder | null {
  try {
    const { pid, port } = JSON.parse(readFileSync(path, 'utf8')) as Holder
    return Number.isInteger(pid) && Number.isInteger(port) ? { pid, port } : null
  } catch {
    return null
  }
}

async function isServing({ pid, port }: Holder, path: string): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (cause) {
    // EPERM: the process exists and belongs to another user.
    if ((cause as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  if (port === 0)
    return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < STARTING_MS
  return accepts(port)
}

/** Resolves with true for an open port. Another program can have the process id of the server. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.setTimeout(2000)
    const end = (open: boolean) => {
      socket.destroy()
      resolve(open)
    }
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(true))
  })
}
