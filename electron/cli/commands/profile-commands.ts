import { Failure } from '../../../shared/contract/errors.ts'
import type { Profile } from '../../../shared/contract/models.ts'
import type { CommonOptions, Context } from '../context.ts'
import { Usage } from '../exit-codes.ts'
import { askSecret } from '../passphrases.ts'
import { unlockSecrets } from '../secrets.ts'

/** The rules for seals. A rule that is left out stays. */
export interface SealOptions extends CommonOptions {
  readonly seal?: boolean
  readonly sealedOnly?: boolean
}

export interface AddProfileOptions extends SealOptions {
  readonly accessKeyId?: string
}

export async function listProfiles({ call, output }: Context): Promise<number> {
  const profiles = await call('profiles.list', {})
  output.table(
    profiles,
    profiles.map((one) => [
      output.name(one.name),
      one.region,
      one.endpoint,
      one.accessKeyId,
      one.buckets.join(' '),
    ]),
  )
  return 0
}

/**
 * Adds a profile. Secret and token come from the environment; without them, the command asks for
 * the secret.
 */
export async function addProfile(
  context: Context,
  name: string,
  options: AddProfileOptions,
): Promise<number> {
  const { environment, output } = context
  const endpoint = options.endpoint ?? environment['OSS_ENDPOINT'] ?? ''
  const region = options.region ?? environment['OSS_REGION'] ?? ''
  const accessKeyId = options.accessKeyId ?? environment['OSS_ACCESS_KEY_ID'] ?? ''
  if (accessKeyId === '')
    throw new Usage('Name the AccessKey ID with --access-key-id or OSS_ACCESS_KEY_ID.')
  const accessKeySecret =
    environment['OSS_ACCESS_KEY_SECRET'] ?? (await askSecret('AccessKey secret: '))
  if (accessKeySecret === null || accessKeySecret === '')
    throw new Usage('Set OSS_ACCESS_KEY_SECRET: a secret is never an argument.')
  await unlockSecrets(context, 'write')
  const profile = await context.call('profiles.add', {
    name,
    colour: 'jade',
    endpoint,
    region,
    accessKeyId,
    buckets: options.bucket === undefined ? [] : [options.bucket],
    sealsNew: options.seal,
    sealedOnly: options.sealedOnly,
    credential: {
      kind: 'typed',
      accessKeySecret,
      securityToken: environment['OSS_SESSION_TOKEN'] ?? '',
    },
  })
  output.result(profile, `${output.name(profile.name)}  ${profile.region}  ${profile.accessKeyId}`)
  return 0
}

/** Changes the rules for seals of a stored profile; everything else of it stays. */
export async function setProfile(
  context: Context,
  name: string,
  { seal, sealedOnly }: SealOptions,
): Promise<number> {
  if (seal === undefined && sealedOnly === undefined)
    throw new Usage('Name a rule: --seal, --no-seal, --sealed-only or --no-sealed-only.')
  const { id, colour, endpoint, region, accessKeyId, buckets } = await profileNamed(context, name)
  await unlockSecrets(context, 'read')
  const profile = await context.call('profiles.update', {
    id,
    name,
    colour,
    endpoint,
    region,
    accessKeyId,
    buckets: [...buckets],
    sealsNew: seal,
    sealedOnly,
    credential: { kind: 'keep' },
  })
  context.output.result(profile, `${context.output.name(name)} changed`)
  return 0
}

async function profileNamed({ call }: Context, name: string): Promise<Profile> {
  const profile = (await call('profiles.list', {})).find((one) => one.name === name)
  if (profile === undefined) throw new Failure({ code: 'not-found', what: 'profile', name })
  return profile
}

export async function removeProfile(context: Context, name: string): Promise<number> {
  const profile = await profileNamed(context, name)
  await unlockSecrets(context, 'read')
  await context.call('profiles.remove', { id: profile.id })
  context.output.result({ removed: name }, `${context.output.name(name)} removed`)
  return 0
}
