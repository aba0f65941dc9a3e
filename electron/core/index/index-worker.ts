import { rmSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { Failure } from '../../../shared/contract/errors.ts'
import { DatabaseError } from './database.ts'
import type { FromIndexThread, OpenedIndex, OpenIndex, ToIndexThread } from './index-message.ts'
import { openMemoryIndex } from './memory/memory-index.ts'
import type { RowIndex } from './port.ts'
import { openRowIndex } from './row-index.ts'

/** The entry of the index thread: one index for each profile, and one call after the other. */

const indexes = new Map<string, RowIndex>()
let turn: Promise<unknown> = Promise.resolve()
let waiting: NodeJS.Immediate | null = null

parentPort?.on('message', (message: ToIndexThread) => {
  turn = turn.then(async () => {
    parentPort?.postMessage(await answer(message))
    waiting ??= setImmediate(prepare)
  })
})

/** Makes the next queries quick while nobody waits: other messages come in between. */
function prepare(): void {
  waiting = null
  try {
    for (const index of indexes.values()) if (index.prepare()) waiting ??= setImmediate(prepare)
  } catch {
    // A file that cannot be read fails in the next call too, which tells it.
  }
}

async function answer(message: ToIndexThread): Promise<FromIndexThread> {
  const { id, index } = message
  try {
    if ('open' in message) return { id, value: await open(index, message.open) }
    const opened = indexes.get(index)
    if (opened === undefined) throw new DatabaseError('closed', index)
    const method = opened[message.call] as (...args: readonly unknown[]) => unknown
    const value = method(...message.args)
    if (message.call === 'close') indexes.delete(index)
    return { id, value }
  } catch (cause) {
    if (cause instanceof Failure) return { id, failure: cause.error }
    if (cause instanceof DatabaseError) return { id, database: cause.kind }
    return { id, stack: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) }
  }
}

async function open(name: string, { path, key, damaged }: OpenIndex): Promise<OpenedIndex> {
  closeQuietly(name)
  let problem: OpenedIndex['problem'] = null
  try {
    if (damaged === 'new') removeFiles(path)
    const first = await openRowIndex(path, key).catch((cause: unknown) => {
      if (cause instanceof DatabaseError && cause.kind === 'damaged') return 'damaged' as const
      throw cause
    })
    if (first === 'damaged' && damaged === 'keep') return { isOnDisk: false, problem: 'damaged' }
    let index = first
    if (first === null || first === 'damaged') {
      problem = first === null ? 'older' : 'damaged'
      removeFiles(path)
      index = await openRowIndex(path, key)
    }
    indexes.set(name, index as RowIndex)
    return { isOnDisk: path !== ':memory:', problem }
  } catch (cause) {
    // The listings go on without the disk, and without the engine.
    const kind = cause instanceof DatabaseError ? cause.kind : 'disk'
    const index = kind === 'missing' ? openMemoryIndex() : await openRowIndex(':memory:', '')
    indexes.set(name, index as RowIndex)
    return { isOnDisk: false, problem: kind }
  }
}

function closeQuietly(name: string): void {
  try {
    indexes.get(name)?.close()
  } catch {
    // The file is damaged, and is removed next.
  }
  indexes.delete(name)
}

function removeFiles(path: string): void {
  if (path === ':memory:') return
  for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true })
}
