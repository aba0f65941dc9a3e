import { mkdir, open, readdir, rm, statfs, utimes } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fail, Failure, ok, type AppError, type Result } from '../../shared/contract/errors.ts'
import type { Grant } from '../../shared/contract/models-transfers.ts'
import type { PathGrants } from '../core/app/core.ts'

/** One dropped file or folder, as the page's request describes it. Nothing in it is trusted. */
export interface Dropped {
  readonly drop: string
  /** Relative, with '/' between the names, whatever the system. */
  readonly path: string
  readonly kind: string
  /** Milliseconds since 1970 as text; '' for a folder. */
  readonly modified: string
  /** Bytes that will come, null when not announced. */
  readonly length: number | null
}

export interface Spool {
  /** Writes one item. On any error, or when the body breaks off, the whole drop is removed. */
  take(dropped: Dropped, body: Readable): Promise<Result<null>>
  /** The drop's top-level items as grants, in the order they came. */
  finish(drop: string): Promise<Result<readonly Grant[]>>
  /** Removes everything that no transfer needs. */
  close(): Promise<void>
}

/** A drop that nothing is added to for so long was left by a page that is gone. */
const IDLE_MS = 10 * 60_000
const MAX_DEPTH = 100

interface Drop {
  readonly folder: string
  readonly tops: Set<string>
  /** Items being written now. */
  busy: number
  /** Set once, by the first item that failed: half a drop must not look like a whole one. */
  failed: AppError | null
  timer: NodeJS.Timeout | undefined
}

/** A private folder for what a browser drops on the page: the browser hands over bytes and never a path. */
export async function openSpool(folder: string, grants: PathGrants): Promise<Spool> {
  const drops = new Map<string, Drop>()
  await sweep(folder, grants)
  await mkdir(folder, { recursive: true, mode: 0o700 })

  const find = (id: string): Drop => {
    const drop = drops.get(id) ?? { folder: join(folder, id), tops: new Set<string>(), busy: 0, failed: null, timer: undefined }
    drops.set(id, drop)
    return drop
  }
  const forget = async (id: string, drop: Drop): Promise<void> => {
    clearTimeout(drop.timer)
    drops.delete(id)
    await rm(drop.folder, { recursive: true, force: true })
  }
  const write = async (drop: Drop, dropped: Dropped, path: string, body: Readable): Promise<void> => {
    await mkdir(dropped.kind === 'folder' ? path : dirname(path), { recursive: true, mode: 0o700 })
    if (dropped.kind === 'folder') return
    const space = await statfs(folder, { bigint: true })
    if (dropped.length !== null && BigInt(dropped.length) > space.bavail * space.bsize) {
      throw new Failure({ code: 'disk-full', path: dropped.path, needed: dropped.length })
    }
    const file = await open(path, 'wx', 0o600)
    await pipeline(body, file.createWriteStream())
    if (drop.failed !== null) throw new Failure(drop.failed)
    const modified = Number(dropped.modified) / 1000
    if (Number.isFinite(modified)) await utimes(path, modified, modified)
  }

  return {
    async take(dropped, body) {
      const names = namesOf(dropped.path)
      if (!DROP_ID.test(dropped.drop) || names === null || !['file', 'folder'].includes(dropped.kind)) {
        return fail({ code: 'bad-request', detail: 'spool: drop, path or kind' })
      }
      const drop = find(dropped.drop)
      if (drop.failed !== null) return fail(drop.failed)
      const path = resolve(drop.folder, ...names)
      if (!path.startsWith(drop.folder + sep)) return fail({ code: 'bad-request', detail: 'spool: path' })
      drop.tops.add(names[0])
      drop.busy += 1
      clearTimeout(drop.timer)
      try {
        await write(drop, dropped, path, body)
      } catch (cause) {
        drop.failed ??= writeError(cause, dropped)
      }
      drop.busy -= 1
      if (drop.failed !== null) await rm(drop.folder, { recursive: true, force: true })
      if (drop.busy === 0) drop.timer = setTimeout(() => void forget(dropped.drop, drop), IDLE_MS).unref()
      return drop.failed === null ? ok(null) : fail(drop.failed)
    },
    async finish(id) {
      const drop = drops.get(id)
      if (drop === undefined || drop.busy > 0) return fail({ code: 'bad-request', detail: 'spool: drop' })
      const found: Grant[] = []
      for (const name of drop.tops) {
        const grant = drop.failed === null ? await grants.forSpool(join(drop.folder, name)) : fail(drop.failed)
        if (!grant.ok) {
          await forget(id, drop)
          return grant
        }
        found.push(grant.value)
      }
      // From here on the core removes each item when nothing reads it any more.
      clearTimeout(drop.timer)
      drops.delete(id)
      return ok(found)
    },
    async close() {
      for (const drop of drops.values()) clearTimeout(drop.timer)
      drops.clear()
      await sweep(folder, grants)
    },
  }
}

/** Removes the folder but for what transfers still need, which may be those of an earlier start. */
async function sweep(folder: string, grants: PathGrants): Promise<void> {
  const held = [...grants.held()]
  const inside = await readdir(folder).catch(() => [])
  const loose = inside.filter((name) => !held.some((path) => path.startsWith(join(folder, name) + sep)))
  await Promise.all(loose.map((name) => rm(join(folder, name), { recursive: true, force: true })))
  if (loose.length === inside.length) await rm(folder, { recursive: true, force: true })
}

const DROP_ID = /^[\w-]{8,64}$/

/** Names from the top down, or null for a path that is not plainly below the drop. */
function namesOf(path: string): readonly [string, ...string[]] | null {
  const names = path.split('/')
  if (names.length > MAX_DEPTH || !names.every(isPlainName)) return null
  return names as [string, ...string[]]
}

function isPlainName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || name.includes('\0') || Buffer.byteLength(name) > 255) return false
  // Windows takes these for a separator and for the name of a hidden stream.
  return process.platform !== 'win32' || !/[\\:]/.test(name)
}

function writeError(cause: unknown, { path, length }: Dropped): AppError {
  if (cause instanceof Failure) return cause.error
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown'
  if (reason === 'ENOSPC' || reason === 'EDQUOT') return { code: 'disk-full', path, needed: length ?? 0 }
  if (reason === 'ECONNRESET' || reason === 'ERR_STREAM_PREMATURE_CLOSE') return { code: 'cancelled' }
  if (reason === 'EEXIST') return { code: 'name-taken', name: path }
  return { code: 'target-unwritable', path, reason }
}
