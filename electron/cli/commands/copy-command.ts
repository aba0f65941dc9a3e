import type { In } from '../../../shared/contract/routes/routes.ts'
import { bucketOf, storedAccount, type ProfileBucket } from '../connection.ts'
import type { CommonOptions, Context } from '../context.ts'
import { masterKeys } from '../key-files.ts'
import { sessionKms } from '../kms.ts'
import { Usage } from '../exit-codes.ts'
import { reportEach } from '../follow.ts'

export interface CopyOptions extends CommonOptions {
  readonly key: readonly string[]
  readonly toBucket?: string
  readonly toProfile?: string
  readonly versionId?: string
}

/**
 * Copies or moves objects. A target that ends in '/' keeps the object's name. A key that ends in
 * '/' stands for everything below it, and takes the target's name. A version that is moved is
 * deleted for good.
 */
export async function copy(
  context: Context,
  key: string,
  to: string,
  options: CopyOptions,
  move: boolean,
): Promise<number> {
  const from = await bucketOf(context)
  // A copy chooses among all keys that this process knows.
  await masterKeys(context, options.key, '')
  await sessionKms(context)
  const target = await targetOf(context, from, options)
  const folder = key.endsWith('/')
  if (options.versionId !== undefined && folder)
    throw new Usage('--version-id goes with one object, not with a folder.')
  const into = to.endsWith('/') && !folder
  const input: In<'copies.start'> = {
    from,
    keys: [key],
    to: target,
    move,
    existing: options.force === true ? 'replace' : 'fail',
    toPrefix: into ? to : null,
    toKey: into ? null : folder && !to.endsWith('/') ? `${to}/` : to,
    versionId: options.versionId ?? null,
  }
  return reportEach(context, () => context.call('copies.start', input))
}

async function targetOf(
  context: Context,
  from: ProfileBucket,
  { toBucket, toProfile }: CopyOptions,
): Promise<ProfileBucket> {
  if (toProfile === undefined) return { ...from, bucket: toBucket ?? from.bucket }
  const { profileId, bucket } = await storedAccount(context, toProfile, toBucket)
  if (bucket === null) throw new Usage('Name the bucket with --to-bucket.')
  return { profileId, bucket }
}
