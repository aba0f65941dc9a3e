import { bytes } from '../../../shared/contract/sentences/sentences-words.ts'
import { bucketOf, storedAccount, type ProfileBucket } from '../connection.ts'
import type { CommonOptions, Context } from '../context.ts'
import { EXIT, Usage } from '../exit-codes.ts'
import { masterKeys } from '../key-files.ts'
import { unlockSecrets } from '../secrets.ts'

const MOST_LISTED = 1_000_000

export interface VaultOptions extends CommonOptions {
  readonly key: readonly string[]
}

export interface VaultSyncOptions extends VaultOptions {
  readonly toBucket?: string
  readonly toProfile?: string
  readonly prefix: string
}

/** Opens the keys of a command about the vault. Their writer secrets open the segments. */
async function openKeys(context: Context, { key }: VaultOptions): Promise<void> {
  await masterKeys(context, key, '')
  // A key file needs none of the keys here.
  if (key.length === 0) await unlockSecrets(context, 'read')
}

/** Brings the vault of this computer and that of a bucket to each other. */
export async function syncVault(context: Context, options: VaultSyncOptions): Promise<number> {
  const { call, output } = context
  const { prefix } = options
  if (prefix !== '' && !prefix.endsWith('/')) throw new Usage('--prefix must end in "/".')
  const place = await placeOf(context, options)
  await openKeys(context, options)
  const done = await call('vault.sync', { ...place, prefix })
  const { written, read, both, foreign, damaged, noRoom } = done
  output.result(
    { bucket: place.bucket, prefix, ...done },
    `${written} segments written, ${read} read, ${both} in both places`,
  )
  if (foreign > 0)
    output.remark(`${foreign} segments belong to master keys that are not here. They were left.`)
  if (damaged > 0)
    output.remark(`${damaged} objects there have the name of a segment and are damaged.`)
  if (noRoom > 0) output.remark(`${noRoom} segments were not read: the vault here is full.`)
  if (damaged > 0) return EXIT.damaged
  return noRoom > 0 ? EXIT.unexpected : EXIT.done
}

async function placeOf(
  context: Context,
  { toBucket, toProfile }: VaultSyncOptions,
): Promise<ProfileBucket> {
  if (toProfile === undefined) {
    const { options } = context
    const bucket = toBucket ?? options.bucket
    return bucketOf({
      ...context,
      options: { ...options, ...(bucket !== undefined && { bucket }) },
    })
  }
  const { profileId, bucket } = await storedAccount(context, toProfile, toBucket)
  if (bucket === null) throw new Usage('Name the bucket with --to-bucket.')
  return { profileId, bucket }
}

/** Prints the envelopes that the keys at hand open. */
export async function listVault(context: Context, options: VaultOptions): Promise<number> {
  const { call, output } = context
  await openKeys(context, options)
  const { entries, total } = await call('vault.list', { count: MOST_LISTED })
  output.table(
    entries,
    entries.map((one) => [
      bytes(one.size),
      new Date(one.from).toISOString().slice(0, 10),
      one.sealed ? 'sealed' : '',
      output.name(one.keyName),
      output.name(`${one.bucket}/${one.key}`),
    ]),
  )
  if (total > entries.length) output.remark(`${total - entries.length} more are not shown.`)
  return EXIT.done
}

/** Prints how much the vault holds. */
export async function vaultStatus(context: Context, options: VaultOptions): Promise<number> {
  const { call, output } = context
  await openKeys(context, options)
  const status = await call('vault.status', {})
  const { envelopes, segments, bytes: size, closed, damaged, notKept, closedKeys } = status
  output.result(status, `${envelopes} envelopes in ${segments} segments, ${bytes(size)}`)
  if (closed > 0)
    output.remark(`${closed} segments cannot be opened: their master keys are not here, or locked.`)
  if (closedKeys.length > 0)
    output.remark(`Locked: ${closedKeys.map((name) => output.name(name)).join(', ')}`)
  if (damaged > 0) output.remark(`${damaged} segments are damaged. "vault sync" brings them back.`)
  if (notKept > 0) output.remark(`${notKept} envelopes could not be kept.`)
  return damaged > 0 ? EXIT.damaged : EXIT.done
}
