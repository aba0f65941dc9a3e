import { Failure, type AppError } from '../../../../shared/contract/errors.ts'
import type { RewrapLeft } from '../../../../shared/contract/models-rewraps.ts'
import type { Envelope } from '../../../../shared/format/envelope/envelope.ts'
import { resplitOf } from '../../../../shared/format/message/resplit.ts'
import { readHeaders, recognise } from '../../../../shared/format/recognise.ts'
import { open, type Opened } from '../../keys/keyring.ts'
import type { MasterKeyHandle } from '../../keys/master-key.ts'
import { openUnder } from '../../keys/wrap-again.ts'
import type { ObjectHead } from '../../oss/objects.ts'
import type { RewrapJob } from './rewrap-job.ts'

/** The judgement of one object. The caller disposes of the data key of `opened`. */
export type RewrapVerdict =
  | { readonly kind: 'left'; readonly why: RewrapLeft }
  | { readonly kind: 'already'; readonly envelope: Envelope }
  | { readonly kind: 'rewrap'; readonly envelope: Envelope; readonly opened: Opened }

const left = (why: RewrapLeft): RewrapVerdict => ({ kind: 'left', why })

/** Classes whose objects are read only after they were restored. */
const ARCHIVED: ReadonlySet<string> = new Set(['Archive', 'ColdArchive', 'DeepColdArchive'])

/** Tells whether an object of this class has to be restored. `restore`: as OSS writes it. */
const isArchived = ({ storageClass, headers }: ObjectHead): boolean =>
  ARCHIVED.has(storageClass) && !/ongoing-request="false"/.test(headers.get('x-oss-restore') ?? '')

/**
 * Decides from the headers of an object, and by trying keys, whether it gets the new key. An object
 * that the new key opens is done, so a change that was killed goes on where it was. Nothing that is
 * damaged is touched. Throws Failure of a key that did not answer, and 'too-many-damaged'.
 */
export async function judgeRewrap(
  job: RewrapJob,
  target: MasterKeyHandle,
  head: ObjectHead,
  signal: AbortSignal,
): Promise<RewrapVerdict> {
  if (head.headers.has('x-oss-symlink-target')) return left('link')
  const found = recognise(readHeaders(head.headers))
  if (found.kind === 'plain') return left('plain')
  if (found.kind === 'message' || found.kind === 'later') return left('message')
  if (found.kind !== 'encrypted') return left('damaged')
  const { envelope } = found
  const verdict = await judgeEnvelope(job, target, envelope, signal)
  if (verdict.kind !== 'rewrap') return verdict
  const why = unfit(job, head, envelope)
  if (why === null) return verdict
  verdict.opened.dataKey[Symbol.dispose]()
  return left(why)
}

/** Returns why an object that opens cannot change; null when it can. */
function unfit({ mode }: RewrapJob, head: ObjectHead, envelope: Envelope): RewrapLeft | null {
  if (isArchived(head)) return 'archived'
  if (mode !== 'fresh') return null
  if (resplitOf(envelope, head.size) !== null) return 'java-damage'
  return envelope.dataSize === null || envelope.dataSize === head.size ? null : 'size-differs'
}

/** Judges an envelope alone, see {@link judgeRewrap}. */
export async function judgeEnvelope(
  { keys }: Pick<RewrapJob, 'keys'>,
  target: MasterKeyHandle,
  envelope: Envelope,
  signal: AbortSignal,
): Promise<RewrapVerdict> {
  const named = keys.named(envelope)
  const isUnderTarget = async (): Promise<boolean> => {
    // Of a second key, the public half may be all that is here.
    if (!target.canUnwrap) return false
    const opened = await openUnder(target, envelope, signal)
    opened?.dataKey[Symbol.dispose]()
    return opened !== null
  }
  // A key that the envelope names comes first, which saves trials. Then all others follow.
  const isOther = named !== null && named !== keys.targetId
  try {
    if (!isOther && (await isUnderTarget())) return { kind: 'already', envelope }
    // A key that is known and not meant is not tried: its object stays.
    if (isOther && keys.from.length > 0 && !keys.from.includes(named)) {
      return (await isUnderTarget()) ? { kind: 'already', envelope } : left('other-key')
    }
    const opened = await openOld(keys, envelope, signal)
    if (opened.ok) return { kind: 'rewrap', envelope, opened: opened.value }
    if (isOther && (await isUnderTarget())) return { kind: 'already', envelope }
    if (named !== null) keys.refused()
    return left(opened.why)
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code === 'not-an-envelope') return left('damaged')
    throw cause
  }
}

type OpenedOld =
  { readonly ok: true; readonly value: Opened } | { readonly ok: false; readonly why: RewrapLeft }

/** Opens an envelope with the old keys. Throws Failure of a key that did not answer. */
async function openOld(
  keys: RewrapJob['keys'],
  envelope: Envelope,
  signal: AbortSignal,
): Promise<OpenedOld> {
  const only = keys.from
  const found = await keys.candidates(envelope, only)
  if (!found.ok) return whyClosed(found.error, only)
  try {
    const fitting = found.value.filter(({ id }) => id !== keys.targetId || only.length > 0)
    const opened = await open(envelope, fitting, signal)
    return opened.ok ? opened : whyClosed(opened.error, only)
  } finally {
    for (const key of found.value) key[Symbol.dispose]()
  }
}

function whyClosed(error: AppError, only: readonly string[]): OpenedOld {
  const why: RewrapLeft = only.length > 0 ? 'other-key' : 'unknown-key'
  switch (error.code) {
    case 'unknown-master-key':
    case 'wrong-master-key':
      return { ok: false, why }
    case 'kms-key':
    case 'command-failed':
      if (error.problem === 'cannot-open' || error.problem === 'refused') return { ok: false, why }
      break
    case 'key-not-usable':
      if (error.reason === 'public-half-only') return { ok: false, why: 'unknown-key' }
      break
    default:
  }
  throw new Failure(error)
}

/**
 * Tries old keys on an envelope under the new key. Returns the names of those that were tried, and
 * of those that open it.
 */
export async function tryOldKeys(
  { keys }: RewrapJob,
  old: readonly string[],
  envelope: Envelope,
  signal: AbortSignal,
): Promise<{ readonly tried: readonly string[]; readonly stillOpen: readonly string[] }> {
  const [tried, stillOpen]: [string[], string[]] = [[], []]
  for (const id of old.filter((one) => one !== keys.targetId)) {
    const handle = await keys.old(id)
    if (handle === null) continue
    using key = handle
    // Without a key id, a key of KMS stands for all keys of a region, the new one among them.
    if (key.kind === 'kms' && !key.canWrap) continue
    const opened = await openUnder(key, envelope, signal)
    tried.push(key.name)
    if (opened !== null) stillOpen.push(key.name)
    opened?.dataKey[Symbol.dispose]()
  }
  return { tried, stillOpen }
}
