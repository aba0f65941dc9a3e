import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bridgeOver, type Bridge, type Port } from '../../shared/contract/routes/bridge.ts'
import type { AppError } from '../../shared/contract/errors.ts'
import type { Practice } from '../../electron/practice/start.ts'
import { WORKER_URL } from '../core/transfer-kit.ts'
import type { VictimGiven } from './victim-main.ts'

const root = new URL('../../', import.meta.url)
const program = fileURLToPath(new URL('out/victim.mjs', root))

/** Builds the programs that are to be killed, where their sources are newer. */
export async function bundleVictims(): Promise<void> {
  const { ensureBundles } = (await import(new URL('build/freshness.mjs', root).href)) as {
    ensureBundles(names: string[]): Promise<void>
  }
  await ensureBundles(['victim', 'journal-victim', 'core/part-worker', 'core/index-worker'])
}

/** A core in a process of its own, on the data folder `<home>/data`. */
export interface Victim {
  readonly bridge: Bridge
  /**
   * Resolves with the error that kept the app from starting. Resolves with null when the app is
   * ready, or was killed before.
   */
  readonly ready: Promise<AppError | null>
  /** Settles when the process is gone. */
  readonly gone: Promise<void>
  isAlive(): boolean
  /** SIGKILL, at once. */
  kill(): void
  /** In good order. */
  close(): Promise<void>
}

export function startVictim(home: string, practice: Practice, endpoint: string): Victim {
  const child = fork(program, {
    serialization: 'advanced',
    env: { PATH: process.env['PATH'], HOME: home },
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let alive = true
  const gone = once(child, 'exit').then(() => void (alive = false))
  const { region, accessKeyId, accessKeySecret, bucket } = practice
  const given: VictimGiven = {
    dataDirectory: join(home, 'data'),
    home,
    workerUrl: WORKER_URL.href,
    practice: { endpoint, region, accessKeyId, accessKeySecret, bucket },
  }
  child.send(given)
  const ready = new Promise<AppError | null>((resolve) => {
    child.on('message', ({ t, error }: { readonly t: string; readonly error?: AppError }) => {
      if (t === 'ready') resolve(null)
      if (t === 'refused') resolve(error ?? null)
    })
    void gone.then(() => resolve(null))
  })
  return {
    ready,
    gone,
    bridge: bridgeOver(portTo(child)),
    isAlive: () => alive && child.signalCode === null && !child.killed,
    kill: () => void child.kill('SIGKILL'),
    async close() {
      child.kill('SIGTERM')
      await gone
    },
  }
}

function portTo(child: ChildProcess): Port {
  return {
    // A message to one that was just killed is lost, as it would be.
    send: (message) => void (child.connected && child.send(message as object, () => undefined)),
    on(listener) {
      child.on('message', listener)
      return () => void child.off('message', listener)
    },
    onClose(listener) {
      child.once('exit', listener)
      return () => void child.off('exit', listener)
    },
    close: () => (child.connected ? child.disconnect() : undefined),
  }
}
