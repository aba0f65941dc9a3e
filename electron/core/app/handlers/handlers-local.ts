import { readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { LocalEntry } from '../../../../shared/contract/models.ts'
import type { Grant } from '../../../../shared/contract/models-transfers.ts'
import type { HandlersOf, Parts } from '../parts.ts'
import { systemCode } from '../../base/system-failure.ts'

const MAX_ENTRIES = 5000
const byName = new Intl.Collator(undefined, { numeric: true })

/**
 * Returns the handlers of the loopback shell's file chooser. The desktop shell answers with
 * 'bad-request', because its page must not name paths.
 */
export function localHandlers({ ports, grants }: Parts): HandlersOf<'local'> {
  const refused = fail({ code: 'bad-request', detail: 'local: only in the browser shell' })
  if (ports.shell === 'desktop')
    return { 'local.list': async () => refused, 'local.grant': async () => refused }
  return {
    'local.list': async ({ path }) => {
      const folder = resolve(path ?? ports.home)
      try {
        const entries = await readdir(folder, { withFileTypes: true })
        const shown = await Promise.all(
          entries
            .slice(0, MAX_ENTRIES)
            .map((entry) => describe(join(folder, entry.name), entry.name)),
        )
        const sorted = shown
          .filter((entry) => entry !== null)
          .sort((a, b) =>
            a.kind === b.kind ? byName.compare(a.name, b.name) : a.kind === 'folder' ? -1 : 1,
          )
        return ok({
          path: folder,
          parent: dirname(folder) === folder ? null : dirname(folder),
          entries: sorted,
        })
      } catch (cause) {
        if (systemCode(cause) === 'unknown') throw cause
        return fail({ code: 'source-unreadable', path: folder, reason: systemCode(cause) })
      }
    },
    'local.grant': async ({ paths, write }): Promise<Result<readonly Grant[]>> => {
      const made: Grant[] = []
      for (const path of paths) {
        const grant = write ? await grants.forWriting(path) : await grants.forReading(path)
        if (!grant.ok) return grant
        made.push(grant.value)
      }
      return ok(made)
    },
  }
}

/**
 * Describes one entry. Returns null when it is neither a file nor a folder, or no longer exists.
 */
async function describe(path: string, name: string): Promise<LocalEntry | null> {
  const info = await stat(path).catch(() => null)
  if (info === null || !(info.isFile() || info.isDirectory())) return null
  return {
    name,
    kind: info.isDirectory() ? 'folder' : 'file',
    size: info.isFile() ? info.size : null,
    modified: info.mtime.toISOString(),
  }
}
