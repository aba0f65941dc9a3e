import { Failure, valueOf } from '../../shared/contract/errors.ts'
import type { MasterKey, WriteFormat } from '../../shared/contract/models.ts'
import type { ExistingRule } from '../../shared/contract/models-settings.ts'
import type { UploadPlan } from '../../shared/contract/models-transfers.ts'
import { placeOf } from './connection.ts'
import type { CommonOptions, Context } from './context.ts'
import { Usage } from './exit-codes.ts'
import { follow, report } from './follow.ts'
import { masterKeys } from './key-files.ts'
import { refuseBinding, sessionKms } from './kms.ts'
import { unlockSecrets } from './secrets.ts'

export interface PutOptions extends CommonOptions {
  readonly to?: string
  readonly key?: string
  readonly description?: string
  readonly format?: WriteFormat
  /** Never 'ask': nobody is there to be asked. */
  readonly existing?: Exclude<ExistingRule, 'ask'>
  readonly partSize?: number
  readonly parallel?: number
  readonly allowWeak?: boolean
}

export async function put(context: Context, files: readonly string[], options: PutOptions): Promise<number> {
  if (options.force === true && options.existing !== undefined) throw new Usage('Use --existing or --force for existing names, not both.')
  const to = options.to ?? ''
  const isPrefix = to === '' || to.endsWith('/')
  if (!isPrefix && files.length !== 1) throw new Usage('Several files need a --to that ends in /.')
  const grants = []
  for (const file of files) grants.push(valueOf(await context.grants.forReading(file)))
  if (!isPrefix && grants[0]?.kind === 'folder') throw new Usage('A folder needs a --to that ends in /.')

  const place = await placeOf(context)
  const key = await keyFor(context, options)
  const plan = await counted(context, await context.call('uploads.plan', { ...place, prefix: isPrefix ? to : '', grants: grants.map((grant) => grant.id) }))
  for (const { path, reason } of plan.leftOut) context.output.remark(`Not included: ${context.output.name(path)} (${reason})`)
  const ids = await context.call('uploads.start', {
    planId: plan.id, keyId: key?.id ?? null, existing: options.force === true ? 'replace' : (options.existing ?? 'ask'), decisions: {}, allowWeak: options.allowWeak === true,
    partSize: options.partSize ?? null, parallel: options.parallel ?? null, toKey: isPrefix ? null : to, format: options.format ?? null,
  })
  return report(context, await follow(context, ids))
}

/** --kms-key or --key, else null: the default key of the bucket or profile, which is one of the catalog. */
async function keyFor(context: Context, options: PutOptions): Promise<MasterKey | null> {
  const { key, kmsKey, description = '', format } = options
  if (kmsKey !== undefined) {
    if (key !== undefined) throw new Usage('An object is encrypted with one master key: name it with --key or with --kms-key.')
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

/** The plan, once everything is counted. */
async function counted({ bridge, signal }: Context, started: UploadPlan): Promise<UploadPlan> {
  const plan = started.phase !== 'counting' ? started : await new Promise<UploadPlan>((resolve, reject) => {
    bridge.on('plan.changed', (changed) => {
      if (changed.id === started.id && changed.phase !== 'counting') resolve(changed)
    })
    signal.addEventListener('abort', () => reject(new Failure({ code: 'cancelled' })), { once: true })
  })
  if (plan.error !== null) throw new Failure(plan.error)
  return plan
}
