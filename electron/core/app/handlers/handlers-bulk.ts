import { randomUUID } from 'node:crypto'
import { attempted } from '../../base/attempt.ts'
import { pause } from '../../net/retry.ts'
import { serverTime } from '../../oss/server-time.ts'
import { listObjects } from '../../oss/objects.ts'
import type { TransferId } from '../../../../shared/contract/models.ts'
import { partsOf, type Selection } from '../../oss/selection.ts'
import { createObjectList } from '../bulk/object-list.ts'
import { countJobOf } from '../kinds/count.ts'
import { deleteJobOf } from '../kinds/delete.ts'
import { RECORD_VERSION } from '../kinds/record-shapes.ts'
import { selectionsOf } from '../bulk/query-selection.ts'
import { checkSelection, folderOfSelection, selectionName } from '../bulk/selection-name.ts'
import type { HandlersOf, Parts } from '../parts.ts'

const SECOND_MS = 1000

/** The bucket of a deletion, and the time of the call. */
interface DeletePlace {
  readonly profileId: string
  readonly bucket: string
  /** Milliseconds since 1970, by the clock of the server. */
  readonly startedAt: number
  /** The next whole second, by `performance.now`. */
  readonly nextSecond: number
}

/** Deletions and counts: transfers over a selection of any length. */
export function bulkHandlers(parts: Parts): HandlersOf<'deletes' | 'counts'> {
  const { connections, queue, needs } = parts
  /** Starts one deletion. Folders without objects are `missing`. */
  const startDelete = async (
    { profileId, bucket, startedAt, nextSecond }: DeletePlace,
    selection: Selection,
    signal: AbortSignal,
  ) => {
    const oss = connections.bucket(profileId, bucket)
    const { objects, trees } = partsOf(selection)
    const missing: string[] = []
    for (const { prefix } of trees.filter(({ marker }) => marker)) {
      const wanted = { bucket, prefix, delimiter: '', cursor: null, max: 1 }
      if ((await listObjects(oss, wanted, signal)).rows.length === 0) missing.push(prefix)
    }
    if (objects.length + trees.length === missing.length) return { ids: [], missing }
    const gone = new Set(missing)
    const keys = selection.keys.filter((key) => !gone.has(key))
    // OSS tells times in whole seconds. An object that is written after this call has a later time
    // than the start.
    await pause(Math.max(0, nextSecond - performance.now()), signal)
    const list = createObjectList(
      needs,
      { listId: randomUUID(), profileId, bucket },
      { ...selection, keys },
    )
    const ids = queue.add([
      deleteJobOf(needs, {
        version: RECORD_VERSION,
        kind: 'delete',
        ...list,
        name: selectionName({ ...selection, keys }, bucket),
        prefix: folderOfSelection(selection),
        startedAt,
      }),
    ])
    return { ids, missing }
  }

  return {
    'deletes.start': async ({ profileId, bucket, ...given }, signal) => {
      const checked = checkSelection(given, 'deletes.start')
      if (!checked.ok) return checked
      return attempted(async () => {
        const oss = connections.bucket(profileId, bucket)
        const startedAt = await serverTime(oss, bucket, signal)
        const nextSecond = performance.now() + SECOND_MS
        const [ids, missing]: [TransferId[], string[]] = [[], []]
        for (const one of await selectionsOf(parts, { profileId, bucket }, given)) {
          const started = await startDelete(
            { profileId, bucket, startedAt, nextSecond },
            one,
            signal,
          )
          ids.push(...started.ids)
          missing.push(...started.missing)
        }
        return { ids, missing }
      })
    },
    'counts.start': async ({ profileId, bucket, prefix }) =>
      attempted(async () => {
        const selection = { keys: [], under: { prefix, except: [] } }
        const list = createObjectList(needs, { listId: randomUUID(), profileId, bucket }, selection)
        return queue.add([
          countJobOf(needs, {
            version: RECORD_VERSION,
            kind: 'count',
            ...list,
            name: selectionName(selection, bucket),
            prefix,
          }),
        ])
      }),
  }
}
