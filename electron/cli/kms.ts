import type { MasterKey, WriteFormat } from '../../shared/contract/models.ts'
import type { In } from '../../shared/contract/routes/routes.ts'
import type { CommonOptions, Context } from './context.ts'
import { Usage } from './exit-codes.ts'
import { eachPassphraseIn, passphraseIn } from './passphrases.ts'

type NewKms = In<'keys.sessionKms'>
/** Region, endpoint and credentials of KMS. */
type KmsPlace = In<'keys.listKms'>

/** Tells whether the options name a KMS. A key of this command is then made from them. */
export const asksKms = ({ kmsEndpoint, kmsRegion, kmsKey }: CommonOptions): boolean =>
  [kmsEndpoint, kmsRegion, kmsKey].some((option) => option !== undefined)

/** Tells whether the options bind KMS calls to a context or a passphrase. */
const bindsKms = ({ kmsContext, context, kmsPassphraseFile }: CommonOptions): boolean =>
  [kmsContext, context, kmsPassphraseFile].some((option) => option !== undefined)

/**
 * Throws Usage for a binding that would have no effect. A stored key keeps the binding with which
 * it was added, and keys outside KMS have none.
 */
export function refuseBinding(options: CommonOptions, goesWith: string): void {
  if (bindsKms(options))
    throw new Usage(`--kms-context and --kms-passphrase-file need ${goesWith}.`)
}

/**
 * Returns the KMS of the options as a key of this command, or null without one. Without --kms-key,
 * the key opens everything that this region's KMS opens, and encrypts nothing.
 */
export async function sessionKms(
  context: Context,
  {
    description = '',
    format = 'v2',
  }: { readonly description?: string; readonly format?: WriteFormat } = {},
): Promise<MasterKey | null> {
  const { options, call } = context
  if (!asksKms(options)) {
    refuseBinding(options, '--kms-key, --kms-region or --kms-endpoint')
    return null
  }
  return call('keys.sessionKms', {
    ...(await kmsPlaceOf(context)),
    ...(await kmsBinding(context)),
    cmkId: options.kmsKey ?? '',
    description,
    style: 'compact',
    writes: format,
  })
}

/**
 * Returns the same keys for decryption: one key for each reading of the passphrase file. Earlier
 * versions read some passphrase files differently, and an object may be bound to such a passphrase.
 */
export async function sessionKmsToOpen(context: Context): Promise<readonly MasterKey[]> {
  const file = context.options.kmsPassphraseFile
  if (!asksKms(context.options) || file === undefined)
    return [(await sessionKms(context)) ?? []].flat()
  const { context: bound } = checkedBinding(context)
  const place = await kmsPlaceOf(context)
  const keys: MasterKey[] = []
  for (const passphrase of await eachPassphraseIn(file)) {
    keys.push(
      await context.call('keys.sessionKms', {
        ...place,
        context: bound,
        passphrase,
        cmkId: context.options.kmsKey ?? '',
        description: '',
        style: 'compact',
        writes: 'v2',
      }),
    )
  }
  return keys
}

/**
 * Returns where KMS is and who calls it. Region and endpoint come from the options, then from the
 * key's ARN, then from the connection to OSS. Credentials come from the environment, then from the
 * profile. `cmkId`: the key for which KMS is called.
 */
export async function kmsPlaceOf(
  context: Context,
  cmkId = context.options.kmsKey ?? '',
): Promise<KmsPlace> {
  const { options, environment } = context
  const endpoint = options.kmsEndpoint ?? ''
  const profile =
    options.profile === undefined
      ? null
      : ((await context.call('profiles.list', {})).find(
          ({ name, id }) => name === options.profile || id === options.profile,
        ) ?? null)
  const region = [
    options.kmsRegion,
    kmsRegionIn(endpoint),
    regionOfArn(cmkId),
    options.region,
    environment['OSS_REGION'],
    profile?.region,
  ].find((text) => text !== undefined && text !== '')
  if (region === undefined) throw new Usage('Name the region of KMS with --kms-region.')
  const own = ownCredentials(
    environment,
    'ALIBABA_CLOUD_ACCESS_KEY_ID',
    'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
    'ALIBABA_CLOUD_SECURITY_TOKEN',
  )
  if (own !== null) return { region, endpoint, credential: own }
  if (profile !== null)
    return { region, endpoint, credential: { kind: 'profile', profileId: profile.id } }
  const oss = ownCredentials(
    environment,
    'OSS_ACCESS_KEY_ID',
    'OSS_ACCESS_KEY_SECRET',
    'OSS_SESSION_TOKEN',
  )
  if (oss === null)
    throw new Usage(
      'Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET for KMS, or name a profile with --profile.',
    )
  return { region, endpoint, credential: oss }
}

/**
 * Returns the credentials of these variables, or null when they are unset. An id without its secret
 * is a mistake: another account is not used in its place.
 */
function ownCredentials(
  environment: Context['environment'],
  id: string,
  secret: string,
  token: string,
): KmsPlace['credential'] | null {
  const [accessKeyId = '', accessKeySecret = ''] = [environment[id], environment[secret]]
  if (accessKeyId === '' && accessKeySecret === '') return null
  if (accessKeyId === '' || accessKeySecret === '') throw new Usage(`Set both ${id} and ${secret}.`)
  return { kind: 'own', accessKeyId, accessKeySecret, securityToken: environment[token] ?? '' }
}

/** Returns the binding of every KMS call. The passphrase is that of oss2, and is a secret. */
export async function kmsBinding(
  context: Context,
): Promise<Pick<NewKms, 'context' | 'passphrase'>> {
  const { context: bound, file } = checkedBinding(context)
  return { context: bound, passphrase: file === undefined ? null : await passphraseIn(file) }
}

function checkedBinding({ options }: Context): {
  readonly context: string
  readonly file: string | undefined
} {
  const context = options.kmsContext ?? options.context ?? ''
  if (options.context !== undefined && context !== options.context)
    throw new Usage('--context and --kms-context are the same option, but their values differ.')
  const file = options.kmsPassphraseFile
  if (context !== '' && file !== undefined)
    throw new Usage('A KMS key is bound to a context or to a passphrase, not to both.')
  return { context, file }
}

/**
 * Returns the region of an ARN: `acs:kms:cn-hangzhou:123:key/…` gives `cn-hangzhou`. An id or an
 * alias gives ''.
 */
const regionOfArn = (cmkId: string): string => /^acs:kms:([a-z0-9-]+):/.exec(cmkId)?.[1] ?? ''

/**
 * Returns the region of an endpoint: `https://kms-vpc.cn-hangzhou.aliyuncs.com` gives
 * `cn-hangzhou`. An endpoint without a region gives ''.
 */
function kmsRegionIn(endpoint: string): string {
  return /(?:^|\/)kms(?:-vpc)?\.([a-z0-9-]+)\.aliyuncs\.com/.exec(endpoint)?.[1] ?? ''
}
