import { Failure } from '../../../../shared/contract/errors.ts'
import type { ObjectRef } from '../../../../shared/contract/models.ts'
import type { SealJudgement, SealUnread } from '../../../../shared/contract/models-seals.ts'
import type { Opened } from '../../keys/keyring.ts'
import type { Oss } from '../../oss/client.ts'
import { headVersion, type ObjectHead } from '../../oss/objects.ts'
import { readTags, type ObjectTag } from '../../oss/tags.ts'
import {
  judgeSeal,
  type SealCandidate,
  type SealEnvelope,
  type SealFacts,
  type SealVerdict,
} from '../../seals/judge-seal.ts'
import { rootOf } from '../../seals/leaves.ts'
import type { SealMemory } from '../../seals/memory.ts'
import { isPromised } from '../../seals/promise.ts'
import { deriveSealKeys, type SealKeys } from '../../seals/seal-keys.ts'
import { SEAL_HEADER, SEAL_TAG, type Seal } from '../../seals/seal-text.ts'
import type { JobLeaves } from '../../worker/job.ts'
import { openLeafList, type LeafList } from './leaf-list.ts'
import { isClaimed, withProof } from './seal-claims.ts'

/** The memory of the seals that this computer found intact. */
export interface SealMemories {
  find(bucket: string, key: string): Promise<SealMemory | null>
  /** Remembers a seal that was found intact at its name just now. */
  remember(bucket: string, key: string, seal: Seal): Promise<void>
}

/** The rules and the knowledge by which a reading judges seals. */
export interface SealRules {
  /** Refuses an object without a seal: 'not-sealed'. */
  readonly sealedOnly: boolean
  /** The user decided to take an object that was sealed under another name. */
  readonly allowMoved: boolean
  /** Null: nothing is remembered. */
  readonly memory: SealMemories | null
  /** Writer secrets of the master keys at hand. */
  readonly writers: readonly Uint8Array[]
}

/** The rules where nobody gave any. Every seal is judged all the same. */
export const PLAIN_SEAL_RULES: SealRules = {
  sealedOnly: false,
  allowMoved: false,
  memory: null,
  writers: [],
}

/** One answer to HEAD, and the way to ask for more. */
export interface SealedAt {
  readonly oss: Oss
  readonly ref: ObjectRef
  readonly head: ObjectHead
}

/**
 * The object was replaced between two answers. The reading starts again with the object that is
 * there now.
 */
export class SealRace extends Failure {
  constructor(key: string) {
    super({ code: 'object-changed', key })
  }
}

/** Bytes of the largest sealed object that is read whole for a range or a preview: 64 MiB. */
export const MOST_CHECKED_BYTES = 64 * 1024 * 1024

/** A reading that meets more replaced objects than this in a row is given up. */
export const MOST_RACES = 3

/** Runs a reading again while its object is replaced between two answers: see {@link SealRace}. */
export async function untilNoRace<T>(work: () => Promise<T>): Promise<T> {
  for (let races = 0; ; races++) {
    try {
      return await work()
    } catch (cause) {
      if (!(cause instanceof SealRace) || races >= MOST_RACES) throw cause
    }
  }
}

/** The judgement of one object's seal, while the object is read. Disposing of it wipes its keys. */
export interface SealCheck extends Disposable {
  /** The verdict before the content was read. */
  readonly verdict: SealVerdict
  /** The leaves so far; null where `chunkBytes` is. */
  readonly chunks: LeafList | null
  /** Bytes of one chunk, by which ranges are cut; null: the content can fit no seal. */
  readonly chunkBytes: number | null
  /**
   * The leaves that a job returns which begins at byte `offset`; for spreading into the job. Empty
   * without chunks.
   */
  jobLeaves(offset: number): { readonly leaves?: JobLeaves }
  /** Takes the leaves of a range, in any order. They replace earlier ones of the same range. */
  take(offset: number, leaves: Uint8Array | undefined): void
  /** Judges again when the leaves of all ranges were taken. */
  judgeContent(): SealVerdict
  /** Judges again when the content could not be read. */
  judgeUnread(why: SealUnread): SealVerdict
  /**
   * Ends the judgement. An intact seal is remembered. Before an object counts as changed or moved,
   * its headers are asked for again: throws {@link SealRace}, and what a request throws.
   */
  settle(verdict: SealVerdict): Promise<void>
  /**
   * Passes a verdict on which the content may be released, as far as it was judged. Throws Failure
   * 'seal-refused' and 'not-sealed', and as {@link settle}.
   */
  assertReleasable(verdict: SealVerdict): Promise<void>
}

