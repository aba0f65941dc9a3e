import type { Shard } from '../../../shared/contract/models-audit.ts'
import type { OldVersions } from '../../../shared/contract/models-rewraps.ts'
import { bytes } from '../../../shared/contract/sentences/sentences-words.ts'
import type { Context } from '../context.ts'
import { EXIT, Usage } from '../exit-codes.ts'
import { askLine } from '../passphrases.ts'

/** The objects and keys of one change. */
export interface RewrapPlace {
  readonly profileId: string
  readonly bucket: string
  readonly prefix: string
  readonly shard: Shard | null
  readonly toKey: string
  readonly fromKeys: readonly string[]
}

/** Lines on a terminal. */
const MOST_NAMED = 20

/**
 * Lists the versions that an old key opens, and removes them when asked. `remove`: the number that
 * the user gave, true to ask for it, null to remove nothing. Versions of an object whose current
 * version is not under the new key always stay. Returns the exit code.
 */
export async function oldVersions(
  context: Context,
  place: RewrapPlace,
  remove: true | number | null,
  dryRun: boolean,
): Promise<number> {
  const { output } = context
  const found = { replaced: 0, others: 0, bytes: 0 }
  for await (const { versions } of stepsOf(context, place))
    for (const one of versions) {
      if (one.isReplaced) found.replaced += 1
      else found.others += 1
      found.bytes += one.size
      const isNamed = found.replaced + found.others <= MOST_NAMED
      const text = `Old version: ${output.name(one.key)} ${one.versionId} (${output.name(one.keyName)})`
      output.note({ oldVersion: one }, isNamed ? text : null)
    }
  const { replaced, others } = found
  if (replaced + others === 0) return EXIT.done
  output.remark(
    `Old versions that an old key opens: ${replaced + others}, ${bytes(found.bytes)}. They keep their key until they are removed.`,
  )
  if (others > 0)
    output.remark(`The current version of ${others} of them is not under the new key: they stay.`)
  if (remove === null || dryRun || replaced === 0) return EXIT.done
  await confirmed(replaced, remove)
  let removed = 0
  const { profileId, bucket } = place
  for await (const { versions } of stepsOf(context, place))
    for (const { key, versionId, isReplaced } of versions) {
      // A version that came meanwhile was not counted, so it was not confirmed.
      if (!isReplaced || removed === replaced) continue
      await context.call('objects.remove', { profileId, bucket, keys: [key], versionId })
      removed += 1
    }
  output.result({ removedVersions: removed }, `Old versions removed: ${removed}.`)
  return EXIT.done
}

async function* stepsOf({ call }: Context, place: RewrapPlace): AsyncGenerator<OldVersions> {
  const fromKeys = [...place.fromKeys]
  for (let cursor: string | null = null, goesOn = true; goesOn; goesOn = cursor !== null) {
    const step: OldVersions = await call('rewraps.versions', { ...place, fromKeys, cursor })
    yield step
    cursor = step.cursor
  }
}

/** Throws Usage unless the number was given or is typed. */
async function confirmed(count: number, given: true | number): Promise<void> {
  const typed =
    given === true
      ? await askLine(`Type the number of old versions (${count}) to remove them for good: `)
      : String(given)
  if (typed === null)
    throw new Usage(`Repeat the number with --remove-old-versions ${count} to remove them.`)
  if (typed.trim() !== String(count))
    throw new Usage(`There are ${count} old versions. Nothing was removed.`)
}
