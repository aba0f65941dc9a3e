import { Failure } from '../../shared/contract/errors.ts'
import type { Context } from './context.ts'
import { Usage } from './exit-codes.ts'
import { unlockSecrets } from './secrets.ts'

/** A bucket in the account of a profile. */
export interface ProfileBucket {
  readonly profileId: string
  readonly bucket: string
}

/**
 * Returns the account of --profile NAME. Without --profile, it comes from --endpoint, --region and
 * the environment variables of the official tools.
 */
export async function accountOf(
  context: Context,
): Promise<{ readonly profileId: string; readonly bucket: string | null }> {
  const { options, call } = context
  if (options.profile !== undefined) return storedAccount(context, options.profile, options.bucket)
  const profile = await call('profiles.session', sessionFields(context))
  return { profileId: profile.id, bucket: options.bucket ?? null }
}

/**
 * Returns a stored profile by name or id, with its secret unlocked. Without `bucket`, the profile's
 * only bucket is used.
 */
export async function storedAccount(
  context: Context,
  name: string,
  bucket: string | undefined,
): Promise<{ readonly profileId: string; readonly bucket: string | null }> {
  const profile = (await context.call('profiles.list', {})).find(
    (one) => one.name === name || one.id === name,
  )
  if (profile === undefined) throw new Failure({ code: 'not-found', what: 'profile', name })
  await unlockSecrets(context, 'read')
  const [only, ...others] = profile.buckets
  return { profileId: profile.id, bucket: bucket ?? (others.length === 0 ? (only ?? null) : null) }
}

/** Returns the account together with a bucket, which most commands need. */
export async function bucketOf(context: Context): Promise<ProfileBucket> {
  const { profileId, bucket } = await accountOf(context)
  if (bucket === null) throw new Usage('Name the bucket with --bucket.')
  return { profileId, bucket }
}

function sessionFields({ options, environment }: Context) {
  const endpoint = options.endpoint ?? environment['OSS_ENDPOINT'] ?? ''
  const region = options.region ?? environment['OSS_REGION'] ?? ''
  const accessKeyId = environment['OSS_ACCESS_KEY_ID'] ?? ''
  const accessKeySecret = environment['OSS_ACCESS_KEY_SECRET'] ?? ''
  if (accessKeyId === '' || accessKeySecret === '')
    throw new Usage(
      'Set OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET, or name a profile with --profile.',
    )
  if (endpoint === '' && region === '')
    throw new Usage('Name the endpoint with --endpoint or OSS_ENDPOINT.')
  return {
    name: 'command line',
    colour: 'ink' as const,
    endpoint,
    region,
    accessKeyId,
    credential: {
      kind: 'typed' as const,
      accessKeySecret,
      securityToken: environment['OSS_SESSION_TOKEN'] ?? '',
    },
    buckets: options.bucket === undefined ? [] : [options.bucket],
  }
}
