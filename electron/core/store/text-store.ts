import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { caught, Failure } from '../../../shared/contract/errors.ts'
import { underLock } from './file-lock.ts'
import { setAside, type ReportDamage } from './set-aside.ts'
import { readSmallFile } from './small-file.ts'
import { replaceFile, syncFolder } from '../base/replace-file.ts'
import { ownFileFailure, systemCode } from '../base/system-failure.ts'

/**
 * Small named texts that survive restarts: settings, profiles, key records. They never hold a
 * plaintext secret.
 */
export interface TextStore {
  /** Returns the text, and null when no text has this name. */
  load(name: string): Promise<string | null>
  /**
   * Saves a text. After a crash the text is the new one if this had resolved, and otherwise the old
   * or the new one as a whole.
   */
  save(name: string, text: string): Promise<void>
  remove(name: string): Promise<void>
  /** Lists the names that begin with `prefix`, sorted. */
  list(prefix: string): Promise<readonly string[]>
  /** Moves an unusable text aside and reports it. See `set-aside.ts`. */
  setAside(name: string): Promise<void>
  /** Reports an unusable text and leaves it in place. */
  leave(name: string): void
  /**
   * Runs `work` while no one else, in any process, runs work for this name. It is for a text that
   * is read, changed and saved. Others can still save without asking. `work` must not ask for the
   * same name again.
   */
  alone<T>(name: string, work: () => Promise<T>): Promise<T>
}

/**
 * Our own names, never a user's: small letters, digits, `-` and inner dots. Each is a valid file
 * name everywhere, and two names differ even where the file system ignores case.
 */
const NAME = /^[a-z0-9](?:[a-z0-9-]|\.(?=[a-z0-9])){0,99}$/

/** None of our texts comes near this length. Something else wrote a longer file. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024

function checkName(name: string): string {
  if (!NAME.test(name)) throw new RangeError('not a name for a text')
  return name
}

/**
 * Stores one file `<name>.json` per text in `directory`. Files have mode 0600, and a missing
 * directory is made with mode 0700. `told`: receives the errors of texts that were set aside or
 * left.
 *
 * Errors  Failure 'disk-full' or 'target-unwritable' from `save`, `remove` and `alone`; the old
 * text is still there then. A text that cannot be read rejects with Failure 'source-unreadable',
 * and is never taken for a missing one.
 */
export function fileTexts(directory: string, told: ReportDamage = () => undefined): TextStore {
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
      // The draft has a name of its own, because two processes can save the same text at once.
      const draft = `${path}.${randomBytes(6).toString('hex')}.new`
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 })
        await replaceFile(path, draft, (file) => file.writeFile(text))
        await (swept ??= dropOldDrafts(directory))
      } catch (cause) {
        throw ownFileFailure(cause, path, text.length)
      }
    },
    async remove(name) {
      const path = pathOf(name)
      try {
        await rm(path, { force: true })
        await syncFolder(directory)
      } catch (cause) {
        if (systemCode(cause) !== 'ENOENT') throw ownFileFailure(cause, path)
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
        throw begun ? cause : ownFileFailure(cause, path)
      }
    },
  }
}

/** A crash left a draft of this age. A draft is written in milliseconds. */
const DRAFT_MS = 60_000

/**
 * Removes old drafts if possible. They hold only encrypted or public content and just take space.
 */
async function dropOldDrafts(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    if (!/\.json\.[0-9a-f]{12}\.new$/.test(name)) continue
    const path = join(directory, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }))
    if (Date.now() - mtimeMs > DRAFT_MS) await rm(path, { force: true }).catch(() => undefined)
  }
}
