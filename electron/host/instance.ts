import { createHash } from 'node:crypto'
import { closeSync, constants, openSync, realpathSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure } from '../../shared/contract/errors.ts'
import { underLock } from '../core/store/file-lock.ts'
import { makePrivate } from '../core/store/private-folder.ts'

/** The lock on a data folder. One window or browser shell at a time writes its queue. */
export interface Instance {
  release(): void
}

/**
 * Locks the data folder before anything in it is read or written. The command line has no queue,
 * and needs no lock.
 *
 * The lock is a socket in the folder, which is this user's alone. Another user could take a name
 * that every user can see. The socket of a process that was killed does not answer; one process at
 * a time may replace it. On Windows the lock is a file that is open for this process alone.
 * Throws Failure 'already-open', 'target-unwritable'.
 */
export async function takeInstance(
  folder: string,
  platform: NodeJS.Platform = process.platform,
): Promise<Instance> {
  makePrivate(folder)
  const taken =
    platform === 'win32'
      ? openAlone(join(folder, 'instance.lock'))
      : await listenAlone(realpathSync(folder), platform)
  if (taken === null) throw new Failure({ code: 'already-open', folder })
  return taken
}

/**
 * Source: libuv's UV_FS_O_EXLOCK, "open the file in exclusive mode". The system unlocks the file
 * when the process dies.
 */
const EXCLUSIVE = 0x1000_0000

function openAlone(path: string): Instance | null {
  try {
    const file = openSync(path, constants.O_RDWR | constants.O_CREAT | EXCLUSIVE, 0o600)
    return { release: () => closeSync(file) }
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException
    if (code === 'EBUSY') return null
    throw new Failure({ code: 'target-unwritable', path, reason: code })
  }
}

/** The most bytes that the path of a socket has on every system. */
const LONGEST_PATH = 100

async function listenAlone(folder: string, platform: NodeJS.Platform): Promise<Instance | null> {
  const [address, done] = addressIn(folder, platform)
  const server = createServer((socket) => socket.destroy())
  // The server must not keep the process alive.
  server.unref()
  const lock = join(folder, 'instance.lock')
  // Two processes may find the socket of a dead process. The second must not remove the new socket
  // of the first.
  const mine = await underLock(lock, async () => {
    if (await listening(server, address)) return true
    if (await answers(address)) return false
    rmSync(address, { force: true, recursive: true })
    return listening(server, address)
  }).catch((cause: unknown) => {
    throw new Failure({
      code: 'target-unwritable',
      path: lock,
      reason: (cause as NodeJS.ErrnoException).code ?? 'unknown',
    })
  })
  if (!mine) done()
  return mine ? { release: () => void server.close(done) } : null
}

/**
 * Returns the socket's path, and a function that frees it. A folder whose path is too long is
 * reached by its file descriptor, or named by a hash.
 */
function addressIn(folder: string, platform: NodeJS.Platform): readonly [string, () => void] {
  const path = join(folder, NAME)
  if (Buffer.byteLength(path) <= LONGEST_PATH) return [path, () => undefined]
  if (platform === 'linux') {
    const directory = openSync(folder, constants.O_RDONLY)
    return [`/proc/self/fd/${directory}/${NAME}`, () => closeSync(directory)]
  }
  // On macOS the folder for temporary files belongs to this user alone.
  return [
    join(
      tmpdir(),
      `cipherbucket-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}.sock`,
    ),
    () => undefined,
  ]
}

const NAME = 'instance.sock'

function listening(server: Server, address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException): void =>
      cause.code === 'EADDRINUSE' || cause.code === 'EACCES' ? resolve(false) : reject(cause)
    server.once('error', failed)
    server.listen(address, () => {
      server.off('error', failed)
      resolve(true)
    })
  })
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address)
    socket.once('connect', () => (socket.destroy(), resolve(true)))
    socket.once('error', () => resolve(false))
  })
}
