import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { caught, Failure } from '../../../shared/contract/errors.ts'
import { underLock } from './file-lock.ts'
import { queue, type InTurn } from '../base/queue.ts'
import { setAside, type Told } from './set-aside.ts'
import { readSmallFile } from './small-file.ts'
import { writeFailure } from '../base/write-failure.ts'

/**
 * Small named texts kept across restarts: settings, profiles, key records. Never a plaintext
 * secret.
 */
export interface TextStore {
  /** Null when there is none of this name. */
  load(name: string): Promise<string | null>
  /**
   * After it resolves, a crash leaves the new text; before that, either the old one or the new one,
   * whole.
   */
  save(name: string, text: string): Promise<void>
  remove(name: string): Promise<void>
  /** Names that begin with `prefix`, sorted. */
  list(prefix: string): Promise<readonly string[]>
  /** Moves a text that cannot be used out of the way, and tells of it: see `set-aside.ts`. */
  setAside(name: string): Promise<void>
  /** Tells of a text that cannot be used, and leaves it where it is. */
  leave(name: string): void
  /**
   * Runs `work` while nobody else, in another process either, runs theirs for this name: for a text
   * that is read, changed and saved. It does not keep others from saving without asking, and `work`
   * must not ask for the same name again.
   */
  alone<T>(name: string, work: () => Promise<T>): Promise<T>
}

/**
 * Names are ours, never a user's: small letters, digits, `-` and inner dots, so that they are one
 * file name everywhere and two names never meet on a file system that ignores case.
 */
const NAME = /^[a-z0-9](?:[a-z0-9-]|\.(?=[a-z0-9])){0,99}$/

/** No text of ours is nearly as long: what is longer was put there by something else. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024

function checkName(name: string): string {
  if (!NAME.test(name)) throw new RangeError('not a name for a text')
  return name
}

export function memoryTexts(): TextStore {
  const texts = new Map<string, string>()
  const turns = new Map<string, InTurn>()
  return {
    load: async (name) => texts.get(checkName(name)) ?? null,
    save: async (name, text) => void texts.set(checkName(name), text),
    remove: async (name) => void texts.delete(checkName(name)),
    list: async (prefix) => [...texts.keys()].filter((name) => name.startsWith(prefix)).sort(),
    setAside: async (name) => void texts.delete(checkName(name)),
    leave: () => undefined,
    alone(name, work) {
      const inTurn = turns.get(checkName(name)) ?? queue()
      turns.set(name, inTurn)
      return inTurn(work)
    },
  }
}

/**
 * One file `<name>.json` per text in `directory`, which is made with mode 0700 when it is missing;
 * files have mode 0600.
 *
 * Errors Failure 'disk-full' or 'target-unwritable' from `save`, `remove` and `alone`; the old text
 * is still there then. A text that cannot be read throws Failure 'source-unreadable': it is never
 * taken for a missing one.
 * `told`: hears of texts that were set aside or left.
 */
export function fileTexts(directory: string, told: Told = () => undefined): TextStore {
  const pathOf = (name: string) => join(directory, `${checkName(name)}.json`)
  let swept: Promise<void> | null = null
  return {
    async load(name) {
      const path = pathOf(name)
      try {
        return (await readSmallFile(path, MAX_TEXT_BYTES)).toString('utf8')
      } catch (cause) {
        const failed = caught(cause)
        if (failed.ok || failed.error.code !== 'source-unreadable')
          throw failed.ok
            ? cause
            : new Failure({ code: 'source-unreadable', path, reason: 'EFBIG' })
        if (failed.error.reason === 'ENOENT') return null
        throw cause
      }
    },
    async save(name, text) {
      const path = pathOf(name)
      // A name of its own: two processes may save the same text at the same time.
      const draft = `${path}.${randomBytes(6).toString('hex')}.new`
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 })
        await writeWhole(draft, text)
        await rename(draft, path)
        await syncDirectory(directory)
        await (swept ??= dropOldDrafts(directory))
      } catch (cause) {
        await rm(draft, { force: true }).catch(() => undefined)
        throw writeFailure(path, text.length, cause)
      }
    },
    async remove(name) {
      const path = pathOf(name)
      try {
        await rm(path, { force: true })
        await syncDirectory(directory)
      } catch (cause) {
        if (systemCode(cause) !== 'ENOENT') throw writeFailure(path, 0, cause)
      }
    },
    async list(prefix) {
      let files: readonly string[]
      try {
        files = await readdir(directory)
      } catch (cause) {
        if (systemCode(cause) === 'ENOENT') return []
        throw new Failure({ code: 'source-unreadable', path: directory, reason: systemCode(cause) })
      }
      const names = files
        .filter((file) => file.endsWith('.json'))
        .map((file) => file.slice(0, -'.json'.length))
      return names.filter((name) => name.startsWith(prefix) && NAME.test(name)).sort()
    },
    setAside: async (name) => told(setAside(pathOf(name))),
    leave: (name) => told({ code: 'file-damaged', path: pathOf(name), kept: null }),
    async alone(name, work) {
      const path = pathOf(name)
      let begun = false
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 })
        return await underLock(`${path}.lock`, () => ((begun = true), work()))
      } catch (cause) {
        throw begun ? cause : writeFailure(path, 0, cause)
      }
    },
  }
}

/** A draft this old was left by a crash: one is written in milliseconds. */
const DRAFT_MS = 60_000

/** Best effort: it holds nothing that is not encrypted or public, and takes only space. */
async function dropOldDrafts(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    if (!/\.json\.[0-9a-f]{12}\.new$/.test(name)) continue
    const path = join(directory, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }))
    if (Date.now() - mtimeMs > DRAFT_MS) await rm(path, { force: true }).catch(() => undefined)
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes a rename last through a power cut. Windows has no such call and does not need one. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const systemCode = (cause: unknown): string => (cause as NodeJS.ErrnoException).code ?? 'unknown'
