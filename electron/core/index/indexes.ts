import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, type AppError, type IndexProblem } from '../../../shared/contract/errors.ts'
import type { IndexInfo } from '../../../shared/contract/models-index.ts'
import { DatabaseError } from './database.ts'
import {
  bytesIn,
  fileNumber,
  isOthers,
  namesIn,
  removeFile,
  SESSION,
  sweep,
} from './index-files.ts'
import type { OpenedIndex, OpenIndex } from './index-message.ts'
import { openIndexThread, type RemoteIndex } from './index-thread.ts'
import type { RowIndex } from './port.ts'

/** The way in which the index of a profile is stored. */
export type Storage =
  | { readonly storage: 'kept'; readonly key: string }
  /** `always`: no secret store changes that, since the profile itself is not stored. */
  | { readonly storage: 'session'; readonly always: boolean }
  | { readonly storage: 'memory' }

/**
 * The index was opened again and is empty: its file was damaged, the disk did not take it, or it
 * moved to another key. A listing starts again.
 */
export class IndexReset extends Error {}

/** The indexes of all profiles. */
export interface Indexes {
  /** Starts the thread, so that the first index opens sooner. */
  start(): void
  /** Opens the index of a profile, once. Its methods reject with {@link IndexReset} and Failure. */
  of(profileId: string): Promise<RemoteIndex>
  /** Returns the indexes that are open. */
  open(): readonly string[]
  /** Tells whether an index is open, or a file of an earlier run may have its rows. */
  has(profileId: string): boolean
  info(): Promise<Pick<IndexInfo, 'bytes' | 'objects'> & { readonly worst: Worst }>
  /**
   * Closes the indexes that are not 'kept'. The next call opens them as `storageOf` says then.
   * Returns the number of closed indexes.
   */
  reopen(): Promise<number>
  /** Closes all indexes and removes all files. */
  clear(): Promise<void>
  /** Closes the index of a profile and removes its file. */
  remove(profileId: string): Promise<void>
  /** Closes all indexes, and removes those of this run. */
  close(): Promise<void>
}

/**
 * The storage of the open indexes that is furthest from 'kept', and a problem that led to it. An
 * index that is always for one run counts only where no other index is open.
 */
export interface Worst {
  readonly storage: IndexInfo['storage']
  readonly problem: 'disk' | 'missing' | null
}

interface Needs {
  /** The bundled index worker. */
  readonly workerUrl: URL
  /** The folder of the files. It is made when an index is opened. */
  readonly folder: string
  readonly storageOf: (profileId: string) => Promise<Storage>
  /** Returns the ids of the master keys, which may have changed since a file was written. */
  readonly keyIds: () => Promise<readonly string[]>
  /** Hears of each problem of a file. */
  readonly tell: (problem: AppError) => void
  /** Hears that another process replaced the file of an index, whose rows are others now. */
  readonly replaced: () => void
}

interface Opened {
  readonly index: RemoteIndex
  readonly path: string
  /** See {@link fileNumber}. */
  readonly file: number
  readonly storage: IndexInfo['storage']
  readonly isForRun: boolean
  readonly problem: Worst['problem']
}

const METHODS = [
  'opened',
  'replacePage',
  'upsert',
  'heads',
  'dropVersion',
  'remove',
  'query',
  'position',
  'keys',
  'counts',
  'audited',
  'stateSums',
  'size',
  'keysChanged',
  'close',
] as const satisfies readonly (keyof RowIndex)[]

