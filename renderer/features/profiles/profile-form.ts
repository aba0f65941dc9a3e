import type {
  FoundAccount,
  MasterKeyId,
  Profile,
  ProfileColour,
} from '../../../shared/contract/models.ts'
import type { In } from '../../../shared/contract/routes/routes.ts'
import { regionOfEndpoint } from '../../../shared/contract/regions.ts'
import { isBucketName } from '../../../shared/contract/bucket-names.ts'
import { addressIn, endpointOfRegion } from './region-endpoint.ts'
import { regionNamed } from './regions.ts'

export const colours = [
  'jade',
  'blue',
  'plum',
  'clay',
  'gold',
  'ink',
] as const satisfies readonly ProfileColour[]

/** The values of the dialog's fields. They end with the dialog. */
export interface ProfileForm {
  readonly name: string
  readonly colour: ProfileColour
  readonly region: string
  /** '' derives the endpoint from the region. */
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secret: string
  readonly token: string
  /** The account of another tool whose secret is used; null for a typed secret. */
  readonly found: FoundAccount | null
  readonly buckets: string
  /** '' for no key. */
  readonly keyId: MasterKeyId
  readonly sealsNew: boolean
  readonly sealedOnly: boolean
}

/** Props of every group of fields of the dialog. */
export interface FormPart {
  readonly form: ProfileForm
  readonly change: (fields: Partial<ProfileForm>) => void
  /** The stored profile that is edited; null while one is added. */
  readonly profile: Profile | null
}

/** An empty form in a free colour, or the form of a stored profile without its secret. */
export function formOf(profile: Profile | null, others: readonly Profile[]): ProfileForm {
  const free = colours.find((colour) => !others.some((other) => other.colour === colour)) ?? 'jade'
  const derived = profile !== null && profile.endpoint === endpointOfRegion(profile.region)
  return {
    name: profile?.name ?? '',
    colour: profile?.colour ?? free,
    region: profile?.region ?? '',
    endpoint: profile === null || derived ? '' : profile.endpoint,
    accessKeyId: profile?.accessKeyId ?? '',
    secret: '',
    token: '',
    found: null,
    buckets: profile?.buckets.join('\n') ?? '',
    keyId: profile?.defaultKey ?? '',
    sealsNew: profile?.sealsNew ?? true,
    sealedOnly: profile?.sealedOnly ?? false,
  }
}

/** Fills the form from an account of another tool. The user's other values stay. */
export function withFound(form: ProfileForm, found: FoundAccount): ProfileForm {
  // Other tools write endpoints without a scheme, and some write no region.
  const endpoint =
    found.endpoint === '' || found.endpoint.includes('://')
      ? found.endpoint
      : `https://${found.endpoint}`
  const region = found.region === '' ? (regionOfEndpoint(endpoint) ?? '') : found.region
  return {
    ...form,
    found,
    accessKeyId: found.accessKeyId,
    secret: '',
    token: '',
    region,
    endpoint: endpoint === endpointOfRegion(region) ? '' : endpoint,
  }
}

/**
 * Splits an address in the region or endpoint field into its fields. Null if the text is no
 * address.
 */
export function withAddress(form: ProfileForm, text: string): Partial<ProfileForm> | null {
  const address = addressIn(text)
  if (address === null) return null
  const { region, endpoint, bucket } = address
  const typed = text === form.region ? '' : form.region
  return {
    region: region === '' ? typed : region,
    endpoint,
    ...(bucket !== null && { buckets: [...new Set([...bucketsIn(form), bucket])].join('\n') }),
  }
}

/** The problem with region and endpoint; null while they are valid or empty. */
export function placeProblem(form: ProfileForm): 'region' | 'endpoint' | null {
  if (form.region.trim() !== '' && regionNamed(form.region) === null) return 'region'
  const endpoint = form.endpoint.trim()
  if (endpoint === '') return null
  // A host, with or without a scheme and a port, and nothing after it.
  return /^(?:https?:\/\/)?(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?\/?$/i.test(endpoint)
    ? null
    : 'endpoint'
}

export const endpointIn = (form: ProfileForm): string =>
  form.endpoint.trim() === '' ? endpointOfRegion(form.region) : form.endpoint.trim()
export const bucketsIn = (form: ProfileForm): readonly string[] => [
  ...new Set(form.buckets.split(/[\s,;]+/).filter((name) => name !== '')),
]
/** The first name that no bucket can have; null if all are valid. */
export const badBucket = (form: ProfileForm): string | null =>
  bucketsIn(form).find((name) => !isBucketName(name)) ?? null

/**
 * True if the stored secret belongs to the AccessKey of the form. Another id needs another secret.
 */
export const keepsSecret = (form: ProfileForm, profile: Profile | null): boolean =>
  profile !== null && form.accessKeyId.trim() === profile.accessKeyId

/** True if the form has enough to call OSS with. */
export const canTest = (form: ProfileForm, profile: Profile | null): boolean =>
  endpointIn(form) !== '' &&
  placeProblem(form) === null &&
  form.accessKeyId.trim() !== '' &&
  (form.found !== null || form.secret !== '' || keepsSecret(form, profile)) &&
  badBucket(form) === null
export const canSave = (form: ProfileForm, profile: Profile | null): boolean =>
  form.name.trim() !== '' && canTest(form, profile)

/** The input of the core. A secret that was not typed again stays stored. */
export function fieldsOf(form: ProfileForm): Omit<In<'profiles.update'>, 'id'> {
  const credential: In<'profiles.add'>['credential'] =
    form.found !== null
      ? { kind: 'found', source: form.found.source }
      : form.secret === ''
        ? { kind: 'keep' }
        : { kind: 'typed', accessKeySecret: form.secret.trim(), securityToken: form.token.trim() }
  return {
    name: form.name.trim(),
    colour: form.colour,
    endpoint: endpointIn(form),
    region: form.region.trim() === '' ? '' : (regionNamed(form.region) ?? form.region.trim()),
    accessKeyId: form.accessKeyId.trim(),
    credential,
    buckets: [...bucketsIn(form)],
    sealsNew: form.sealsNew,
    sealedOnly: form.sealedOnly,
  }
}
