import { Failure } from '../../../shared/contract/errors.ts'
import type { MasterKey, WriteFormat } from '../../../shared/contract/models.ts'
import type { ExistingRule } from '../../../shared/contract/models-settings.ts'
import type { Grant, UploadPlan } from '../../../shared/contract/models-transfers.ts'
import type { In } from '../../../shared/contract/routes/routes.ts'
import { brokenNameRule } from '../../../shared/contract/object-names.ts'
import { bucketOf } from '../connection.ts'
import type { CommonOptions, Context } from '../context.ts'
import { exitCodeOf, Usage } from '../exit-codes.ts'
import { ALREADY_THERE, followTransfers, report } from '../follow.ts'
import { masterKeys } from '../key-files.ts'
import { notDone, tellNotSent } from '../not-sent.ts'
import { refuseBinding, sessionKms } from '../kms.ts'
import { unlockSecrets } from '../secrets.ts'

export interface PutOptions extends CommonOptions {
  readonly to?: string
  readonly key?: string
  readonly description?: string
  readonly format?: WriteFormat
  /** Never 'ask': the command line asks nobody. */
  readonly existing?: Exclude<ExistingRule, 'ask'>
  readonly partSize?: number
  readonly parallel?: number
  readonly allowWeak?: boolean
  /** False for --no-seal; else true, and the profile decides. */
  readonly seal?: boolean
}

export async function put(
  context: Context,
  files: readonly string[],
  options: PutOptions,
): Promise<number> {
  if (options.force === true && options.existing !== undefined)
    throw new Usage('Use --existing or --force for existing names, not both.')
  const to = options.to ?? ''
  const isPrefix = to === '' || to.endsWith('/')
  const rule = to === '' ? null : brokenNameRule(to)
  // The name is checked before OSS is asked anything, and before the files are looked at.
  if (rule !== null) throw new Failure({ code: 'bad-name', name: to, rule })
  if (!isPrefix && files.length !== 1) throw new Usage('Several files need a --to that ends in /.')
  const grants = await grantsOf(context, files)
  if (typeof grants === 'number') return grants
  if (!isPrefix && grants[0]?.kind === 'folder')
    throw new Usage('A folder needs a --to that ends in /.')

  const place = await bucketOf(context)
  const key = await keyFor(context, options)
  const existing = options.force === true ? 'replace' : (options.existing ?? 'ask')
  const why = SKIPPED[existing]
  const teller = tellNotSent(context.output, {
    why,
    refusesTaken: existing === 'ask',
    refusesTwo: existing !== 'rename',
  })
  context.notSent.hear = teller.hear
  context.unitEnded.hear = teller.ended
  try {
    const plan = await counted(context, {
      ...place,
      prefix: isPrefix ? to : '',
      grants: grants.map((grant) => grant.id),
    })
    const ids = await context.call('uploads.start', {
      planId: plan.id,
      keyId: key?.id ?? null,
      existing,
      decisions: {},
      allowWeak: options.allowWeak === true,
      partSize: options.partSize ?? null,
      parallel: options.parallel ?? null,
      toKey: isPrefix ? null : to,
      format: options.format ?? null,
      ...(options.seal === false && { seal: false }),
    })
    return report(context, await followTransfers(context, ids), why, teller.undone)
  } finally {
    teller.rest()
  }
}

/**
 * Looks at each file, and reports each one that does not exist. After a missing file nothing is
 * sent, and the result is the exit code.
 */
async function grantsOf(
  { grants, output }: Context,
  files: readonly string[],
): Promise<readonly Grant[] | number> {
  const found: Grant[] = []
  const undone = notDone(output)
  for (const file of files) {
    const grant = await grants.forReading(file)
    if (grant.ok) found.push(grant.value)
    else {
      output.failure(grant.error)
      undone.add(file, exitCodeOf(grant.error))
    }
  }
  if (undone.count() === 0) return found
  if (files.length > 1)
    output.remark(`Nothing was sent. Not found or not readable: ${undone.names()}`)
  return undone.code()
}

/**
 * Returns the key of --kms-key or --key. Null stands for the default key of the bucket or profile,
 * which is a key of the catalog.
 */
async function keyFor(context: Context, options: PutOptions): Promise<MasterKey | null> {
  const { key, kmsKey, description = '', format } = options
  if (kmsKey !== undefined) {
    if (key !== undefined)
      throw new Usage(
        'An object is encrypted with one master key: name it with --key or with --kms-key.',
      )
    return sessionKms(context, { description, ...(format !== undefined && { format }) })
  }
  refuseBinding(options, '--kms-key')
  if (key === undefined) {
    await unlockSecrets(context, 'read')
    return null
  }
  const [named] = await masterKeys(context, [key], description)
  return named ?? null
}

/** The reason that is shown for a skipped file, by rule. */
const SKIPPED: Readonly<Record<ExistingRule, string>> = {
  ask: ALREADY_THERE,
  skip: ALREADY_THERE,
  rename: ALREADY_THERE,
  replace: ALREADY_THERE,
  same: 'unchanged since it was uploaded from here',
  newer: 'the object is as new as the file, or newer',
}

/**
 * Returns the plan once everything is counted. It listens before the count starts, since a count
 * may end before its call is answered.
 */
async function counted(
  { bridge, call, signal }: Context,
  what: In<'uploads.plan'>,
): Promise<UploadPlan> {
  const ended = new Map<string, UploadPlan>()
  let tell = (_plan: UploadPlan): void => undefined
  bridge.on('plan.changed', (changed) => {
    if (changed.phase === 'counting') return
    ended.set(changed.id, changed)
    tell(changed)
  })
  const { id } = await call('uploads.plan', what)
  const plan =
    ended.get(id) ??
    (await new Promise<UploadPlan>((resolve, reject) => {
      tell = (changed) => {
        if (changed.id === id) resolve(changed)
      }
      signal.addEventListener('abort', () => reject(new Failure({ code: 'cancelled' })), {
        once: true,
      })
    }))
  if (plan.error !== null) throw new Failure(plan.error)
  return plan
}
