import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { caught, fail, ok, type AppError, type Result } from '../../../../shared/contract/errors.ts'
import type { TransferId } from '../../../../shared/contract/models.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { localName } from '../../../../shared/format/object-names.ts'
import { attempted } from '../../base/attempt.ts'
import { ensureFolder } from '../../files/target-path.ts'
import { partsOf, type Selection, type Tree } from '../../oss/selection.ts'
import { fewRows } from '../bulk/few-rows.ts'
import { localPathOf, type LocalPath } from '../bulk/local-paths.ts'
import { createObjectList, type ListedObject } from '../bulk/object-list.ts'
import { selectionsOf } from '../bulk/query-selection.ts'
import { checkSelection, folderOfSelection, selectionName } from '../bulk/selection-name.ts'
import { damageLimit } from '../jobs/damage-limit.ts'
import { NO_SEAL_CHOICES } from '../jobs/seal-rules.ts'
import { downloadManyJobOf } from '../kinds/download-many.ts'
import { downloadJobOf, type DownloadRecord } from '../kinds/download.ts'
import { RECORD_VERSION, recordVersionFor } from '../kinds/record-shapes.ts'
import { FILE_SYSTEM } from '../local/file-system.ts'
import { newPathsOf, type PlannedPath } from '../local/name-clashes.ts'
import type { Granted } from '../local/path-grants.ts'
import type { HandlersOf, Parts } from '../parts.ts'

type Start = Omit<In<'downloads.start'>, 'query'> & Selection

export function downloadHandlers(parts: Parts): HandlersOf<'downloads'> {
  const { grants, connections } = parts
  return {
    'downloads.start': async (input, signal) => {
      const { versionId = null } = input
      const checked = checkSelection(input, 'downloads.start')
      if (!checked.ok) return checked
      const { objects, trees } = partsOf(input)
      const isOne = objects.length === 1 && trees.length === 0 && input.query === undefined
      if ((input.fileName !== null || input.range !== null || versionId !== null) && !isOne)
        return fail({
          code: 'bad-request',
          detail: 'downloads.start: fileName, range and versionId go with one object',
        })
      const target = grants.writable(input.target)
      if (!target.ok) return target
      try {
        const { profileId, bucket } = input
        const oss = connections.bucket(profileId, bucket)
        // Everything is listed before the first transfer starts.
        const listed: { readonly one: Start; readonly rows: readonly ListedObject[] | null }[] = []
        for (const one of await selectionsOf(parts, input, input))
          listed.push({ one, rows: await fewRows(oss, bucket, one, signal) })
        const ids: TransferId[] = []
        for (const { one, rows } of listed)
          ids.push(
            ...(rows === null
              ? startMany(parts, one, target.value)
              : await startFew(parts, one, rows, partsOf(one).trees, target.value)),
          )
        return ok(ids)
      } catch (cause) {
        return caught(cause)
      }
    },
  }
}

/** Starts one transfer for all objects. */
function startMany(parts: Parts, input: Start, target: Granted): readonly TransferId[] {
  const { queue, needs, settings } = parts
  const { profileId, bucket, existing, raw, message, repair, keyIds, plain } = input
  const list = createObjectList(needs, { listId: randomUUID(), profileId, bucket }, input)
  return queue.add([
    downloadManyJobOf(needs, {
      version: RECORD_VERSION,
      kind: 'download-many',
      ...list,
      name: selectionName(input, bucket),
      prefix: folderOfSelection(input),
      target: target.name,
      root: target.path,
      existing,
      raw,
      message,
      repair,
      keyIds,
      plain: plain ?? 'unless-seen',
      seals: input.seals ?? NO_SEAL_CHOICES,
      partSize: settings.current().partSize,
    }),
  ])
}

interface Wanted extends LocalPath {
  readonly row: ListedObject
  /** The reason why the object cannot be downloaded; null when it can be. */
  readonly refused: AppError | null
}

/**
 * Starts one transfer for each object. Markers become folders at once, so that empty folders exist
 * too.
 */
async function startFew(
  parts: Parts,
  input: Start,
  rows: readonly ListedObject[],
  trees: readonly Tree[],
  target: Granted,
): Promise<readonly TransferId[]> {
  const { queue, needs } = parts
  const wanted: Wanted[] = []
  for (const row of rows) wanted.push(await wantedOf(input, row, trees, target))
  const newPaths = await newPathsOf({
    rows: () => wanted.flatMap(plannedOf),
    folder: target.path,
    raw: input.raw,
    arePlain: (keys) => needs.arePlain(input, keys),
  })
  const limit = damageLimit()
  const records = wanted.flatMap((one, index) =>
    one.isFolder && one.refused === null
      ? []
      : [recordOf(parts, input, one, newPaths.get(index) ?? null, target)],
  )
  return queue.add(records.map((record) => downloadJobOf(needs, record, limit)))
}

async function wantedOf(
  { fileName }: Start,
  row: ListedObject,
  trees: readonly Tree[],
  target: Granted,
): Promise<Wanted> {
  const local =
    fileName === null
      ? localPathOf(row, trees)
      : { path: localName(fileName, FILE_SYSTEM), changed: false, isFolder: false }
  const { path, isFolder } = local
  const refused = path.ok
    ? isFolder
      ? await makeFolder(join(target.path, path.value), target)
      : null
    : path.error
  return { ...local, row, refused }
}

async function makeFolder(path: string, target: Granted): Promise<AppError | null> {
  const made: Result<unknown> = await attempted(() => ensureFolder(path, target.path))
  return made.ok ? null : made.error
}

function plannedOf(one: Wanted, index: number): readonly PlannedPath[] {
  const { path, row, changed, isFolder } = one
  return path.ok && one.refused === null
    ? [{ index, key: row.path, path: path.value, changed, isFolder }]
    : []
}

function recordOf(
  { settings }: Parts,
  input: Start,
  { row, path, refused }: Wanted,
  newPath: string | null,
  target: Granted,
): DownloadRecord {
  const { profileId, bucket, existing, raw, range, message, repair, keyIds } = input
  return {
    version: recordVersionFor(input.versionId ?? null),
    kind: 'download',
    profileId,
    bucket,
    key: row.path,
    size: row.modified === 0 ? null : row.size,
    existing,
    raw,
    range,
    message,
    repair,
    keyIds,
    partSize: settings.current().partSize,
    plain: input.plain ?? 'unless-seen',
    seals: input.seals ?? NO_SEAL_CHOICES,
    versionId: input.versionId ?? null,
    target: target.name,
    root: target.path,
    path: join(target.path, newPath ?? (path.ok ? path.value : '')),
    unnameable: null,
    ...(refused !== null && { refused }),
  }
}
