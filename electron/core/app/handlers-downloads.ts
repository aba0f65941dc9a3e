import { join } from 'node:path'
import { caught, fail, ok, type Result } from '../../../shared/contract/errors.ts'
import type { In } from '../../../shared/contract/routes.ts'
import { localName, localPath } from '../../../shared/format/object-names.ts'
import { ensureFolder } from '../stream/file-sink.ts'
import { FILE_SYSTEM } from './file-system.ts'
import type { DownloadRecord } from './job-records.ts'
import { objectsUnder } from './object-trees.ts'
import type { HandlersOf, Parts } from './parts.ts'
import type { Granted } from './path-grants.ts'

type Start = In<'downloads.start'>
/** An object to fetch, and the folders under the target it goes into. */
interface Wanted {
  readonly key: string
  readonly size: number | null
  /** Path below the target folder, already fit for this computer; or that it has none here. */
  readonly local: Result<string>
}

export function downloadHandlers(parts: Parts): HandlersOf<'downloads'> {
  const { grants, queue, jobs } = parts
  return {
    'downloads.start': async (input, signal) => {
      if ((input.fileName !== null || input.range !== null) && (input.keys.length !== 1 || input.keys[0]?.endsWith('/'))) {
        return fail({ code: 'bad-request', detail: 'downloads.start: fileName and range go with one object' })
      }
      const target = grants.writable(input.target)
      if (!target.ok) return target
      try {
        return ok(queue.add((await recordsOf(parts, input, target.value, signal)).map(jobs.download)))
      } catch (cause) {
        return caught(cause)
      }
    },
  }
}

async function recordsOf(parts: Parts, input: Start, target: Granted, signal: AbortSignal): Promise<readonly DownloadRecord[]> {
  const { profileId, bucket, existing, raw, range, message, repair, keyIds } = input
  const wanted: Wanted[] = []
  for (const key of input.keys) {
    if (key.endsWith('/')) wanted.push(...(await folder(parts, input, key, target, signal)))
    else wanted.push({ key, size: null, local: localName(input.fileName ?? key, FILE_SYSTEM) })
  }
  const { partSize } = parts.settings.current()
  return wanted.map(({ key, size, local }): DownloadRecord => ({
    kind: 'download', profileId, bucket, key, size, existing, raw, range, message, repair, keyIds, partSize, target: target.name,
    path: local.ok ? join(target.path, local.value) : target.path,
    unnameable: local.ok ? null : local.error.code === 'name-not-local' ? local.error.name : key,
  }))
}

/** Everything below a folder's key. Markers become folders here and now, so that empty ones are kept. */
async function folder({ connections }: Parts, { profileId, bucket }: Start, key: string, target: Granted, signal: AbortSignal): Promise<readonly Wanted[]> {
  const parent = key.slice(0, key.slice(0, -1).lastIndexOf('/') + 1)
  const files: Wanted[] = []
  for await (const row of objectsUnder(connections.bucket(profileId, bucket), bucket, key, signal)) {
    const names = localPath(row.key.slice(parent.length), FILE_SYSTEM)
    const local = names.ok ? ok(join(...names.value)) : names
    if (!row.key.endsWith('/')) files.push({ key: row.key, size: row.size, local })
    else if (local.ok) await ensureFolder(join(target.path, local.value))
  }
  return files
}
