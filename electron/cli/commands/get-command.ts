import { valueOf } from '../../../shared/contract/errors.ts'
import type { Encryption, ObjectFacts } from '../../../shared/contract/models.ts'
import type { In } from '../../../shared/contract/routes/routes.ts'
import { bucketOf, type ProfileBucket } from '../connection.ts'
import type { CommonOptions, Context } from '../context.ts'
import { isKms, NEEDS_KMS, RESPLIT } from './decrypt-command.ts'
import { Usage } from '../exit-codes.ts'
import { reportEach } from '../follow.ts'
import { masterKeys } from '../key-files.ts'
import { asksKms, sessionKmsToOpen } from '../kms.ts'
import { outTargetOf } from '../out-target.ts'
import { unlockSecrets } from '../secrets.ts'

export interface GetOptions extends CommonOptions {
  readonly out?: string
  readonly range?: string
  readonly versionId?: string
  readonly raw?: boolean
  readonly message?: boolean
  readonly repair?: boolean
  readonly allowPlain?: boolean
  readonly allowMoved?: boolean
  readonly sealedOnly?: boolean
  readonly unverified?: boolean
  readonly key: readonly string[]
}

/** An object, and the profile that reaches it. */
interface ObjectAt extends ProfileBucket {
  readonly key: string
  readonly versionId: string | null
}

export async function get(context: Context, key: string, options: GetOptions): Promise<number> {
  const range = options.range === undefined ? null : parseRange(options.range)
  if (options.versionId !== undefined && key.endsWith('/'))
    throw new Usage('--version-id goes with one object, not with a folder.')
  const object = { key, versionId: options.versionId ?? null }
  const { folder, fileName } = outTargetOf(options.out, key.endsWith('/'))
  const target = valueOf(await context.grants.forWriting(folder))
  const place = await bucketOf(context)
  const named = await masterKeys(context, options.key, '')
  const kms = await sessionKmsToOpen(context)
  // --kms-region alone adds one key to choose from. A key that is named is the only one used.
  const chosen = options.key.length > 0 || options.kmsKey !== undefined ? [...named, ...kms] : []
  const facts =
    key.endsWith('/') || options.raw === true
      ? null
      : await context.call('objects.facts', { ...place, ...object })
  if (
    chosen.length === 0 &&
    options.raw !== true &&
    mayNeedSecrets(
      facts,
      kms.map((one) => one.id),
    )
  )
    await unlockSecrets(context, 'read')
  const withKms = asksKms(options) || named.some((one) => one.kind === 'kms')
  const message =
    facts?.encryption.state === 'plain'
      ? await isMessage(context, { ...place, ...object }, options, withKms)
      : options.message === true && (key.endsWith('/') ? 'maybe' : true)
  if (
    facts?.encryption.state === 'encrypted' &&
    facts.encryption.facts.resplit !== null &&
    options.repair !== true
  )
    context.output.remark(RESPLIT)
  if (facts?.encryption.state === 'nokey' && isKms(facts.encryption.facts) && !withKms)
    context.output.remark(NEEDS_KMS)
  const input: In<'downloads.start'> = {
    ...place,
    keys: [key],
    target: target.id,
    fileName,
    existing: options.force === true ? 'replace' : 'fail',
    raw: options.raw === true,
    keyIds: chosen.map((one) => one.id),
    range:
      range === null
        ? null
        : await rangeWithin(
            context,
            { ...place, ...object },
            range,
            message === true || isPadded(facts),
          ),
    message,
    repair: options.repair === true,
    // With a named key, an object without an envelope would otherwise be saved without a word.
    plain: chosen.length > 0 && options.allowPlain !== true ? 'refuse' : 'allow',
    versionId: object.versionId,
    seals: {
      sealedOnly: options.sealedOnly === true,
      allowMoved: options.allowMoved === true,
      unverified: options.unverified === true,
    },
  }
  return reportEach(context, () => context.call('downloads.start', input))
}

/**
 * Tells whether the passphrase has to be asked for. The question is asked only for an object that a
 * key of the catalog may open.
 */
function mayNeedSecrets(facts: ObjectFacts | null, kmsIds: readonly string[]): boolean {
  return (
    facts === null ||
    (facts.encryption.state === 'encrypted' && !kmsIds.includes(facts.encryption.keyId))
  )
}

/**
 * Tells whether an object without an envelope is decrypted as a whole message. That is so when the
 * user asked for it, or when the object is a message and a key in KMS was given. Bytes that look
 * like a message are never saved without a word.
 */
async function isMessage(
  { call, output }: Context,
  object: ObjectAt,
  { message = false }: GetOptions,
  withKms: boolean,
): Promise<boolean | 'maybe'> {
  const found: Encryption | null = await call('objects.sniff', object)
  if (found === null) {
    // An object that starts like a message and is cut off is refused, and is not saved as it is.
    return message || (withKms && 'maybe')
  }
  if (found.state === 'later') {
    output.remark(
      `${output.name(object.key)} looks like a message of the KMS Encryption SDK that cannot be read here (${found.format}).`,
    )
    return message
  }
  if (!message)
    output.remark(
      `${output.name(object.key)} is a message of the KMS Encryption SDK. ${withKms ? 'It is decrypted.' : 'It is saved as stored; decrypt it with --message.'}`,
    )
  return message || withKms
}

/** Tells whether the content ends in padding, as messages in CBC do. */
const isPadded = (facts: ObjectFacts | null): boolean =>
  facts?.encryption.state === 'encrypted' && facts.encryption.facts.contentAlgorithm.includes('CBC')

/**
 * Parses `A-B` and `A-`, both ends included, as HTTP does. Returns the number N for `-N`, the last
 * N bytes.
 */
function parseRange(
  text: string,
): { readonly offset: number; readonly length: number | null } | number {
  const match = /^(\d{0,15})-(\d{0,15})$/.exec(text)
  const [first, last] = [match?.[1] ?? '', match?.[2] ?? '']
  if (match === null || (first === '' && last === ''))
    throw new Usage('A range must be A-B, A- or -N, in bytes from 0.')
  if (first === '') return Number(last)
  if (last === '') return { offset: Number(first), length: null }
  if (Number(last) < Number(first)) throw new Usage('The range ends before it begins.')
  return { offset: Number(first), length: Number(last) - Number(first) + 1 }
}

/**
 * Returns the range within the object's size. `-N` counts from the object's end, and no range
 * starts after that end. `isLonger`: the object holds more than its content, so its end is not the
 * content's end.
 */
async function rangeWithin(
  { call }: Context,
  object: ObjectAt,
  range: ReturnType<typeof parseRange>,
  isLonger: boolean,
) {
  const { size } = await call('objects.facts', object)
  if (isLonger && typeof range === 'number')
    throw new Usage(
      'This object has more bytes than its content. Count the range from the beginning.',
    )
  if (typeof range === 'number')
    return { offset: Math.max(0, size - range), length: Math.min(size, range) }
  if (range.offset > 0 && range.offset >= size)
    throw new Usage(`The range begins after the end: ${object.key} has ${size} bytes.`)
  return range
}
