import { basename } from 'node:path'
import { caught, Failure, valueOf, type AppError } from '../../../shared/contract/errors.ts'
import type {
  RecoverAnswer,
  RecoverCandidate,
  RecoverLook,
} from '../../../shared/contract/models-recover.ts'
import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { sealReason } from '../../../shared/contract/sentences/sentences-seals.ts'
import type { CommonOptions, Context } from '../context.ts'
import { EXIT, exitCodeOf, Usage } from '../exit-codes.ts'
import { followTransfers } from '../follow.ts'
import { masterKeys } from '../key-files.ts'
import { sessionKmsToOpen } from '../kms.ts'
import { outTargetOf } from '../out-target.ts'
import { unlockSecrets } from '../secrets.ts'

export interface RecoverOptions extends CommonOptions {
  readonly key: readonly string[]
  readonly out: string
  readonly envelope?: string
  readonly vault?: boolean
}

/** The name of a file that nothing proves. It never has the name of the blob alone. */
const UNPROVEN = '.unproven'
/** The name of a file whose parts a Java SDK had split again. */
const REPAIRED = '.repaired'

/** Errors of a blob that is not as it was sealed, and is written without its sizes and seal. */
const NOT_AS_SEALED: ReadonlySet<AppError['code']> = new Set<AppError['code']>([
  'seal-refused',
  'checksum',
  'size-differs',
])

interface Setting {
  readonly context: Context
  readonly options: RecoverOptions
  readonly envelope: string | null
  readonly keyIds: readonly string[]
  readonly target: string
}

/**
 * Decrypts blobs whose envelope or key is not known. Exit code 4 where any blob could not be
 * recovered. No file is ever replaced.
 */
export async function recover(
  context: Context,
  blobs: readonly string[],
  options: RecoverOptions,
): Promise<number> {
  if (options.vault === true && options.envelope !== undefined)
    throw new Usage('Use either --vault or --envelope.')
  if (options.envelope !== undefined && blobs.length > 1)
    throw new Usage('--envelope goes with one blob. Leave it out to find the envelopes.')
  const { grants, output } = context
  const envelope =
    options.envelope === undefined ? null : valueOf(await grants.forReading(options.envelope)).id
  const { folder } = outTargetOf(options.out, true)
  const target = valueOf(await grants.forWriting(folder)).id
  const named = [
    ...(await masterKeys(context, options.key, '')),
    ...(await sessionKmsToOpen(context)),
  ]
  // Keys that are named for this run need none of the keys here.
  if (named.length === 0) await unlockSecrets(context, 'read')
  const setting = { context, options, envelope, target, keyIds: named.map(({ id }) => id) }
  let [lost, unproven] = [0, 0]
  const failed = (blob: string, cause: unknown): void => {
    const result = caught(cause)
    if (result.ok || STOPS.has(exitCodeOf(result.error))) throw cause
    lost += 1
    output.failure(result.error, { blob, recovered: false })
  }
  for (let i = 0; i < blobs.length; i += AT_ONCE)
    for (const { path, answer } of await lookAt(setting, blobs.slice(i, i + AT_ONCE), failed))
      await recoverOne(setting, path, answer).then(
        (isProven) => void (unproven += isProven ? 0 : 1),
        (cause: unknown) => failed(path, cause),
      )
  if (unproven > 0)
    output.remark(
      `${unproven} files end in ${UNPROVEN}: nothing proves their content. Look at them before you use them.`,
    )
  if (lost > 0)
    output.remark(
      `Not recovered: ${lost} of ${blobs.length}. "vault sync" brings the envelopes of other computers, --key names other keys.`,
    )
  return lost > 0 ? EXIT.damaged : EXIT.done
}

/** Blobs that are looked at in one call. */
const AT_ONCE = 100
/** Exit codes of failures after which no other blob would do better. */
const STOPS: ReadonlySet<number> = new Set([EXIT.unexpected, EXIT.cancelled])

/** Finds the envelopes of some blobs. `failed`: hears of blobs that cannot be read. */
async function lookAt(
  { context, options, envelope, keyIds }: Setting,
  paths: readonly string[],
  failed: (path: string, cause: unknown) => void,
): Promise<readonly { readonly path: string; readonly answer: RecoverAnswer }[]> {
  const blobs = new Map<string, string>()
  for (const path of paths) {
    const source = await context.grants.forReading(path)
    if (!source.ok) failed(path, new Failure(source.error))
    else if (source.value.kind === 'folder') throw new Usage(`${path} is a folder.`)
    else blobs.set(source.value.id, path)
  }
  if (blobs.size === 0) return []
  const from = options.vault === true ? 'vault' : envelope === null ? 'any' : 'envelope'
  const ids = [...blobs.keys()]
  const keys = [...keyIds]
  const answers = await context.call('recover.look', { blobs: ids, envelope, from, keyIds: keys })
  return answers.map((answer) => ({ path: blobs.get(answer.blob) ?? '', answer }))
}

