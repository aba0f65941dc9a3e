import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { access, realpath, rm, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { fail, ok, type Result } from '../../../shared/contract/errors.ts'
import type { GrantId } from '../../../shared/contract/models.ts'
import type { Grant } from '../../../shared/contract/models-transfers.ts'
import type { PathGrants } from './core.ts'

/** What a grant stands for; only the core's own handlers see it. */
export interface Granted {
  /** What it leads to, where it is a link. */
  readonly path: string
  /** As it was named, absolute. */
  readonly named: string
  readonly name: string
  readonly kind: 'file' | 'folder'
}

export interface GrantBook extends PathGrants {
  readable(id: GrantId): Result<Granted>
  writable(id: GrantId): Result<Granted>
  /** Keeps a spooled path alive until the returned function is called; for other grants both do nothing. */
  hold(id: GrantId): () => void
  /** Removes what is left in the spool. */
  close(): Promise<void>
}

interface Entry extends Granted {
  readonly use: 'read' | 'write' | 'spool'
  holders: number
}

/** Ids for paths the user chose. A grant lives as long as the process; ids cannot be guessed. */
export function openGrants(): GrantBook {
  const entries = new Map<GrantId, Entry>()

  const add = (path: string, named: string, kind: 'file' | 'folder', size: number | null, use: Entry['use']): Grant => {
    const id = randomUUID()
    const name = basename(named) || path
    entries.set(id, { path, named, name, kind, use, holders: 0 })
    return { id, name, kind, size }
  }
  const forRead = async (path: string, use: 'read' | 'spool'): Promise<Result<Grant>> => {
    const named = resolve(path)
    try {
      // A link the user chose is what it leads to; links found inside a folder are left out by the scan.
      const full = await realpath(named)
      const info = await stat(full)
      if (!info.isFile() && !info.isDirectory()) return fail({ code: 'source-unreadable', path: named, reason: 'not a file' })
      await access(full, constants.R_OK)
      return ok(add(full, named, info.isDirectory() ? 'folder' : 'file', info.isFile() ? info.size : null, use))
    } catch (cause) {
      return fail({ code: 'source-unreadable', path: named, reason: systemCode(cause) })
    }
  }
  const find = (id: GrantId, write: boolean): Result<Granted> => {
    const entry = entries.get(id)
    if (entry === undefined || (entry.use === 'write') !== write) return fail({ code: 'not-found', what: 'grant', name: id })
    return ok(entry)
  }
  const drop = (id: GrantId, entry: Entry): Promise<void> => {
    entries.delete(id)
    return rm(entry.path, { recursive: true, force: true })
  }

  return {
    forReading: (path) => forRead(path, 'read'),
    forSpool: (path) => forRead(path, 'spool'),
    async forWriting(folder) {
      const full = resolve(folder)
      try {
        if (!(await stat(full)).isDirectory()) return fail({ code: 'target-unwritable', path: full, reason: 'not a folder' })
        await access(full, constants.W_OK)
        return ok(add(full, full, 'folder', null, 'write'))
      } catch (cause) {
        return fail({ code: 'target-unwritable', path: full, reason: systemCode(cause) })
      }
    },
    readable: (id) => find(id, false),
    writable: (id) => find(id, true),
    hold(id) {
      const entry = entries.get(id)
      if (entry?.use !== 'spool') return () => undefined
      entry.holders += 1
      let held = true
      return () => {
        if (!held) return
        held = false
        entry.holders -= 1
        if (entry.holders === 0) void drop(id, entry)
      }
    },
    async close() {
      const spooled = [...entries].filter(([, entry]) => entry.use === 'spool')
      await Promise.all(spooled.map(([id, entry]) => drop(id, entry)))
    },
  }
}

/** The system's code of a failed call, such as ENOENT; never its message, which repeats the path. */
export function systemCode(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? 'unknown'
}
