import { randomUUID } from 'node:crypto'
import { attempted } from '../../base/attempt.ts'
import { pause } from '../../net/retry.ts'
import { serverTime } from '../../oss/server-time.ts'
import { listObjects } from '../../oss/objects.ts'
import type { Oss } from '../../oss/client.ts'
import { partsOf, type Selection } from '../../oss/selection.ts'
import { createObjectList } from '../bulk/object-list.ts'
import { countJobOf } from '../kinds/count.ts'
import { deleteJobOf } from '../kinds/delete.ts'
import { RECORD_VERSION } from '../kinds/record-shapes.ts'
import { selectionsOf } from '../bulk/query-selection.ts'
import { checkSelection, folderOfSelection, selectionName } from '../bulk/selection-name.ts'
import type { HandlersOf, Parts } from '../parts.ts'

const SECOND_MS = 1000

/** Deletions and counts: transfers over a selection of any length. */
export function bulkHandlers(parts: Parts): HandlersOf<'deletes' | 'counts'> {
  const { connections, queue, needs } = parts
  /** Returns the folders of a selection that have no objects. Throws Failure. */
  const emptyFolders = async (
    oss: Oss,
    bucket: string,
    selection: Selection,
    signal: AbortSignal,
  ): Promise<readonly string[]> => {
    const empty: string[] = []
    for (const { prefix } of partsOf(selection).trees.filter(({ marker }) => marker)) {
      const wanted = { bucket, prefix, delimiter: '', cursor: null, max: 1 }
      if ((await listObjects(oss, wanted, signal)).rows.length === 0) empty.push(prefix)
    }
    return empty
  }
  /** Returns a selection without these folders; nothing if it has no other part. */
  const without = (selection: Selection, folders: readonly string[]): readonly Selection[] => {
    const gone = new Set(folders)
    const left = { ...selection, keys: selection.keys.filter((key) => !gone.has(key)) }
    const { objects, trees } = partsOf(left)
    return objects.length + trees.length === 0 ? [] : [left]
  }
  const jobOf = (
    place: { readonly profileId: string; readonly bucket: string },
    selection: Selection,
    startedAt: number,
  ) =>
    deleteJobOf(needs, {
      version: RECORD_VERSION,
      kind: 'delete',
      ...createObjectList(needs, { ...place, listId: randomUUID() }, selection),
      name: selectionName(selection, place.bucket),
      prefix: folderOfSelection(selection),
      startedAt,
    })

  return {
    'deletes.start': async ({ profileId, bucket, ...given }, signal) => {
      const checked = checkSelection(given, 'deletes.start')
      if (!checked.ok) return checked
      return attempted(async () => {
        const oss = connections.bucket(profileId, bucket)
        const startedAt = await serverTime(oss, bucket, signal)
        const nextSecond = performance.now() + SECOND_MS
        const missing: string[] = []
        const selections: Selection[] = []
        // Everything that may fail comes before the first deletion.
        for (const one of await selectionsOf(parts, { profileId, bucket }, given)) {
          const empty = await emptyFolders(oss, bucket, one, signal)
          missing.push(...empty)
          selections.push(...without(one, empty))
        }
        if (selections.length === 0) return { ids: [], missing }
        // OSS tells times in whole seconds. An object that is written after this call has a later
        // time than the start.
        await pause(Math.max(0, nextSecond - performance.now()), signal)
        const ids = queue.add(selections.map((one) => jobOf({ profileId, bucket }, one, startedAt)))
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
