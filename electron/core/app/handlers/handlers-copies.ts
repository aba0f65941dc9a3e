import { randomUUID } from 'node:crypto'
import { caught, fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { TransferId } from '../../../../shared/contract/models.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { brokenNameRule } from '../../../../shared/contract/object-names.ts'
import { partsOf, type FoundRows, type Selection } from '../../oss/selection.ts'
import { fewRows } from '../bulk/few-rows.ts'
import { createObjectList, type ListedObject } from '../bulk/object-list.ts'
import { selectionsOf } from '../bulk/query-selection.ts'
import { checkSelection, selectionName } from '../bulk/selection-name.ts'
import { copyManyJobOf, targetKeyOf } from '../kinds/copy-many.ts'
import { copyKind } from '../kinds/copy.ts'
import { RECORD_VERSION, recordVersionFor } from '../kinds/record-shapes.ts'
import { nameOf } from '../objects/key-names.ts'
import type { HandlersOf, Parts } from '../parts.ts'

type Start = Omit<In<'copies.start'>, 'query'> & Selection

export function copyHandlers(parts: Parts): HandlersOf<'copies'> {
  const { connections } = parts
  return {
    'copies.start': async (input, signal) => {
      const checked = checkTargets(input)
      if (!checked.ok) return checked
      const { objects, trees } = partsOf(input)
      if (input.versionId != null && (objects.length !== 1 || trees.length > 0))
        return fail({ code: 'bad-request', detail: 'copies.start: versionId goes with one object' })
      const { profileId, bucket } = input.from
      try {
        const oss = connections.bucket(profileId, bucket)
        const selections = await selectionsOf(parts, input.from, input)
        if (input.query !== undefined)
          for (const one of selections) {
            const targets = one.found === undefined ? checkTargets(one) : checkFound(one, one.found)
            if (!targets.ok) return targets
          }
        // Everything that may fail comes before the first transfer.
        const listed: { readonly one: Start; readonly rows: readonly ListedObject[] | null }[] = []
        for (const one of selections) {
          const rows = await fewRows(oss, bucket, one, signal)
          const gone = rows?.find(({ root, modified }) => root > 0 && modified === 0)
          if (gone !== undefined && one.found === undefined)
            return fail({ code: 'not-found', what: 'object', name: gone.path })
          listed.push({ one, rows })
        }
        const ids = listed.flatMap(({ one, rows }): readonly TransferId[] =>
          rows === null ? startMany(parts, one) : startFew(parts, one, rows, partsOf(one).trees),
        )
        return ok(ids)
      } catch (cause) {
        return caught(cause)
      }
    },
  }
}

/**
 * Checks the target of each object and folder.
 * Errors: 'bad-request', 'bad-name'. 'name-taken': an object or folder would be copied onto or into
 * itself, or two of them would get one name. The second would replace the object that this command
 * wrote first.
 */
function checkTargets(input: In<'copies.start'>): Result<null> {
  const { from, keys, under, query, to, toPrefix, toKey, versionId = null } = input
  const bad = (detail: string) =>
    fail({ code: 'bad-request', detail: `copies.start: ${detail}` } as const)
  const checked = checkSelection(input, 'copies.start')
  if (!checked.ok) return checked
  if ((toPrefix === null) === (toKey === null) || (toKey !== null && keys.length !== 1))
    return bad('toPrefix or toKey')
  if (toPrefix !== null && toPrefix !== '' && !toPrefix.endsWith('/')) return bad('toPrefix')
  const near = from.profileId === to.profileId && from.bucket === to.bucket
  // Every object would be copied onto itself.
  if (query !== undefined && near && toPrefix === query.scope.prefix)
    return fail({ code: 'name-taken', name: toPrefix })
  if (under !== undefined && near && toPrefix?.startsWith(under.prefix) === true) {
    const isLeftOut = under.except.some((one) => one.endsWith('/') && toPrefix.startsWith(one))
    if (toPrefix === under.prefix || !isLeftOut) return fail({ code: 'name-taken', name: toPrefix })
  }
  const names = new Set<string>()
  for (const key of new Set(keys)) {
    const target = toKey ?? `${toPrefix ?? ''}${nameOf(key)}`
    if (key.endsWith('/') !== target.endsWith('/')) return bad('toKey')
    const rule = brokenNameRule(target)
    if (rule !== null) return fail({ code: 'bad-name', name: target, rule })
    // A version may become the current object under its own name.
    const isItself =
      near &&
      ((key === target && versionId === null) || (key.endsWith('/') && target.startsWith(key)))
    if (isItself || names.has(target)) return fail({ code: 'name-taken', name: target })
    names.add(target)
  }
  return ok(null)
}

/**
 * Checks that no object of a query is written over another one that is copied too. Errors:
 * 'name-taken'.
 */
function checkFound({ from, to, toPrefix }: Start, { prefix, rows }: FoundRows): Result<null> {
  const near = from.profileId === to.profileId && from.bucket === to.bucket
  if (!near || toPrefix?.startsWith(prefix) !== true) return ok(null)
  const keys = new Set(rows.map(({ key }) => key))
  const { trees } = partsOf({ keys: [], found: { prefix, rows } })
  for (const path of keys) {
    const target = targetKeyOf({ root: 1, path }, { trees, toPrefix, toKey: null })
    if (keys.has(target)) return fail({ code: 'name-taken', name: target })
  }
  return ok(null)
}

/** Starts one transfer for each object. */
function startFew(
  { queue, needs, settings }: Parts,
  { from, to, toPrefix, toKey, move, existing, versionId = null }: Start,
  rows: readonly ListedObject[],
  trees: ReturnType<typeof partsOf>['trees'],
): readonly TransferId[] {
  const { multipartFrom, partSize } = settings.current()
  return queue.add(
    rows.map((row) =>
      copyKind.make(needs, {
        version: recordVersionFor(versionId),
        kind: 'copy',
        removeSource: move,
        from: { ...from, key: row.path, versionId },
        to: { ...to, key: targetKeyOf(row, { trees, toPrefix, toKey }) },
        existing,
        size: row.modified === 0 ? null : row.size,
        multipartFrom,
        partSize,
      }),
    ),
  )
}

/** Starts one transfer for all objects. */
function startMany({ queue, needs, settings }: Parts, input: Start): readonly TransferId[] {
  const { from, to, toPrefix, toKey, move, existing } = input
  const { multipartFrom, partSize } = settings.current()
  return queue.add([
    copyManyJobOf(needs, {
      version: RECORD_VERSION,
      kind: 'copy-many',
      ...createObjectList(needs, { ...from, listId: randomUUID() }, input),
      name: selectionName(input, from.bucket),
      to,
      toPrefix,
      toKey,
      removeSource: move,
      existing,
      multipartFrom,
      partSize,
    }),
  ])
}