/**
 * Judges content that was read whole. Resolves with the part of an outcome that says so; empty
 * where there is no seal. Throws as {@link SealCheck.assertReleasable}.
 */
export async function judgeSealed(
  check: SealCheck | null,
): Promise<{ readonly seal?: SealJudgement }> {
  if (check === null || check.chunkBytes === null) return {}
  const verdict = check.judgeContent()
  await check.assertReleasable(verdict)
  const { state, reason, writer } = verdict
  return { seal: { state, reason, writer } }
}

/**
 * Reads the texts of an object's seal, and judges them under the data key that opened the object.
 * `opened`: an opened envelope, or the state of one that is not opened. Tags are asked for only
 * where they may decide. Throws Failure for a request that fails; tags that may not be read are no
 * failure.
 */
export async function checkSeal(
  at: SealedAt,
  opened: Opened | Exclude<SealEnvelope, { readonly state: 'open' }>,
  rules: SealRules,
  signal: AbortSignal,
): Promise<SealCheck> {
  const { bucket, key, versionId } = at.ref
  const memory = (await rules.memory?.find(bucket, key)) ?? null
  const text = at.head.headers.get(SEAL_HEADER)
  const keys = 'dataKey' in opened ? deriveSealKeys(opened.dataKey.bytes) : null
  try {
    const candidate =
      keys === null || !('counter' in opened) ? null : { keys, counter: opened.counter }
    const facts: SealFacts = {
      bucket,
      key,
      envelope:
        candidate === null
          ? (opened as Exclude<SealEnvelope, { readonly state: 'open' }>)
          : { state: 'open', candidates: [candidate] },
      metadata: text === undefined ? [] : [text],
      tags: [],
      length: at.head.size,
      content: { unread: 'not-read' },
      memory,
      isVersionAsked: versionId !== null,
      writers: rules.writers,
    }
    const tags = await tagsFor(at, facts, candidate, signal)
    const confirm = () => assertSameObject(at, signal)
    return openCheck({ ...facts, tags }, { keys, opened, rules, confirm })
  } catch (cause) {
    keys?.[Symbol.dispose]()
    throw cause
  }
}

/** Reads the tags where the metadata does not decide and a seal may be there. */
async function tagsFor(
  at: SealedAt,
  facts: SealFacts,
  candidate: SealCandidate | null,
  signal: AbortSignal,
): Promise<SealFacts['tags']> {
  if (candidate === null || judgeSeal(facts).reason === 'not-read') return []
  const mayHaveSeal =
    hasTags(at) || facts.memory !== null || isPromised(candidate.keys, candidate.counter)
  return mayHaveSeal ? sealTags(at, signal) : []
}

/** Says whether the object has tags, as far as its headers say. */
export const hasTags = ({ head }: SealedAt): boolean =>
  Number(head.headers.get('x-oss-tagging-count') ?? 0) > 0

/** Reads the texts of the seal in an object's tags. Throws as {@link tagsIfReadable}. */
export async function sealTags(at: SealedAt, signal: AbortSignal): Promise<SealFacts['tags']> {
  const tags = await tagsIfReadable(at, signal)
  return tags === null ? 'unreadable' : sealTextsIn(tags)
}

/** Returns the texts of the seal among tags. */
export const sealTextsIn = (tags: readonly ObjectTag[]): readonly string[] =>
  tags.flatMap(([name, value]) => (name === SEAL_TAG ? [value] : []))