export function openIndexes(needs: Needs): Indexes {
  const { workerUrl, folder, storageOf, keyIds, tell, replaced } = needs
  const thread = openIndexThread(workerUrl)
  const indexes = new Map<string, Promise<Opened>>()
  /** The thread knows an index by its profile, so the next one opens after the end of the last. */
  const ends = new Map<string, Promise<void>>()
  let closed = false
  sweep(folder)

  const open = async (profileId: string, isNew: boolean, inMemory: boolean): Promise<Opened> => {
    await ends.get(profileId)
    const wanted: Storage = inMemory ? { storage: 'memory' } : await storageOf(profileId)
    if (isNew || wanted.storage !== 'kept')
      return (await openAs(profileId, wanted, isNew ? 'new' : 'replace')) as Opened
    const opened = await openAs(profileId, wanted, 'keep')
    if (opened !== null) return opened
    // The file looks damaged under a key that another process of this user has changed meanwhile.
    const now = await storageOf(profileId)
    const isOther = now.storage === 'kept' && now.key !== wanted.key
    const again = isOther ? await openAs(profileId, now, 'keep') : null
    return again ?? ((await openAs(profileId, now, 'replace')) as Opened)
  }
  /** Opens an index. Resolves with null for a damaged file that stays. */
  const openAs = async (
    profileId: string,
    wanted: Storage,
    damaged: OpenIndex['damaged'],
  ): Promise<Opened | null> => {
    const file =
      wanted.storage === 'kept'
        ? keptFile(profileId)
        : `${SESSION}${process.pid}-${randomBytes(6).toString('hex')}.db`
    const path = wanted.storage === 'memory' ? ':memory:' : join(folder, file)
    const key =
      wanted.storage === 'kept'
        ? wanted.key
        : wanted.storage === 'session'
          ? randomBytes(32).toString('hex')
          : ''
    let hasFolder = true
    try {
      if (path !== ':memory:') mkdirSync(folder, { recursive: true, mode: 0o700 })
    } catch {
      hasFolder = false
    }
    const how = await thread.open(profileId, { path: hasFolder ? path : ':memory:', key, damaged })
    if (how.problem === 'damaged' && damaged === 'keep') return null
    const { isOnDisk } = how
    // A failure of the file shows in the next call too.
    if (isOnDisk && wanted.storage === 'kept')
      await keyIds()
        .then((ids) => thread.call(profileId, 'keysChanged', [ids]))
        .catch(() => undefined)
    const problem = hasFolder ? how.problem : 'disk'
    const told = PROBLEMS[problem ?? 'older']
    if (told !== null) tell({ code: 'index', problem: told })
    const methods = METHODS.map((name) => [
      name,
      (...args: never) => call(profileId, name, args as never),
    ])
    return {
      index: Object.fromEntries(methods) as RemoteIndex,
      path: isOnDisk ? path : ':memory:',
      file: isOnDisk ? fileNumber(path) : 0,
      storage: isOnDisk ? wanted.storage : 'memory',
      isForRun: wanted.storage === 'session' && wanted.always,
      problem: problem === 'disk' || problem === 'missing' ? problem : null,
    }
  }
  const call = async <N extends keyof RowIndex>(
    profileId: string,
    name: N,
    args: Parameters<RowIndex[N]>,
  ): Promise<ReturnType<RowIndex[N]>> => {
    const before = indexes.get(profileId)
    try {
      return await thread.call(profileId, name, args)
    } catch (cause) {
      if (!(cause instanceof DatabaseError)) throw cause
      // Only the first of several calls opens the index again.
      if (indexes.get(profileId) === before && cause.kind !== 'closed') {
        if (cause.kind === 'damaged') tell({ code: 'index', problem: 'damaged' })
        const again = open(profileId, cause.kind === 'damaged', cause.kind === 'disk')
        if (cause.kind === 'disk') tell({ code: 'index', problem: 'disk' })
        indexes.set(
          profileId,
          cause.kind === 'disk' ? again.then((one) => ({ ...one, problem: 'disk' })) : again,
        )
        await again
      }
      throw new IndexReset(cause.kind)
    }
  }
  const start = (profileId: string): Promise<Opened> => {
    const opening = open(profileId, false, false)
    indexes.set(profileId, opening)
    opening.catch(() => indexes.delete(profileId))
    return opening
  }
  const shut = (profileId: string): Promise<void> => {
    const opening = indexes.get(profileId)
    if (opening === undefined) return ends.get(profileId) ?? Promise.resolve()
    indexes.delete(profileId)
    const end = (async () => {
      const opened = await opening.catch(() => null)
      if (opened === null) return
      await thread.call(profileId, 'close', []).catch(() => undefined)
      if (opened.storage === 'session') removeFile(opened.path)
    })()
    ends.set(profileId, end)
    return end.finally(() => {
      if (ends.get(profileId) === end) ends.delete(profileId)
    })
  }
  const shutAll = async (): Promise<void> => {
    await Promise.all([...new Set([...indexes.keys(), ...ends.keys()])].map(shut))
  }
  return {
    start: () => thread.start(),
    async of(profileId) {
      if (closed) throw new Failure({ code: 'cancelled' })
      const opening = indexes.get(profileId) ?? start(profileId)
      const opened = await opening
      if (opened.storage !== 'kept' || fileNumber(opened.path) === opened.file) return opened.index
      // Another process removed or rebuilt the file. Rows of ours would be gone with the old one.
      const isFirst = indexes.get(profileId) === opening
      const again = isFirst ? start(profileId) : (indexes.get(profileId) ?? start(profileId))
      const { index } = await again
      if (isFirst) replaced()
      return index
    },
    open: () => [...indexes.keys()],
    has: (profileId) =>
      indexes.has(profileId) || fileNumber(join(folder, keptFile(profileId))) !== 0,
    async info() {
      const opened = await Promise.all(indexes.values())
      const sizes = await Promise.all(opened.map(({ index }) => index.size()))
      const stored = opened.filter(({ isForRun }) => !isForRun)
      const storages = (stored.length > 0 ? stored : opened).map(({ storage }) => storage)
      return {
        bytes: bytesIn(folder),
        objects: sizes.reduce((sum, one) => sum + one, 0),
        worst: {
          storage: storages.includes('memory')
            ? 'memory'
            : storages.includes('session')
              ? 'session'
              : 'kept',
          problem: opened.find((one) => one.problem !== null)?.problem ?? null,
        },
      }
    },
    async reopen() {
      let count = 0
      for (const [profileId, opening] of indexes) {
        const wanted = await storageOf(profileId).catch(() => null)
        if (wanted === null) continue
        const opened = await opening.catch(() => null)
        if (opened?.storage === wanted.storage || opened?.storage === 'kept') continue
        await shut(profileId)
        count++
      }
      return count
    },
    async clear() {
      await shutAll()
      for (const name of namesIn(folder)) if (!isOthers(name)) removeFile(join(folder, name))
    },
    async remove(profileId) {
      await shut(profileId)
      removeFile(join(folder, keptFile(profileId)))
    },
    async close() {
      closed = true
      await shutAll()
      await thread.close()
    },
  }
}

/** The name of the file that stays for a profile. */
const keptFile = (profileId: string): string => `${profileId.replace(/[^\w-]/g, '_')}.db`

/** The sentence for each end of an opening; null for none. */
const PROBLEMS: Readonly<Record<NonNullable<OpenedIndex['problem']>, IndexProblem | null>> = {
  damaged: 'damaged',
  disk: 'disk',
  missing: 'not-available',
  older: null,
  closed: null,
}
