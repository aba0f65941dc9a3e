import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import {
  caught,
  Failure,
  fail,
  ok,
  type AppError,
  type Result,
} from '../../shared/contract/errors.ts'
import type { Grant } from '../../shared/contract/models-transfers.ts'
import type { ArrivingDrop, PathGrants } from '../core/app/core.ts'
import { needRoom, writeSmall, writeStream } from './spool-files.ts'
import { framesOf, type SpoolFrame } from './spool-frames.ts'
import { namesOf, placeIn, writeError } from './spool-names.ts'

/** One dropped file or folder, as the page's request describes it. Nothing in it is trusted. */
export interface DropEntry {
  readonly drop: string
  /** A relative path, with '/' between the names on every system. */
  readonly path: string
  readonly kind: string
  /** Milliseconds since 1970 as text; '' for a folder. */
  readonly modified: string
  /** The bytes that will come, or null when they are not announced. */
  readonly length: number | null
}

/**
 * One top-level item of a drop, as the page describes it. Loose files are one item without a name.
 */
export type OpenedThing = Pick<Grant, 'name' | 'kind' | 'size'>

/** A drop whose files are counted and uploaded while they arrive. */
export interface OpenDrop {
  readonly grants: readonly Grant[]
  /**
   * Writes one file. A file that breaks off is removed, and the drop continues: only its page ends
   * it.
   */
  take(
    names: readonly [string, ...string[]],
    dropped: DropEntry,
    body: Readable,
  ): Promise<Result<null>>
  many(length: number | null, body: Readable): Promise<Result<null>>
  /** Ends the drop: all files have arrived. */
  finish(): Result<readonly Grant[]>
  /**
   * Ends the drop early: the page went away, or the app is closing. Files that arrived stay until
   * nothing needs them.
   */
  breakOff(why: 'page' | 'app'): void
}

type Why = Extract<AppError, { readonly code: 'drop-broken-off' }>['why']

/**
 * Opens drops in `folder`. `ended` is called once a drop: with null, or with the reason why files
 * are missing.
 */
export function dropOpener(folder: string, grants: PathGrants) {
  return async (
    id: string,
    things: readonly OpenedThing[],
    ended: (error: AppError | null) => void,
  ): Promise<Result<OpenDrop>> => {
    const names = things.map(({ name }) => name)
    const good = things.every(({ name, kind }) =>
      kind === 'files' ? name === '' : namesOf(name)?.length === 1,
    )
    if (things.length === 0 || !good || new Set(names).size < names.length)
      return fail({ code: 'bad-request', detail: 'spool: things' })
    // Each drop has a folder of its own, which is removed with it.
    const base = join(folder, id, 'all')
    const files = join(base, 'files')
    try {
      await mkdir(files, { recursive: true, mode: 0o700 })
      return ok(openDrop({ folder, base, files, things, grants, ended }))
    } catch (cause) {
      await rm(join(folder, id), { recursive: true, force: true })
      return cause instanceof Failure
        ? caught(cause)
        : fail(writeError(cause, names[0] ?? '', null))
    }
  }
}

interface Opening {
  readonly folder: string
  readonly base: string
  readonly files: string
  readonly things: readonly OpenedThing[]
  readonly grants: PathGrants
  readonly ended: (error: AppError | null) => void
}

function openDrop({ folder, base, files, things, grants, ended }: Opening): OpenDrop {
  const control = new AbortController()
  const numbers = new Map(things.map(({ name }, thing) => [name, thing]))
  let [over, busy]: [{ readonly error: AppError | null } | null, number] = [null, 0]
  let unwanted = false
  const end = (error: AppError | null): void => {
    if (over !== null) return
    over = { error }
    if (error !== null) control.abort()
    drop.end(error)
    ended(error)
  }
  const drop: ArrivingDrop = grants.forArriving(
    base,
    things.map((thing) => ({ ...thing, path: join(files, thing.name) })),
    () => {
      unwanted = true
      end({ code: 'cancelled' })
    },
  )
  const brokenOff = (why: Why): AppError => ({ code: 'drop-broken-off', files: drop.count(), why })

  /** Returns an item's grant and its path below that. For loose files the name is the path. */
  const placed = (
    names: readonly string[],
    kind: SpoolFrame['kind'],
  ): { readonly thing: number; readonly below: string } => {
    const named = numbers.get(names[0] ?? '')
    const thing = named ?? numbers.get('')
    const below = (named === undefined ? names : names.slice(1)).join('/')
    const isFolder = kind === 'folder' || kind === 'empty'
    const depth = {
      file: names.length === 1,
      files: names.length === 1,
      folder: isFolder || names.length > 1,
    }
    const whole = thing === undefined ? undefined : things[thing]?.kind
    if (
      thing === undefined ||
      whole === undefined ||
      !depth[whole] ||
      (isFolder && whole !== 'folder')
    )
      throw new Failure({ code: 'bad-request', detail: 'spool: path' })
    return { thing, below }
  }
  const pathOf = (names: readonly string[]): string => {
    const path = placeIn(files, names)
    if (path === null) throw new Failure({ code: 'bad-request', detail: 'spool: path' })
    return path
  }
  const one = ({ path: named, kind, modified, bytes }: SpoolFrame): void => {
    const names = namesOf(named)
    if (names === null) throw new Failure({ code: 'bad-request', detail: 'spool: path' })
    const { thing, below } = placed(names, kind)
    if (kind === 'unreadable') return drop.left(thing, named)
    if (kind !== 'file') {
      drop.folder(thing)
      if (kind === 'empty') drop.arrived({ root: thing, path: `${below}/`, size: 0, modified: 0 })
      return
    }
    writeSmall(pathOf(names), bytes, modified)
    drop.arrived({ root: thing, path: below, size: bytes.length, modified })
  }
  /**
   * Runs work of the drop. A file that cannot be written ends the drop. A request that broke off
   * does not, since the page may give the reason.
   */
  const working = async (
    named: string,
    length: number | null,
    work: () => Promise<void>,
  ): Promise<Result<null>> => {
    if (over !== null) return fail(over.error ?? { code: 'cancelled' })
    busy += 1
    try {
      await work()
      return ok(null)
    } catch (cause) {
      const error = writeError(cause, named, length)
      if (error.code === 'disk-full') end(brokenOff('disk-full'))
      else if (error.code === 'target-unwritable') end(brokenOff('unwritable'))
      else if (error.code !== 'cancelled') end(error)
      return fail(error)
    } finally {
      busy -= 1
      // The folder was removed before, and files may have been written into it since.
      if (busy === 0 && unwanted) await rm(dirname(base), { recursive: true, force: true })
    }
  }

  return {
    grants: drop.grants,
    take: (names, { path: named, modified, length }, body) =>
      working(named, length, async () => {
        const { thing, below } = placed(names, 'file')
        await needRoom(folder, named, length)
        const size = await writeStream(pathOf(names), body, Number(modified), control.signal)
        drop.arrived({
          root: thing,
          path: below,
          size,
          modified: Math.floor(Number(modified)) || 0,
        })
      }),
    many: (length, body) =>
      working('', length, async () => {
        await needRoom(folder, '', length)
        for await (const frames of framesOf(body)) {
          for (const frame of frames) {
            if (over !== null) throw new Failure(over.error ?? { code: 'cancelled' })
            one(frame)
          }
        }
      }),
    finish() {
      if (over !== null) return fail(over.error ?? { code: 'cancelled' })
      if (busy > 0) return fail({ code: 'bad-request', detail: 'spool: drop' })
      end(null)
      return ok([])
    },
    breakOff: (why) => end(brokenOff(why)),
  }
}
