import { Failure, type AppError } from '../../../../shared/contract/errors.ts'
import type { ObjectRef } from '../../../../shared/contract/models.ts'
import type { SealUnread } from '../../../../shared/contract/models-seals.ts'
import { resplitOf } from '../../../../shared/format/message/resplit.ts'
import { readHeaders, recognise } from '../../../../shared/format/recognise.ts'
import { planSeal } from '../../seals/new-seal.ts'
import type { Opened } from '../../keys/keyring.ts'
import { headVersion } from '../../oss/objects.ts'
import type { SealVerdict } from '../../seals/judge-seal.ts'
import { makeSeal } from '../../seals/make-seal.ts'
import { deriveSealKeys } from '../../seals/seal-keys.ts'
import { writeSealText } from '../../seals/seal-text.ts'
import type { Openers } from '../run/jobs.ts'
import { openLeafList } from '../run/leaf-list.ts'
import { readLeaves } from '../run/read-leaves.ts'
import { withSecond } from '../run/second-opening.ts'
import { compareCrc64 } from '../run/stored-object.ts'
import {
  checkSeal,
  SealRace,
  untilNoRace,
  type SealCheck,
  type SealedAt,
  type SealRules,
} from '../run/stored-seal.ts'
import { tagSeal } from '../run/tag-seal.ts'
import { closedState } from './open-checked.ts'
import type { RangeReader } from './read-range.ts'

/** The keys and rules by which an object is judged. */
export interface HowToVerify {
  readonly openers: Openers
  readonly rules: SealRules
}

/** The verdict on one object that was looked at. */
export interface VerifiedObject {
  readonly verdict: SealVerdict
  /** Ms since the object was written, by the clock of the server; null: the server does not say. */
  readonly ageMs: number | null
}

/**
 * Reads all of an object and judges its seal. Nothing is decrypted. An object that is replaced
 * meanwhile is judged again. Throws Failure for a request that fails before the content is read.
 */
export function verifyObject(
  reader: RangeReader,
  ref: ObjectRef,
  how: HowToVerify,
  signal: AbortSignal,
): Promise<VerifiedObject> {
  return judged(reader, ref, how, signal, async (at, check, opened) => {
    const { chunks } = check
    if (chunks === null || opened === null) return check.verdict
    try {
      await readLeaves(reader, at, chunks, opened.dataKey.bytes, signal)
    } catch (cause) {
      return check.judgeUnread(whyUnread(cause))
    }
    return check.judgeContent()
  })
}

/** An object that was to be sealed. `sealed` false: it was left as it is, for its state. */
export interface LaterSeal extends VerifiedObject {
  readonly sealed: boolean
}

/**
 * Seals an object that nothing says was ever sealed: reads it, compares OSS's sum, and writes the
 * seal into a tag. Every other object is left as it is. `now`: ms since 1970 by this computer's own
 * clock. Throws Failure 'seal-denied', 'checksum', and what a request throws.
 */
export async function sealObject(
  reader: RangeReader,
  ref: ObjectRef,
  how: HowToVerify,
  now: number,
  signal: AbortSignal,
): Promise<LaterSeal> {
  let sealed = false
  const seen = await judged(reader, ref, how, signal, async (at, check, opened) => {
    sealed = false
    if (opened === null || check.verdict.reason !== 'never-sealed') return check.verdict
    if (isResplit(at)) return check.verdict
    const { bucket, key } = ref
    const { size, etag, crc64, versionId } = at.head
    const plan = planSeal(size)
    const list = openLeafList({ ...plan, length: size })
    compareCrc64(crc64, await readLeaves(reader, at, list, opened.dataKey.bytes, signal))
    using keys = deriveSealKeys(opened.dataKey.bytes)
    const facts = { ...plan, length: size, leaves: list.all(), counter: opened.counter }
    const place = { bucket, key, time: now }
    const seal = makeSeal(keys, { ...facts, ...place, byWriter: false, writer: null })
    await tagSeal(reader.oss, ref, { etag, versionId }, writeSealText(seal), signal)
    await how.rules.memory?.remember(bucket, key, seal)
    sealed = true
    return check.verdict
  })
  return { ...seen, sealed }
}

/** Says whether a Java SDK may have split the file again. Such an object is never sealed. */
function isResplit({ head }: SealedAt): boolean {
  const found = recognise(readHeaders(head.headers))
  return found.kind === 'encrypted' && resplitOf(found.envelope, head.size) !== null
}

/** Opens an object's envelope, and runs `judge` with its check. `opened` null: no data key. */
function judged(
  { oss }: RangeReader,
  ref: ObjectRef,
  { openers, rules }: HowToVerify,
  signal: AbortSignal,
  judge: (at: SealedAt, check: SealCheck, opened: Opened | null) => Promise<SealVerdict>,
): Promise<VerifiedObject> {
  return untilNoRace(async () => {
    const head = await headVersion(oss, ref, signal)
    const at = { oss, ref, head }
    const headers = readHeaders(head.headers)
    const found = recognise(headers)
    const closed = closedState(headers, head.size)
    const result =
      closed === null && found.kind === 'encrypted'
        ? await withSecond(openers, at).envelope(found.envelope, signal)
        : null
    const opened = result?.ok === true ? result.value : null
    try {
      using check = await checkSeal(
        at,
        opened ??
          (closed !== null || result === null || result.ok
            ? { state: closed ?? 'damaged' }
            : { state: 'closed', why: whyClosed(result.error) }),
        rules,
        signal,
      )
      const verdict = await judge(at, check, opened)
      await check.settle(verdict)
      const age = timeOf(head.headers.get('date')) - timeOf(head.headers.get('last-modified'))
      return { verdict, ageMs: Number.isNaN(age) ? null : age }
    } finally {
      opened?.dataKey[Symbol.dispose]()
    }
  })
}

const timeOf = (text: string | undefined): number => Date.parse(text ?? '')

/** Throws the errors that concern all objects, and not this one alone. */
function whyClosed(error: AppError): 'no-key' | 'cannot-open' {
  switch (error.code) {
    case 'unknown-master-key':
    case 'no-master-key':
    case 'key-not-usable':
      return 'no-key'
    case 'cancelled':
    case 'too-many-damaged':
    case 'passphrase-needed':
    case 'keychain-locked':
    case 'keychain-missing':
      throw new Failure(error)
    default:
      return 'cannot-open'
  }
}

/** Throws what is no failure of a request for content. */
function whyUnread(cause: unknown): SealUnread {
  if (!(cause instanceof Failure)) throw cause
  const { error } = cause
  switch (error.code) {
    case 'object-changed':
      throw new SealRace(error.key)
    case 'cancelled':
    case 'not-found':
    case 'bad-credentials':
      throw cause
    case 'oss':
      return error.ossCode === 'InvalidObjectState' ? 'archived' : 'unreachable'
    case 'access-denied':
      return 'not-read'
    default:
      return 'unreachable'
  }
}
