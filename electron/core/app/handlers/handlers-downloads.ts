import { join } from 'node:path'
import { caught, fail, ok, type AppError, type Result } from '../../../../shared/contract/errors.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { localName, localPath } from '../../../../shared/format/object-names.ts'
import { ensureFolder } from '../../files/target-path.ts'
import { attempted } from '../../base/attempt.ts'
import { damageLimit } from '../jobs/damage-limit.ts'
import { FILE_SYSTEM } from '../local/file-system.ts'
import { RECORD_VERSION, type DownloadRecord } from '../jobs/job-records.ts'
import { mayMeetEnvelopes, oneNameIn, pathsFor } from '../local/local-names.ts'
import { objectsUnder } from '../../oss/object-trees.ts'
import type { HandlersOf, Parts } from '../parts.ts'
import type { Granted } from '../local/path-grants.ts'

type Start = In<'downloads.start'>
/** An object to fetch, and the folders under the target it goes into. */
interface Wanted {
  readonly key: string
  readonly size: number | null
  readonly etag: string
  /** Path below the target folder, already fit for this computer; or why it cannot come. */
  readonly local: Result<string>
  /** The path is not the name as it is. */
  readonly changed: boolean
}
/**
 * What `keys` stand for: objects, and folders that are to be there even when they are empty; paths
 * below the target.
 */
interface Found {
  readonly objects: Wanted[]
  readonly folders: string[]
}

export function downloadHandlers(parts: Parts): HandlersOf<'downloads'> {
  const { grants, queue, jobs } = parts
  return {
    'downloads.start': async (input, signal) => {
      const { versionId = null } = input
      if (
        (input.fileName !== null || input.range !== null || versionId !== null) &&
        (input.keys.length !== 1 || isFolder(input, input.keys[0] ?? ''))
      ) {
        return fail({
          code: 'bad-request',
          detail: 'downloads.start: fileName, range and versionId go with one object',
        })
      }
      const target = grants.writable(input.target)
      if (!target.ok) return target
      try {
        const limit = damageLimit()
        return ok(
          queue.add(
            (await recordsOf(parts, input, target.value, signal)).map((record) =>
              jobs.download(record, limit),
            ),
          ),
        )
      } catch (cause) {
        return caught(cause)
      }
    },
  }
}

/** Does this key stand for everything below it? */
const isFolder = ({ itself = [] }: Start, key: string): boolean =>
  key.endsWith('/') && !itself.includes(key)

async function recordsOf(
  parts: Parts,
  input: Start,
  target: Granted,
  signal: AbortSignal,
): Promise<readonly DownloadRecord[]> {
  const {
    profileId,
    bucket,
    existing,
    raw,
    range,
    message,
    repair,
    keyIds,
    plain = 'unless-seen',
    versionId = null,
  } = input
  const found: Found = { objects: [], folders: [] }
  for (const key of new Set(input.keys)) {
    if (isFolder(input, key)) await addFolder(parts, input, key, target, found, signal)
    else {
      const local = localName(input.fileName ?? key, FILE_SYSTEM)
      found.objects.push({
        key,
        size: null,
        etag: '',
        local,
        changed: local.ok && !`/${input.fileName ?? key}`.endsWith(`/${local.value}`),
      })
    }
  }
  const paths = await named(parts, input, target, found, signal)
  const { partSize } = parts.settings.current()
  return found.objects.map(({ key, size, local }, i): DownloadRecord => ({
    version: RECORD_VERSION,
    kind: 'download',
    profileId,
    bucket,
    key,
    size,
    existing,
    raw,
    range,
    message,
    repair,
    keyIds,
    partSize,
    plain,
    versionId,
    target: target.name,
    root: target.path,
    path: join(target.path, paths[i] ?? ''),
    unnameable: null,
    ...(!local.ok && { refused: local.error }),
  }))
}

/** A path for each object, each its own; '' for what cannot come. */
async function named(
  { states }: Parts,
  { profileId, bucket, raw }: Start,
  target: Granted,
  { objects, folders }: Found,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const able = objects.flatMap((one, at) =>
    one.local.ok ? [{ ...one, at, path: one.local.value }] : [],
  )
  const asNamed = able.map(({ path }) => path)
  const same = await oneNameIn(target.path, [...asNamed, ...folders])
  const meets = raw ? mayMeetEnvelopes(asNamed) : []
  const asked = able.filter((_, i) => meets[i])
  // One that cannot be looked at is taken for encrypted: then there is room for both.
  const known = await states.states({ profileId, bucket }, asked, signal)
  const plain = new Set(asked.flatMap(({ at }, i) => (known[i]?.state === 'plain' ? [at] : [])))
  const paths = pathsFor(
    able.map(({ path, changed, at }, i) => ({
      path,
      changed,
      sealed: meets[i] === true && !plain.has(at),
    })),
    folders,
    same,
  )
  const all: string[] = objects.map(() => '')
  able.forEach(({ at }, i) => (all[at] = paths[i] ?? ''))
  return all
}

/**
 * Everything below a folder's key. Markers become folders here and now, so that empty ones are
 * kept.
 */
async function addFolder(
  { connections }: Parts,
  { profileId, bucket }: Start,
  key: string,
  target: Granted,
  found: Found,
  signal: AbortSignal,
): Promise<void> {
  const parent = key.slice(0, key.slice(0, -1).lastIndexOf('/') + 1)
  const refuse = (
    row: { readonly key: string; readonly size: number | null },
    error: AppError,
  ): void =>
    void found.objects.push({
      key: row.key,
      size: row.size,
      etag: '',
      local: fail(error),
      changed: false,
    })
  let isThere = false
  for await (const row of objectsUnder(
    connections.bucket(profileId, bucket),
    bucket,
    key,
    signal,
  )) {
    isThere = true
    const name = row.key.slice(parent.length)
    const names = localPath(name, FILE_SYSTEM)
    if (!names.ok) refuse(row, { code: 'name-not-local', name: row.key })
    else if (row.kind === 'file')
      found.objects.push({
        key: row.key,
        size: row.size,
        etag: row.etag,
        local: ok(join(...names.value)),
        changed: names.value.join('/') !== name,
      })
    else {
      const made = await attempted(() =>
        ensureFolder(join(target.path, ...names.value), target.path),
      )
      if (made.ok) found.folders.push(join(...names.value))
      else refuse(row, made.error)
    }
  }
  if (!isThere) refuse({ key, size: null }, { code: 'not-found', what: 'object', name: key })
}
