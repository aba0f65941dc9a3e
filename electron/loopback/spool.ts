import { mkdir, readdir, rm } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { fail, ok, type AppError, type Result } from '../../shared/contract/errors.ts'
import type { Grant } from '../../shared/contract/models-transfers.ts'
import type { PathGrants } from '../core/app/core.ts'
import { dropOpener, type DropEntry, type OpenDrop, type OpenedThing } from './spool-open.ts'
import { needRoom, writeStream } from './spool-files.ts'
import { isDropId, namesOf, placeIn, writeError } from './spool-names.ts'

export interface Spool {
  /**
   * Starts a drop that is uploaded while it arrives; its grants are valid at once. `ended` receives
   * null for a whole drop, or the reason why files are missing.
   */
  open(
    drop: string,
    things: readonly OpenedThing[],
    ended: (error: AppError | null) => void,
  ): Promise<Result<OpenDrop>>
  /**
   * Writes one item. On an error, or when the body breaks off, the whole drop is removed. Of an
   * open drop, only this item is removed.
   */
  take(dropped: DropEntry, body: Readable): Promise<Result<null>>
  /** Writes many small items of an open drop; see `spool-frames.ts`. */
  many(drop: string, length: number | null, body: Readable): Promise<Result<null>>
  /**
   * Returns the drop's top-level items as grants, in the order of their arrival. An open drop has
   * its grants already, and returns none.
   */
  finish(drop: string): Promise<Result<readonly Grant[]>>
  /** Removes everything that no transfer needs. */
  close(): Promise<void>
}

/** The longest pause of a drop in ms. After that its page is taken to be gone. */
const IDLE_MS = 10 * 60_000

interface Drop {
  readonly folder: string
  readonly tops: Set<string>
  /** The number of items that are being written. */
  busy: number
  /** The error of the first item that failed. Half a drop must not look like a whole one. */
  failed: AppError | null
  timer: NodeJS.Timeout | undefined
}

/**
 * Opens a private folder for files that are dropped on the page. A browser hands over bytes, and
 * never a path.
 */
export async function openSpool(folder: string, grants: PathGrants): Promise<Spool> {
  const drops = new Map<string, Drop>()
  const opened = new Map<string, OpenDrop>()
  await sweep(folder, grants)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const opener = dropOpener(folder, grants)
  const never = new AbortController().signal

  const find = (id: string): Drop => {
    const drop = drops.get(id) ?? {
      folder: join(folder, id),
      tops: new Set<string>(),
      busy: 0,
      failed: null,
      timer: undefined,
    }
    drops.set(id, drop)
    return drop
  }
  const forget = async (id: string, drop: Drop): Promise<void> => {
    clearTimeout(drop.timer)
    drops.delete(id)
    await rm(drop.folder, { recursive: true, force: true })
  }
  const write = async (
    drop: Drop,
    { kind, path: named, modified, length }: DropEntry,
    path: string,
    body: Readable,
  ): Promise<void> => {
    if (kind === 'folder') return void (await mkdir(path, { recursive: true, mode: 0o700 }))
    await mkdir(drop.folder, { recursive: true, mode: 0o700 })
    await needRoom(folder, named, length)
    await writeStream(path, body, Number(modified), never)
  }

  return {
    async open(id, things, ended) {
      if (!isDropId(id) || drops.has(id) || opened.has(id))
        return fail({ code: 'bad-request', detail: 'spool: drop' })
      const made = await opener(id, things, (error) => {
        opened.delete(id)
        ended(error)
      })
      if (made.ok) opened.set(id, made.value)
      return made
    },
    async take(dropped, body) {
      const names = namesOf(dropped.path)
      if (!isDropId(dropped.drop) || names === null || !['file', 'folder'].includes(dropped.kind)) {
        return fail({ code: 'bad-request', detail: 'spool: drop, path or kind' })
      }
      const open = opened.get(dropped.drop)
      if (open !== undefined) return open.take(names, dropped, body)
      const drop = find(dropped.drop)
      if (drop.failed !== null) return fail(drop.failed)
      const path = placeIn(drop.folder, names)
      if (path === null) return fail({ code: 'bad-request', detail: 'spool: path' })
      drop.tops.add(names[0])
      drop.busy += 1
      clearTimeout(drop.timer)
      try {
        await write(drop, dropped, path, body)
      } catch (cause) {
        drop.failed ??= writeError(cause, dropped.path, dropped.length)
      }
      drop.busy -= 1
      if (drop.failed !== null) await rm(drop.folder, { recursive: true, force: true })
      if (drop.busy === 0)
        drop.timer = setTimeout(() => void forget(dropped.drop, drop), IDLE_MS).unref()
      return drop.failed === null ? ok(null) : fail(drop.failed)
    },
    many: async (id, length, body) =>
      opened.get(id)?.many(length, body) ?? fail({ code: 'cancelled' }),
    async finish(id) {
      const open = opened.get(id)
      if (open !== undefined) return open.finish()
      const drop = drops.get(id)
      if (drop === undefined || drop.busy > 0)
        return fail({ code: 'bad-request', detail: 'spool: drop' })
      const found: Grant[] = []
      for (const name of drop.tops) {
        const grant =
          drop.failed === null ? await grants.forSpool(join(drop.folder, name)) : fail(drop.failed)
        if (!grant.ok) {
          await forget(id, drop)
          return grant
        }
        found.push(grant.value)
      }
      // From now on the core removes each item when no transfer reads it.
      clearTimeout(drop.timer)
      drops.delete(id)
      return ok(found)
    },
    async close() {
      for (const drop of drops.values()) clearTimeout(drop.timer)
      drops.clear()
      for (const open of opened.values()) open.breakOff('app')
      await sweep(folder, grants)
    },
  }
}

/**
 * Removes the folder, except for files that transfers still need. Those transfers may be of an
 * earlier start.
 */
async function sweep(folder: string, grants: PathGrants): Promise<void> {
  const held = [...grants.held()]
  const inside = await readdir(folder).catch(() => [])
  const loose = inside.filter(
    (name) => !held.some((path) => `${path}${sep}`.startsWith(join(folder, name) + sep)),
  )
  await Promise.all(loose.map((name) => rm(join(folder, name), { recursive: true, force: true })))
  if (loose.length === inside.length) await rm(folder, { recursive: true, force: true })
}
