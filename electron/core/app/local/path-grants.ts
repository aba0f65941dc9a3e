import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { access, realpath, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { GrantId } from '../../../../shared/contract/models.ts'
import type { Grant } from '../../../../shared/contract/models-transfers.ts'
import { systemCode } from '../../base/system-failure.ts'
import { openArrival, type Arrival } from './arrivals.ts'
import type { PathGrants } from '../core.ts'
import type { SpoolHolds } from './spool-holds.ts'

/** A dropped file that nothing was begun with for so long is no longer wanted. */
const UNUSED_MS = 60 * 60_000

/** What a grant stands for; only the core's own handlers see it. */
export interface Granted {
  /** What it leads to, where it is a link. */
  readonly path: string
  /** As it was named, absolute. */
  readonly named: string
  readonly name: string
  readonly kind: Grant['kind']
  /**
   * A copy of ours, to be removed when nothing reads it any more: hold it with `spool-holds.ts`.
   */
  readonly spooled: boolean
  /** Set while it may still be on its way. */
  readonly arriving: {
    readonly arrival: Arrival
    readonly thing: number
    readonly folder: string
  } | null
}

export interface GrantBook extends PathGrants {
  /** 'not-found' too for what is still being copied in. */
  readable(id: GrantId): Result<Granted>
  /** The same, and what is still being copied in. */
  countable(id: GrantId): Result<Granted>
  writable(id: GrantId): Result<Granted>
  /** Whoever holds a spooled path decides from now on how long it stays. */
  used(id: GrantId): void
  /** Lets go of what was spooled and never used. Resolves when what nobody holds is removed. */
  close(): Promise<void>
}

interface Entry extends Granted {
  readonly use: 'read' | 'write'
  readonly release: () => void
}

/** Ids for paths the user chose. A grant lives as long as the process; ids cannot be guessed. */
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
    // Somebody who uses it holds it himself by then; a page that is gone never will.
    if (spooled) setTimeout(() => entries.get(id)?.release(), UNUSED_MS).unref()
    return { id, name, kind, size }
  }
  const forRead = async (path: string, use: 'read' | 'spool'): Promise<Result<Grant>> => {
    const named = resolve(path)
    try {
      // A link the user chose is what it leads to; links found inside a folder are left out by the
      // scan.
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
          // Nobody should begin with half of it.
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
