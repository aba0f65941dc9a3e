import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { compose } from '../../electron/core/app/compose.ts'
import type { Practice } from '../../electron/practice/start.ts'
import { bridgeOver, type Bridge } from '../../shared/contract/routes/bridge.ts'
import { Failure, valueOf } from '../../shared/contract/errors.ts'
import { ENDED } from '../../shared/contract/transfer-phases.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import type { In, Out, RouteName } from '../../shared/contract/routes/routes.ts'
import { servePort } from '../../shared/contract/routes/serve.ts'
import { portPair } from '../core/core-fixture.ts'
import { SEALED_PART } from './cases.ts'
import { openOurKeys, WRITE_FORMATS } from './our-keys.ts'
import type { Answer, Fields, Op, Peer } from './protocol.ts'

export interface OursOptions {
  readonly practice: Practice
  /** Empty; the core's data and what it downloads go here. */
  readonly folder: string
  /** The bundled part worker. */
  readonly worker: URL
  readonly version: string
  /** Path of example-key.mjs. */
  readonly exampleKey: string
}

/** The whole core over its bridge, as the window uses it. */
export async function openOurs({
  practice,
  folder,
  worker,
  version,
  exampleKey,
}: OursOptions): Promise<Peer> {
  const core = await compose({
    shell: 'loopback',
    version,
    dataDirectory: join(folder, 'data'),
    workerUrl: worker,
    practice,
    environment: {},
    home: folder,
    secretsPlace: 'file',
  })
  const [client, server] = portPair()
  servePort(server, core)
  const bridge = bridgeOver(client)
  const call = async <N extends RouteName>(name: N, input: In<N>): Promise<Out<N>> =>
    valueOf(await bridge.call(name, input))
  await call('secrets.unlock', { passphrase: 'interop runs' })
  const keys = openOurKeys(call, join(folder, 'keys'), exampleKey)
  const transfers = followTransfers(bridge)
  const place = { profileId: 'practice', bucket: practice.bucket }
  let made = 0

  /**
   * An empty folder of its own for each download: what stands in it afterwards is all that was
   * written.
   */
  const target = async () => {
    const path = join(folder, 'down', String((made += 1)))
    await mkdir(path, { recursive: true })
    return { path, grant: (await call('local.grant', { paths: [path], write: true }))[0]?.id ?? '' }
  }
  const readable = async (path: string) =>
    (await call('local.grant', { paths: [path], write: false }))[0]?.id ?? ''

  async function upload({ key, file = '', master, format, partSize }: Fields) {
    const planned = await plan(bridge, call, {
      ...place,
      prefix: '',
      grants: [await readable(file)],
    })
    const ids = await call('uploads.start', {
      planId: planned,
      keyId: master === null ? null : await keys.idOf(master),
      existing: 'replace',
      decisions: {},
      allowWeak: false,
      partSize: partSize ?? null,
      parallel: null,
      toKey: key,
      format: format === undefined ? null : (WRITE_FORMATS[format] ?? null),
      // Parts of a sealed upload are whole MiB. With other parts there would be one part.
      seal: partSize === undefined || partSize % SEALED_PART === 0,
    })
    await transfers.done(ids)
  }

  async function download(
    { key, file = '', master, others = [], offset, length, format }: Fields,
    raw: boolean,
  ): Promise<string> {
    const { path, grant } = await target()
    const keyIds = await Promise.all(
      [master, ...others].flatMap((one) => (one === null ? [] : [keys.idOf(one)])),
    )
    const range = offset === undefined ? null : { offset, length: length ?? null }
    const ids = await call('downloads.start', {
      ...place,
      keys: [key],
      target: grant,
      fileName: 'object',
      existing: 'fail',
      raw,
      keyIds,
      range,
      message: format === 'sdk-message' || format === 'sdk-stream',
      repair: false,
    })
    try {
      await transfers.done(ids)
    } catch (cause) {
      const left = await readdir(path)
      throw left.includes('object')
        ? new Error(`it failed and left a file: ${(cause as Error).message}`)
        : cause
    }
    if (!raw) await rename(join(path, 'object'), file)
    return path
  }

  async function offline(fields: Fields) {
    const path = await download(fields, true)
    const { path: into, grant } = await target()
    const keyIds = await Promise.all(
      [fields.master, ...(fields.others ?? [])].flatMap((one) =>
        one === null ? [] : [keys.idOf(one)],
      ),
    )
    const sidecar = (await readdir(path)).find((name) => name.endsWith('.ossenv.json'))
    const id = await call('offline.start', {
      blob: await readable(join(path, 'object')),
      envelope: sidecar === undefined ? null : await readable(join(path, sidecar)),
      envelopeText: null,
      keyIds,
      target: grant,
      fileName: 'plain',
      existing: 'fail',
      repair: false,
    })
    await transfers.done([id])
    await rename(join(into, 'plain'), fields.file ?? '')
  }

  const operations: Partial<Record<Op, (fields: Fields) => Promise<unknown>>> = {
    put: upload,
    multipart: upload,
    get: (fields) => download(fields, false),
    range: (fields) => download(fields, false),
    offline,
  }
  return {
    hello: {
      name: 'cipherbucket',
      sdk: 'Cipherbucket',
      version,
      runtime: `Node ${process.versions.node}`,
      ops: Object.keys(operations),
      signatures: ['v4'],
    },
    parallel: 6,
    run: (op, fields) => answered(operations[op], fields),
    async close() {
      bridge.close()
      await core.close()
    },
  }
}

async function answered(
  operation: ((fields: Fields) => Promise<unknown>) | undefined,
  fields: Fields,
): Promise<Answer> {
  if (operation === undefined) return { ok: false, unsupported: true, error: 'no such call' }
  try {
    await operation(fields)
    return { ok: true }
  } catch (cause) {
    const { error } = cause instanceof Failure ? cause : { error: null }
    return {
      ok: false,
      error:
        error === null
          ? String(cause)
          : Object.values(error)
              .filter((value) => typeof value === 'string')
              .join(' '),
    }
  }
}

type Call = <N extends RouteName>(name: N, input: In<N>) => Promise<Out<N>>

/** The id of a plan that is counted. */
async function plan(bridge: Bridge, call: Call, input: In<'uploads.plan'>): Promise<string> {
  const counted = new Set<string>()
  let mine: string | null = null
  return new Promise((resolve, reject) => {
    const look = () => {
      if (mine === null || !counted.has(mine)) return
      off()
      resolve(mine)
    }
    const off = bridge.on('plan.changed', (one) => {
      if (one.phase !== 'counting') counted.add(one.id)
      look()
    })
    call('uploads.plan', input).then((begun) => ((mine = begun.id), look()), reject)
  })
}

/** Hears of every transfer once, however many wait. */
function followTransfers(bridge: Bridge): { done(ids: readonly string[]): Promise<void> } {
  const ended = new Map<string, Transfer>()
  const waiting = new Map<string, (transfer: Transfer) => void>()
  bridge.on('transfers.changed', (changed) => {
    for (const one of changed) {
      if (!ENDED.has(one.phase)) continue
      ended.set(one.id, one)
      waiting.get(one.id)?.(one)
      waiting.delete(one.id)
    }
  })
  return {
    async done(ids) {
      const all = await Promise.all(
        ids.map(
          (id) =>
            ended.get(id) ?? new Promise<Transfer>((resolve) => void waiting.set(id, resolve)),
        ),
      )
      for (const { phase, error } of all)
        if (phase !== 'done') throw error === null ? new Error(phase) : new Failure(error)
    },
  }
}
