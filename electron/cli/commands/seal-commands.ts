import { setTimeout } from 'node:timers/promises'
import type { Shard } from '../../../shared/contract/models-audit.ts'
import type { SealJudgement, SealReason, SealState } from '../../../shared/contract/models-seals.ts'
import type { SealStepResult } from '../../../shared/contract/models-seal-steps.ts'
import { sealReason } from '../../../shared/contract/sentences/sentences-seals.ts'
import { bucketOf } from '../connection.ts'
import type { CommonOptions, Context } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { masterKeys } from '../key-files.ts'
import { sessionKms } from '../kms.ts'
import { unlockSecrets } from '../secrets.ts'

/** Objects of one step. */
const AT_ONCE = 200
/** The time after which a seal is there that an upload makes at its end. */
const YOUNG_MS = 60_000

export interface SealOptions extends CommonOptions {
  readonly key: readonly string[]
  readonly shard?: Shard
}

type Counts = Record<SealState, number>
const noCounts = (): Counts => ({ intact: 0, changed: 0, moved: 0, unsealed: 0, unknown: 0 })

/**
 * Reads all objects below a prefix and prints the state of each one's seal. An object that was
 * uploaded a moment ago is looked at once more after a minute.
 */
export async function verify(
  context: Context,
  prefix: string,
  options: SealOptions,
): Promise<number> {
  const { call, output } = context
  const place = await placeOf(context, prefix, options)
  const counts = noCounts()
  const unknown = new Set<SealReason>()
  const young: string[] = []
  const tell = (key: string, { state, reason }: SealJudgement): void => {
    counts[state] += 1
    if (state === 'unknown') unknown.add(reason)
    output.result(
      { key, state, reason },
      `${state.padEnd(8)}  ${output.name(key)}: ${sealReason(reason, output.language)}`,
    )
  }
  await eachStep(
    (step) => call('seals.verifyStep', { ...place, ...step }),
    (one) => (one.isYoung ? void young.push(one.key) : tell(one.key, one)),
  )
  if (young.length > 0) {
    output.remark(`${young.length} objects were uploaded a moment ago. They are read again.`)
    await setTimeout(YOUNG_MS, undefined, { signal: context.signal })
    const { profileId, bucket } = place
    for (const key of young)
      tell(key, await call('seals.verify', { profileId, bucket, key, versionId: null }))
  }
  output.result({ summary: counts }, wordsOf(counts))
  return exitCode(counts, unknown)
}

/** Seals the objects below a prefix that were never sealed, and prints what became of each. */
export async function seal(
  context: Context,
  prefix: string,
  options: SealOptions,
): Promise<number> {
  const { call, output } = context
  const place = await placeOf(context, prefix, options)
  const counts = noCounts()
  const unknown = new Set<SealReason>()
  let [sealed, failed] = [0, 0]
  await eachStep(
    (step) => call('seals.sealStep', { ...place, ...step }),
    ({ key, state, reason, sealed: isSealed, error }) => {
      if (error !== null) {
        failed += 1
        return output.failure(error, { key })
      }
      if (isSealed) sealed += 1
      // Sealed objects are not read again, and this is no fault of theirs.
      else if (reason !== 'not-read') {
        counts[state] += 1
        if (state === 'unknown') unknown.add(reason)
      }
      const words = isSealed ? 'sealed' : sealReason(reason, output.language)
      output.result({ key, sealed: isSealed, state, reason }, `${output.name(key)}: ${words}`)
    },
  )
  const left = noteworthy(counts)
  output.result(
    { summary: { sealed, failed, ...counts } },
    [`${sealed} sealed`, ...(failed > 0 ? [`${failed} failed`] : []), ...left].join(', '),
  )
  const code = exitCode(counts, unknown)
  return code === EXIT.done && failed > 0 ? EXIT.network : code
}

async function placeOf(context: Context, prefix: string, { key, shard }: SealOptions) {
  const at = await bucketOf(context)
  // An object is opened with all keys that this process knows and its description fits.
  await masterKeys(context, key, '')
  await sessionKms(context)
  await unlockSecrets(context, 'read')
  return { ...at, prefix, shard: shard ?? null }
}

/** Runs all steps one after the other, and passes each object on. */
async function eachStep<T>(
  run: (step: {
    readonly after: string
    readonly count: number
    readonly unopened: number
  }) => Promise<SealStepResult<T>>,
  take: (one: T) => void,
): Promise<void> {
  let unopened = 0
  for (let after: string | null = ''; after !== null;) {
    const step: SealStepResult<T> = await run({ after, count: AT_ONCE, unopened })
    for (const one of step.objects) take(one)
    unopened = step.unopened
    after = step.after
  }
}

const noteworthy = (counts: Counts): readonly string[] =>
  Object.entries(counts).flatMap(([state, count]) => (count > 0 ? [`${count} ${state}`] : []))

const wordsOf = (counts: Counts): string => noteworthy(counts).join(', ') || 'no objects'

const OF_KEYS: ReadonlySet<SealReason> = new Set(['no-key', 'cannot-open'])

/** An object whose state is unknown never ends in 0: hiding the tags would pass for no change. */
function exitCode({ changed, moved, unknown }: Counts, reasons: ReadonlySet<SealReason>): number {
  if (changed + moved > 0) return EXIT.damaged
  if (unknown === 0) return EXIT.done
  return [...reasons].every((reason) => OF_KEYS.has(reason)) ? EXIT.masterKey : EXIT.network
}
