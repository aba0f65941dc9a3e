import { createHash } from 'node:crypto'
import { mkdirSync, realpathSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure } from '../../../shared/contract/errors.ts'

/** One window or browser shell at a time on one data folder: its queue has one writer. */
export interface Instance {
  release(): void
}

/**
 * Takes the data folder, before anything in it is read or written. The system gives a name that somebody listens on to nobody else, and takes it back
 * when the process dies, however it dies: so no lock is ever left over. The command line needs none, for it keeps no queue.
 * Throws Failure 'already-open'.
 */
export async function takeInstance(folder: string, platform: NodeJS.Platform = process.platform): Promise<Instance> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const name = createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 32)
  const address = addressOf(`cipherbucket-${name}`, platform)
  const server = createServer((socket) => socket.destroy())
  // It must not keep the process alive.
  server.unref()
  if (!(await listening(server, address)) && !(await takenOver(server, address, platform))) throw new Failure({ code: 'already-open', folder })
  return { release: () => void server.close() }
}

/** Linux and Windows have names that no file stands for. */
function addressOf(name: string, platform: NodeJS.Platform): string {
  if (platform === 'linux') return `\0${name}`
  return platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`)
}

/** Where the name is a file, one that nobody answers on was left by a process that was killed. */
async function takenOver(server: Server, address: string, platform: NodeJS.Platform): Promise<boolean> {
  if (platform === 'linux' || platform === 'win32' || (await answers(address))) return false
  rmSync(address, { force: true })
  return listening(server, address)
}

function listening(server: Server, address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException): void => (cause.code === 'EADDRINUSE' || cause.code === 'EACCES' ? resolve(false) : reject(cause))
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
