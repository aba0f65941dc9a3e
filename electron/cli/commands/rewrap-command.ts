import { Failure } from '../../../shared/contract/errors.ts'
import type { Shard } from '../../../shared/contract/models-audit.ts'
import type { RewrapMode } from '../../../shared/contract/models-rewraps.ts'
import type { MasterKey } from '../../../shared/contract/models.ts'
import { bytes } from '../../../shared/contract/sentences/sentences-words.ts'
import { bucketOf } from '../connection.ts'
import type { CommonOptions, Context } from '../context.ts'
import { Usage } from '../exit-codes.ts'
import { followTransfers, report } from '../follow.ts'
import { masterKeys } from '../key-files.ts'
import { sessionKmsToOpen } from '../kms.ts'
import { askLine } from '../passphrases.ts'
import { estimateOf, estimateText, type PlanSums } from './rewrap-estimate.ts'
import { openRewrapReport } from './rewrap-report.ts'
import { unlockSecrets } from '../secrets.ts'
import { oldVersions, type RewrapPlace } from './rewrap-versions.ts'

export interface RewrapOptions extends CommonOptions {
  readonly toKey: string
  readonly fromKey: readonly string[]
  readonly mode: RewrapMode
  readonly dryRun?: boolean
  readonly shard?: Shard
  readonly yes?: boolean
  /** True: ask for the number of versions. A number: that number. */
  readonly removeOldVersions?: true | number
}

/**
 * Gives the objects below a prefix another master key. The command says first what it would do, and
 * asks. It can be run again at any time: an object that the new key opens is done.
 */
export async function rewrap(
  context: Context,
  prefix: string,
  options: RewrapOptions,
): Promise<number> {
  const { call } = context
  const { mode } = options
  if (mode === 'second' && options.removeOldVersions !== undefined)
    throw new Usage('A second key replaces no version: leave out --remove-old-versions.')
  const at = await bucketOf(context)
  const [target, ...from] = await masterKeys(context, [options.toKey, ...options.fromKey], '')
  if (target === undefined) throw new Failure({ code: 'no-master-key' })
  await sessionKmsToOpen(context)
  if (from.length === 0) await unlockSecrets(context, 'read')
  const place: RewrapPlace = {
    ...at,
    prefix,
    shard: options.shard ?? null,
    toKey: target.id,
    fromKeys: from.map(({ id }) => id),
  }
  const plan = await counted(context, place)
  await toldPlan(context, place, plan, target, options)
  const dryRun = options.dryRun === true
  if (!dryRun && options.yes !== true) await confirmed(plan.objects)
  const told = openRewrapReport(context.output, dryRun, mode)
  context.unitEnded.hear = told.hear
  const ids = await call('rewraps.start', { ...place, fromKeys: [...place.fromKeys], mode, dryRun })
  const failed = report(context, await followTransfers(context, ids), undefined, told.teller.undone)
  told.teller.rest()
  const left = told.end(target.name)
  if (mode === 'second') return failed || left
  const versions = await oldVersions(context, place, options.removeOldVersions ?? null, dryRun)
  return failed || left || versions
}

/** Counts the objects from a listing. */
async function counted({ call }: Context, place: RewrapPlace): Promise<PlanSums> {
  const { profileId, bucket, prefix, shard } = place
  const sums = { objects: 0, bytes: 0, archived: 0, archivedBytes: 0, infrequent: 0 }
  for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
    const step: PlanSums & { readonly cursor: string | null } = await call('rewraps.plan', {
      profileId,
      bucket,
      prefix,
      shard,
      cursor,
    })
    for (const name of Object.keys(sums) as (keyof PlanSums)[]) sums[name] += step[name]
    cursor = step.cursor
  }
  return sums
}

async function toldPlan(
  { output }: Context,
  { bucket, prefix }: RewrapPlace,
  plan: PlanSums,
  target: MasterKey,
  { mode, dryRun = false }: RewrapOptions,
): Promise<void> {
  const estimate = estimateOf(plan)
  const where = output.name(`${bucket}/${prefix}`)
  const words = [
    `${plan.objects} objects, ${bytes(plan.bytes)} below ${where}, to the key ${output.name(target.name)}, mode ${mode}.`,
    estimateText(estimate, mode),
    ...(plan.archived > 0
      ? [
          `Archived objects stay as they are until they are restored: ${plan.archived}, ${bytes(plan.archivedBytes)}.`,
        ]
      : []),
    ...(plan.infrequent > 0 && mode !== 'second'
      ? [
          `Objects of the class IA: ${plan.infrequent}. Replaced before their least time of storage, each costs the rest of it.`,
        ]
      : []),
    CONSEQUENCES[mode],
    ...(dryRun ? ['Dry run: nothing is written.'] : []),
  ]
  output.note({ plan: { bucket, prefix, mode, dryRun, ...plan, ...estimate } }, words.join('\n'))
}

const CONSEQUENCES: Readonly<Record<RewrapMode, string>> = {
  relay:
    'The data keys stay the same: who unwrapped one before can still decrypt its object. For a key that leaked, use --mode fresh.',
  fresh: 'Each object gets a new data key. Second keys are left behind.',
  second:
    'Each object keeps its master key, and opens with the second key as well: in Cipherbucket alone, no SDK reads second keys. This revokes nothing. Each object is read and verified; only its tags are written.',
}

/** Throws Usage unless the user types the number. */
async function confirmed(objects: number): Promise<void> {
  const typed = await askLine(`Type the number of objects (${objects}) to start: `)
  if (typed === null) throw new Usage('Use --yes to start without a question, or --dry-run.')
  if (typed.trim() !== String(objects)) throw new Usage('Nothing was changed.')
}
