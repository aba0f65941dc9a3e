import { caught, fail, Failure, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { brokenNameRule } from '../../../../shared/contract/object-names.ts'
import { RECORD_VERSION, type CopyRecord } from '../jobs/job-records.ts'
import { nameOf } from '../objects/key-names.ts'
import { objectsUnder } from '../../oss/object-trees.ts'
import type { HandlersOf, Parts } from '../parts.ts'

type Start = In<'copies.start'>
interface Wanted {
  readonly key: string
  readonly toKey: string
  /** As listed; null when not known. */
  readonly size: number | null
}

export function copyHandlers(parts: Parts): HandlersOf<'copies'> {
  return {
    'copies.start': async (input, signal) => {
      const targets = targetsOf(input)
      if (!targets.ok) return targets
      try {
        const wanted: Wanted[] = []
        for (const [key, toKey] of targets.value)
          wanted.push(...(await below(parts, input, key, toKey, signal)))
        // Two that get one name: the second would replace what this very command has written.
        const names = new Set<string>()
        for (const { toKey } of wanted) {
          if (names.has(toKey)) return fail({ code: 'name-taken', name: toKey })
          names.add(toKey)
        }
        return ok(
          parts.queue.add(wanted.map((one) => parts.jobs.copy(recordOf(parts, input, one)))),
        )
      } catch (cause) {
        return caught(cause)
      }
    },
  }
}

/**
 * Where each key goes. Errors 'bad-request', 'bad-name', and 'name-taken' for what would go onto or
 * into itself.
 */
function targetsOf({
  from,
  keys,
  to,
  toPrefix,
  toKey,
}: Start): Result<readonly (readonly [key: string, toKey: string])[]> {
  const bad = (detail: string) =>
    fail({ code: 'bad-request', detail: `copies.start: ${detail}` } as const)
  if ((toPrefix === null) === (toKey === null) || (toKey !== null && keys.length !== 1))
    return bad('toPrefix or toKey')
  if (toPrefix !== null && toPrefix !== '' && !toPrefix.endsWith('/')) return bad('toPrefix')
  const targets = [...new Set(keys)].map(
    (key) => [key, toKey ?? `${toPrefix ?? ''}${nameOf(key)}`] as const,
  )
  const near = from.profileId === to.profileId && from.bucket === to.bucket
  for (const [key, target] of targets) {
    if (key.endsWith('/') !== target.endsWith('/')) return bad('toKey')
    const rule = brokenNameRule(target)
    if (rule !== null) return fail({ code: 'bad-name', name: target, rule })
    if (near && (key === target || (key.endsWith('/') && target.startsWith(key))))
      return fail({ code: 'name-taken', name: target })
  }
  return ok(targets)
}

/**
 * The object itself, or everything below it; the marker of a folder last, so that it is seen as
 * long as anything is left.
 */
async function below(
  { connections }: Parts,
  { from, itself = [] }: Start,
  key: string,
  toKey: string,
  signal: AbortSignal,
): Promise<readonly Wanted[]> {
  if (!key.endsWith('/') || itself.includes(key)) return [{ key, toKey, size: null }]
  const found: Wanted[] = []
  for await (const row of objectsUnder(
    connections.bucket(from.profileId, from.bucket),
    from.bucket,
    key,
    signal,
  )) {
    found.push({ key: row.key, toKey: `${toKey}${row.key.slice(key.length)}`, size: row.size })
  }
  if (found.length === 0) throw new Failure({ code: 'not-found', what: 'object', name: key })
  return [...found.filter((one) => one.key !== key), ...found.filter((one) => one.key === key)]
}

function recordOf(
  { settings }: Parts,
  { from, to, move, existing }: Start,
  { key, toKey, size }: Wanted,
): CopyRecord {
  const { multipartFrom, partSize } = settings.current()
  return {
    version: RECORD_VERSION,
    kind: 'copy',
    removeSource: move,
    from: { ...from, key },
    to: { ...to, key: toKey },
    existing,
    size,
    multipartFrom,
    partSize,
  }
}
