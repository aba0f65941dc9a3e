import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compose } from '../../electron/core/app/compose.ts'
import type { Core, CorePorts } from '../../electron/core/app/core.ts'
import { startPractice, type Practice } from '../tools/practice.ts'
import { bridgeOver, type Bridge, type Port } from '../../shared/contract/routes/bridge.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import { ENDED } from '../../shared/contract/transfer-phases.ts'
import type { In, Out, RouteName } from '../../shared/contract/routes/routes.ts'
import { servePort } from '../../shared/contract/routes/serve.ts'

const NEVER = new AbortController().signal

/** The bundle that test/global-setup.ts makes. */
export const WORKER = new URL('../../out/core/part-worker.mjs', import.meta.url)

/** Two ends of one wire in memory; messages are copied, as every real wire does. */
export function portPair(): readonly [Port, Port] {
  const listeners: [Set<(m: unknown) => void>, Set<(m: unknown) => void>] = [new Set(), new Set()]
  const closers = new Set<() => void>()
  const end = (mine: 0 | 1): Port => ({
    send: (message) =>
      queueMicrotask(() =>
        listeners[mine === 0 ? 1 : 0].forEach((listen) => listen(structuredClone(message))),
      ),
    on: (listener) => (listeners[mine].add(listener), () => void listeners[mine].delete(listener)),
    onClose: (listener) => (closers.add(listener), () => void closers.delete(listener)),
    close: () => closers.forEach((close) => close()),
  })
  return [end(0), end(1)]
}

/** A whole app without a window: practice server, core, bridge, in a folder of its own. */
export interface Fixture {
  readonly folder: string
  readonly practice: Practice
  readonly core: Core
  readonly bridge: Bridge
  /** The value, or a thrown Failure. */
  call<N extends RouteName>(name: N, input: In<N>): Promise<Out<N>>
  /** Returns decrypted text of an object, as a window reads it, or throws a Failure. */
  preview(
    input: Omit<In<'preview.open'>, 'wholeUpTo'> & {
      readonly offset: number
      readonly length: number
    },
  ): Promise<{ readonly text: string; readonly encrypted: boolean }>
  /** Resolves when all these transfers are done, failed or need the user. */
  ended(ids: readonly string[]): Promise<readonly Transfer[]>
  /** Closes the core and starts a new one on the same folder. */
  restart(): Promise<Fixture>
  close(): Promise<void>
}

/** Composes a core in a folder, of the desktop shell where files can be opened. */
export const composeIn = (
  home: string,
  practice: Practice,
  openFile?: CorePorts['openFile'],
): Promise<Core> =>
  compose({
    shell: openFile === undefined ? 'loopback' : 'desktop',
    version: '0.0.0',
    dataDirectory: join(home, 'data'),
    workerUrl: WORKER,
    practice,
    environment: {},
    home,
    secretsPlace: 'file',
    ...(openFile !== undefined && { openFile }),
  })

export async function openFixture(folder?: string): Promise<Fixture> {
  const home = folder ?? (await mkdtemp(join(tmpdir(), 'core-')))
  const practice = await startPractice({ directory: join(home, 'practice') })
  const core = await composeIn(home, practice)
  const [client, server] = portPair()
  servePort(server, core)
  const bridge = bridgeOver(client)
  const call: Fixture['call'] = async (name, input) => valueOf(await bridge.call(name, input))
  const stop = async () => {
    bridge.close()
    await core.close()
    await practice.close()
  }
  return {
    folder: home,
    practice,
    core,
    bridge,
    call,
    async preview({ offset, length, ...object }) {
      const { id, encrypted } = await call('preview.open', { ...object, wholeUpTo: 0 })
      const pieces: Uint8Array[] = []
      for await (const piece of core.previews.read(id, offset, length, NEVER)) pieces.push(piece)
      await call('preview.close', { id })
      return { text: Buffer.concat(pieces).toString(), encrypted }
    },
    ended: (ids) => settled(bridge, ids),
    async restart() {
      await stop()
      return openFixture(home)
    },
    async close() {
      await stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}

function settled(bridge: Bridge, ids: readonly string[]): Promise<readonly Transfer[]> {
  const wanted = new Set(ids)
  const over = new Map<string, Transfer>()
  return new Promise((resolve, reject) => {
    const take = (transfers: readonly Transfer[]) => {
      for (const transfer of transfers)
        if (wanted.has(transfer.id) && ENDED.has(transfer.phase)) over.set(transfer.id, transfer)
      if (over.size < wanted.size) return
      off()
      resolve(ids.map((id) => over.get(id) as Transfer))
    }
    const off = bridge.on('transfers.changed', take)
    bridge
      .call('transfers.list', {})
      .then((all) => take(valueOf(all)))
      .catch(reject)
  })
}