/**
 * Reads the tags of an object; null where the account may not. Throws {@link SealRace} where the
 * object is gone, and what a request throws.
 */
export async function tagsIfReadable(
  { oss, ref }: SealedAt,
  signal: AbortSignal,
): Promise<readonly ObjectTag[] | null> {
  try {
    return await readTags(oss, ref, signal)
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code === 'access-denied') return null
    // The object was deleted since its HEAD.
    if (cause instanceof Failure && cause.error.code === 'not-found') throw new SealRace(ref.key)
    throw cause
  }
}

/** The keys and rules of one check. */
interface CheckWith {
  /** The check wipes them. Null: the envelope was not opened. */
  readonly keys: SealKeys | null
  readonly opened: Opened | SealEnvelope
  readonly rules: SealRules
  /** Throws {@link SealRace} where the facts are of two objects. */
  readonly confirm: () => Promise<void>
}

/** Opens the check of facts that were read. */
export function openCheck(
  facts: SealFacts,
  { keys, opened, rules, confirm }: CheckWith,
): SealCheck {
  const { bucket, key } = facts
  const isSecond = 'dataKey' in opened && opened.isSecond === true
  const judge = (all: SealFacts): SealVerdict => withProof(judgeSeal(all), isSecond)
  const first = judge(facts)
  // An object that is refused for its place is read all the same where its content is to be judged.
  const seal = first.candidate !== null && first.reason !== 'length' ? first.seal : null
  const list: LeafList | null = seal === null ? null : openLeafList(seal)
  const settle = async ({ state, seal: judged }: SealVerdict): Promise<void> => {
    if (state === 'intact' && !facts.isVersionAsked && judged !== null)
      await rules.memory?.remember(bucket, key, judged)
    // HEAD, tags and body are separate answers. They may be of two objects.
    if (state === 'changed' || state === 'moved') await confirm()
  }
  return {
    verdict: first,
    chunks: list,
    chunkBytes: list?.chunkBytes ?? null,
    jobLeaves: (offset) =>
      list === null || !('dataKey' in opened)
        ? {}
        : { leaves: { ...list.planAt(offset), dataKey: Uint8Array.from(opened.dataKey.bytes) } },
    take: (offset, leaves) => list?.take(offset, leaves),
    judgeContent() {
      if (list === null || seal === null || keys === null) return first
      const leaves = list.all()
      const { sealId, exponent, length } = seal
      return judge({
        ...facts,
        content: { root: rootOf(keys, { sealId, exponent, length, leaves }) },
      })
    },
    judgeUnread: (unread) => judge({ ...facts, content: { unread } }),
    settle,
    async assertReleasable(verdict) {
      const { state, reason } = verdict
      if (state === 'intact') return settle(verdict)
      if (reason === 'not-read' || (state === 'moved' && rules.allowMoved)) return
      if (state === 'unsealed' && !rules.sealedOnly) return
      if (state === 'unknown' && !rules.sealedOnly && !isSecond && !isClaimed(facts)) return
      await settle(verdict)
      throw new Failure(
        state === 'unsealed'
          ? { code: 'not-sealed', key, reason }
          : { code: 'seal-refused', key, state, reason },
      )
    },
    [Symbol.dispose]: () => keys?.[Symbol.dispose](),
  }
}

/** Asks for the headers again. Throws {@link SealRace} where another object is there now. */
async function assertSameObject({ oss, ref, head }: SealedAt, signal: AbortSignal): Promise<void> {
  const now = await headVersion(oss, ref, signal).catch((cause: unknown) => {
    if (cause instanceof Failure && cause.error.code === 'not-found') throw new SealRace(ref.key)
    throw cause
  })
  if (STATE_HEADERS.some((name) => now.headers.get(name) !== head.headers.get(name)))
    throw new SealRace(ref.key)
}

const STATE_HEADERS = ['etag', 'x-oss-version-id', 'last-modified']
