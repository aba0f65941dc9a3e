import {
  SEAL_STATE,
  type SealJudgement,
  type SealReason,
  type SealUnread,
} from '../../../shared/contract/models-seals.ts'
import { isSameMac } from './mac.ts'
import { contentMac, placeMac } from './make-seal.ts'
import { isOlder, type SealMemory } from './memory.ts'
import { isPromised } from './promise.ts'
import type { SealKeys } from './seal-keys.ts'
import { decidingSeal, NO_SEAL_YET, type Seal } from './seal-text.ts'
import { markFits, writerIdOf } from './writer.ts'

/** The result of one unwrapping of an envelope. */
export interface SealCandidate {
  readonly keys: SealKeys
  /** The initial counter, 16 bytes, unwrapped. */
  readonly counter: Uint8Array
}

/**
 * The state of an object's envelope. 'missing': a plain object. 'damaged': also when the object's
 * length is not its `data-size`. 'message': of the KMS Encryption SDK. 'closed': no data key.
 */
export type SealEnvelope =
  | { readonly state: 'missing' | 'damaged' | 'message' }
  | { readonly state: 'closed'; readonly why: 'no-key' | 'cannot-open' }
  | { readonly state: 'open'; readonly candidates: readonly SealCandidate[] }

/** The facts of one object that {@link judgeSeal} judges. All are of one answer of OSS. */
export interface SealFacts {
  readonly bucket: string
  /** As OSS lists it. */
  readonly key: string
  readonly envelope: SealEnvelope
  /** The values of {@link SEAL_HEADER}. */
  readonly metadata: readonly string[]
  /** The values of {@link SEAL_TAG}; empty where the rules of reading need no tags. */
  readonly tags: readonly string[] | 'unreadable'
  /** Stored bytes of the object. */
  readonly length: number
  /** The root of all bytes that were read, under the keys of the candidate that fits. */
  readonly content: { readonly root: Uint8Array } | { readonly unread: SealUnread }
  readonly memory: SealMemory | null
  /** This version was asked for by its id. */
  readonly isVersionAsked: boolean
  /** Writer secrets of the master keys at hand. */
  readonly writers: readonly Uint8Array[]
}

/** The verdict on one object. */
export interface SealVerdict extends SealJudgement {
  /** The deciding seal at its best place. A memory may know the name of 'other-name' by it. */
  readonly seal: Seal | null
  /** The candidate under which the content MAC fits. It alone may decrypt the content. */
  readonly candidate: SealCandidate | null
}

/**
 * Judges the seal of one object: the first row of the table that fits. Reads nothing, so a caller
 * judges with `unread: 'not-read'` first, reads under the seal and candidate of that verdict, and
 * judges again. Throws Failure 'bad-name' not-text for a name that UTF-8 cannot encode.
 * Source FORMAT.md 11.8.
 */
export function judgeSeal(facts: SealFacts): SealVerdict {
  const { envelope, memory, metadata, tags } = facts
  const isClaimed = memory !== null || metadata.some((text) => text !== NO_SEAL_YET)
  if (envelope.state !== 'open') {
    if (envelope.state === 'closed') return verdict(envelope.why)
    if (isClaimed) return verdict('envelope-missing')
    return verdict(envelope.state === 'missing' ? 'plain' : envelope.state)
  }
  const { candidates } = envelope
  const { kind: byMetadata } = decidingSeal(metadata)
  if (tags === 'unreadable' && (byMetadata === 'none' || byMetadata === 'malformed'))
    return verdict('tags-unreadable')
  const deciding = decidingSeal(tags === 'unreadable' ? metadata : [...metadata, ...tags])
  switch (deciding.kind) {
    case 'newer':
      return verdict('newer-seal')
    case 'malformed':
      return verdict('seal-damaged')
    case 'none':
      return verdict(withoutSeal(candidates, memory))
    case 'seal':
      return judgeText(facts, candidates, deciding)
  }
}

function withoutSeal(
  candidates: readonly SealCandidate[],
  memory: SealMemory | null,
): 'seal-missing' | 'replaced' | 'never-sealed' {
  if (candidates.some(({ keys, counter }) => isPromised(keys, counter))) return 'seal-missing'
  if (memory === null) return 'never-sealed'
  return fitting(candidates, memory.last) === null ? 'replaced' : 'seal-missing'
}

/** Finds the candidate under which the content MAC of a seal fits. */
function fitting(candidates: readonly SealCandidate[], seal: Seal): SealCandidate | null {
  const fits = ({ keys, counter }: SealCandidate) =>
    isSameMac(contentMac(keys, seal, counter), seal.content)
  return candidates.find(fits) ?? null
}

function judgeText(
  facts: SealFacts,
  candidates: readonly SealCandidate[],
  { seal, places }: { readonly seal: Seal; readonly places: readonly Seal[] },
): SealVerdict {
  const candidate = fitting(candidates, seal)
  if (candidate === null) return verdict('key', seal)
  const { content, memory } = facts
  if (seal.length !== facts.length) return verdict('length', seal, candidate)
  if ('root' in content && !isSameMac(content.root, seal.root))
    return verdict('content', seal, candidate)
  const placed = latestPlace(facts, candidate, places)
  if (placed === null) {
    const reason = facts.tags === 'unreadable' ? 'tags-unreadable' : 'other-name'
    return verdict(reason, seal, candidate)
  }
  if (memory !== null && !facts.isVersionAsked && isOlder(memory, placed))
    return verdict('older-version', placed, candidate)
  if ('unread' in content) return verdict(content.unread, placed, candidate)
  const writer = facts.writers.find((secret) => markFits(secret, placed))
  return {
    ...verdict(placed.byWriter ? 'read' : 'sealed-later', placed, candidate),
    writer: writer === undefined ? null : Buffer.from(writerIdOf(writer)).toString('hex'),
  }
}

/** Finds the seal whose place fits. Of several, the one with the latest time counts. */
function latestPlace(
  { bucket, key }: SealFacts,
  { keys }: SealCandidate,
  places: readonly Seal[],
): Seal | null {
  return places
    .filter((seal) => isSameMac(placeMac(keys, seal, bucket, key), seal.place))
    .reduce<Seal | null>(
      (best, seal) => (best !== null && best.time >= seal.time ? best : seal),
      null,
    )
}

const verdict = (
  reason: SealReason,
  seal: Seal | null = null,
  candidate: SealCandidate | null = null,
): SealVerdict => ({ state: SEAL_STATE[reason], reason, writer: null, seal, candidate })
