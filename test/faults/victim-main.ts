import { compose } from '../../electron/core/app/compose.ts'
import type { PracticeAccess } from '../../electron/core/app/core.ts'
import type { Port } from '../../shared/contract/routes/bridge.ts'
import { Failure } from '../../shared/contract/errors.ts'
import { servePort } from '../../shared/contract/routes/serve.ts'

/**
 * The app's core in a process of its own, to be killed at any moment: what it is given comes as its
 * first message.
 */
export interface VictimGiven {
  readonly dataDirectory: string
  readonly home: string
  /** Of the bundled worker. */
  readonly workerUrl: string
  readonly practice: Omit<PracticeAccess, 'bytes' | 'reset'>
}

const send = (message: unknown): void => void process.send?.(message)

const toParent: Port = {
  send,
  on(listener) {
    process.on('message', listener)
    return () => void process.off('message', listener)
  },
  onClose(listener) {
    process.on('disconnect', listener)
    return () => void process.off('disconnect', listener)
  },
  close: () => process.disconnect(),
}

process.once('message', async ({ dataDirectory, home, workerUrl, practice }: VictimGiven) => {
  try {
    const access: PracticeAccess = {
      ...practice,
      bytes: async () => 0,
      reset: async () => undefined,
    }
    const core = await compose({
      shell: 'loopback',
      version: '0.0.0',
      dataDirectory,
      home,
      workerUrl: new URL(workerUrl),
      practice: access,
      environment: {},
      secretsPlace: 'file',
    })
    servePort(toParent, core)
    process.on('SIGTERM', () => void core.close().then(() => process.exit(0)))
    send({ t: 'ready' })
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause
    send({ t: 'refused', error: cause.error })
    process.exitCode = 1
    process.disconnect()
  }
})
// The process that started this one is gone.
process.on('disconnect', () => setTimeout(() => process.exit(1), 5_000).unref())