/** Recovers one blob. Resolves with true if its file is proven. Throws Failure. */
async function recoverOne(
  setting: Setting,
  path: string,
  { blob, look, error: unread }: RecoverAnswer,
): Promise<boolean> {
  const { context } = setting
  if (look === null) throw new Failure(unread)
  const [best] = look.candidates
  if (best === undefined) {
    const { error, tried, unopened } = look
    if (unopened > 0)
      context.output.remark(
        `${context.output.name(path)}: ${unopened} envelopes, and none opens. Tried: ${tried.map((name) => context.output.name(name)).join(', ') || 'no key'}`,
      )
    throw new Failure(error ?? { code: 'no-envelope', file: basename(path) })
  }
  if (best.provable) {
    const text = best.source === 'inside' ? null : best.envelopeText
    const done = await decrypted(setting, blob, best, { name: basename(path), text })
    if (isProven(done)) {
      told(setting, path, { look, best, done, why: null })
      return true
    }
    const error = errorOf(done)
    if (best.source === 'inside' || !NOT_AS_SEALED.has(error.code)) throw new Failure(error)
    await writeUnproven(setting, path, blob, { look, best, why: error })
  } else await writeUnproven(setting, path, blob, { look, best, why: null })
  return false
}

/** Everything that is said of one file. `why`: the reason why its seal or sum does not fit. */
interface Recovered {
  readonly look: RecoverLook
  readonly best: RecoverCandidate
  readonly done: Transfer
  readonly why: AppError | null
}

/**
 * Decrypts a blob without its sizes, sum and seal. Where two readings are possible, both are
 * written. Throws Failure.
 */
async function writeUnproven(
  setting: Setting,
  path: string,
  blob: string,
  { look, best, why }: Omit<Recovered, 'done'>,
): Promise<void> {
  const text = best.source === 'inside' ? null : best.bareText
  const readings = best.resplit === 'maybe' ? [true, false] : [best.resplit === 'yes']
  for (const repair of readings) {
    const name = `${basename(path)}${repair ? REPAIRED : ''}${UNPROVEN}`
    const done = await decrypted(setting, blob, best, { name, text, repair })
    if (done.phase !== 'done' || done.outcome === null) throw new Failure(errorOf(done))
    told(setting, path, { look, best, done, why })
  }
}

const errorOf = ({ error }: Transfer): AppError =>
  error ?? { code: 'unexpected', reference: 'no outcome' }

/** Says whether a seal or the tag of a message covers all of the file. */
const isProven = ({ phase, outcome }: Transfer): boolean =>
  phase === 'done' && (outcome?.seal?.state === 'intact' || outcome?.tag === 'verified')

async function decrypted(
  { context, target }: Setting,
  blob: string,
  { keyId }: RecoverCandidate,
  file: { readonly name: string; readonly text: string | null; readonly repair?: boolean },
): Promise<Transfer> {
  const id = await context.call('offline.start', {
    blob,
    envelope: null,
    envelopeText: file.text,
    keyIds: keyId === '' ? [] : [keyId],
    target,
    fileName: file.name,
    existing: 'rename',
    repair: file.repair ?? false,
  })
  const [transfer] = await followTransfers(context, [id])
  if (transfer === undefined) throw new Failure({ code: 'unexpected', reference: 'no transfer' })
  return transfer
}

/** Prints what was done with one blob. */
function told(
  { context: { output } }: Setting,
  blob: string,
  { look, best, done, why }: Recovered,
): void {
  const { source, match, bucket, key, keyName, signature } = best
  const proven = isProven(done)
  const savedAs = done.outcome?.savedAs ?? ''
  const repaired = savedAs.includes(REPAIRED)
  const changed = why?.code === 'seal-refused' ? why.reason : (why?.code ?? null)
  const facts = [
    `opened with ${output.name(keyName)}`,
    source === 'vault' ? `envelope from the vault, by ${wordsOf(match)}` : `envelope ${source}`,
    ...(key === null || key === '' ? [] : [`was ${output.name(`${bucket}/${key}`)}`]),
    signature === null ? 'of no known type' : `looks like ${signature}`,
    ...(repaired ? ['repaired: a Java SDK had split it again'] : []),
    proven ? 'proven' : 'NOT PROVEN',
    ...(why?.code === 'seal-refused' ? [sealReason(why.reason, output.language)] : []),
  ]
  output.result(
    {
      blob,
      recovered: true,
      proven,
      savedAs,
      changed,
      envelope: { source, match, bucket, key },
      key: keyName,
      signature,
      repaired,
      size: look.size,
      crc64: look.crc64,
    },
    `${output.name(blob)} → ${output.name(savedAs)}  (${facts.join(', ')})`,
  )
}

function wordsOf(match: RecoverCandidate['match']): string {
  switch (match) {
    case 'sum':
      return 'size and CRC-64'
    case 'size-and-name':
      return 'size and name'
    default:
      return `${match ?? 'header'} alone`
  }
}
