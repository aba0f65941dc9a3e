import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { access, realpath, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { GrantId } from '../../../../shared/contract/models.ts'
import type { Grant } from '../../../../shared/contract/models-transfers.ts'
import { systemCode } from '../../base/system-failure.ts'
import { openArrival, type Arrival } from './arrivals.ts'
import type { PathGrants } from '../core.ts'
import type { SpoolHolds } from './spool-holds.ts'

/** The time after which an unused dropped file is released, in milliseconds. */
const UNUSED_MS = 60 * 60_000

/** The path behind a grant. Only the core's own handlers see it. */
export interface Granted {
  /** The path, with all links resolved. */
  readonly path: string
  /** The absolute path as it was named. */
  readonly named: string
  readonly name: string
  readonly kind: Grant['kind']
  /**
   * True: the path is a copy of the app's own. The copy is removed when nothing reads it any more.
   * `spool-holds.ts` holds such a copy.
   */
  readonly spooled: boolean
  /** Set when the files may still be on their way. */
  readonly arriving: {
    readonly arrival: Arrival
    readonly thing: number
    readonly folder: string
  } | null
}

/**
 * Returns the path of a file directly in a granted folder.
 * Errors  'name-not-local' for a hidden name, and for a name that leads to another folder.
 */
export const pathInFolder = ({ path }: Granted, fileName: string): Result<string> =>
  /^\.|[/\\]/.test(fileName)
    ? fail({ code: 'name-not-local', name: fileName })
    : ok(join(path, fileName))

export interface GrantBook extends PathGrants {
  /** Finds a path to read. Errors: 'not-found', also for files that are still being copied in. */
  readable(id: GrantId): Result<Granted>
  /** Finds a path to count, also of files that are still being copied in. Errors: 'not-found'. */
  countable(id: GrantId): Result<Granted>
  writable(id: GrantId): Result<Granted>
  /**
   * Ends the grant's own hold. The holder of a spooled path decides from now on how long it stays.
   */
  used(id: GrantId): void
  /**
   * Releases the spooled paths that were never used. Resolves after the removal of every path
   * without a holder.
   */
  close(): Promise<void>
}

interface Entry extends Granted {
  readonly use: 'read' | 'write'
  readonly release: () => void
}

/**
 * Opens the ids for paths that the user chose. A grant lives as long as the process. Nobody can
 * guess an id.
 */
export function openGrants(spool: SpoolHolds): GrantBook {
  const entries = new Map<GrantId, Entry>()

  const add = (
    path: string,
    named: string,
    kind: Grant['kind'],
    size: number | null,
    use: Entry['use'] | 'spool',
  ): Grant => {
    const id = randomUUID()
    const name = basename(named) || path
    const spooled = use === 'spool'
    entries.set(id, {
      path,
      named,
      name,
      kind,
      use: use === 'write' ? 'write' : 'read',
      spooled,
      arriving: null,
      release: spooled ? spool.hold([path]) : () => undefined,
    })
    // A user of the path holds it itself by then. A closed page never uses it.
    if (spooled) setTimeout(() => entries.get(id)?.release(), UNUSED_MS).unref()
    return { id, name, kind, size }
  }
  const forRead = async (path: string, use: 'read' | 'spool'): Promise<Result<Grant>> => {
    const named = resolve(path)
    try {
      // The app follows a link that the user chose. The scan leaves out links inside a folder.
      const full = await realpath(named)
      const info = await stat(full)
      if (!info.isFile() && !info.isDirectory())
        return fail({ code: 'source-unreadable', path: named, reason: 'not a file' })
      await access(full, constants.R_OK)
      return ok(
        add(
          full,
          named,
          info.isDirectory() ? 'folder' : 'file',
          info.isFile() ? info.size : null,
          use,
        ),
      )
    } catch (cause) {
      return fail({ code: 'source-unreadable', path: named, reason: systemCode(cause) })
    }
  }
  const find = (id: GrantId, write: boolean): Result<Granted> => {
    const entry = entries.get(id)
    if (entry === undefined || (entry.use === 'write') !== write)
      return fail({ code: 'not-found', what: 'grant', name: id })
    return ok(entry)
  }

  return {
    forReading: (path) => forRead(path, 'read'),
    forSpool: (path) => forRead(path, 'spool'),
    async forWriting(folder) {
      const full = resolve(folder)
      try {
        if (!(await stat(full)).isDirectory())
          return fail({ code: 'target-unwritable', path: full, reason: 'not a folder' })
        await access(full, constants.W_OK)
        return ok(add(full, full, 'folder', null, 'write'))
      } catch (cause) {
        return fail({ code: 'target-unwritable', path: full, reason: systemCode(cause) })
      }
    },
    readable(id) {
      const found = find(id, false)
      return found.ok && found.value.arriving !== null
        ? fail({ code: 'not-found', what: 'grant', name: id })
        : found
    },
    countable: (id) => find(id, false),
    forArriving(folder, things, unwanted) {
      const arrival = openArrival(folder)
      const releases: (() => void)[] = []
      const made = things.map(({ path, name, kind, size }, thing): Grant => {
        const id = randomUUID()
        const release = spool.hold([folder])
        releases.push(release)
        entries.set(id, {
          path,
          named: path,
          name,
          kind,
          use: 'read',
          spooled: true,
          arriving: { arrival, thing, folder },
          release,
        })
        return { id, name, kind, size }
      })
      const lettingGo = (): void => releases.forEach((release) => release())
      setTimeout(lettingGo, UNUSED_MS).unref()
      spool.onGone(folder, () => {
        for (const { id } of made) entries.delete(id)
        arrival.end({ code: 'cancelled' })
        unwanted()
        arrival.close()
      })
      return {
        grants: made,
        arrived: arrival.arrived,
        folder: arrival.folder,
        left: arrival.left,
        count: arrival.count,
        end(error) {
          arrival.end(error)
          // No upload should start with half of the drop.
          if (error !== null) lettingGo()
        },
      }
    },
    writable: (id) => find(id, true),
    held: () => spool.held(),
    used: (id) => entries.get(id)?.release(),
    async close() {
      for (const { release } of entries.values()) release()
      await spool.settled()
    },
  }
}
