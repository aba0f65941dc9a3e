import type { Opened } from '../../keys/keyring.ts'
import type { ObjectHead } from '../../oss/objects.ts'
import { readTags, type ObjectTag } from '../../oss/tags.ts'
import { judgeSeal, type SealVerdict } from '../../seals/judge-seal.ts'
import type { SealMemory } from '../../seals/memory.ts'
import type { SealKeys } from '../../seals/seal-keys.ts'
import { SEAL_HEADER, SEAL_TAG } from '../../seals/seal-text.ts'
import type { SourceSpot } from './copy-proof.ts'

/** Reads the tags of an object; without a request where its headers count none. */
export async function tagsOfSource(
  source: SourceSpot,
  { headers }: ObjectHead,
  signal: AbortSignal,
): Promise<readonly ObjectTag[]> {
  const isTagged = Number(headers.get('x-oss-tagging-count') ?? 0) > 0
  return isTagged ? readTags(source.oss, source, signal) : []
}

/** The texts of a seal: those in the metadata, and those in the tags. */
export interface SourceTexts {
  readonly metadata: readonly string[]
  readonly tags: readonly string[]
}

/** Finds the texts of a seal in headers and tags. */
export function textsOfSource({ headers }: ObjectHead, tags: readonly ObjectTag[]): SourceTexts {
  const text = headers.get(SEAL_HEADER)
  return {
    metadata: text === undefined ? [] : [text],
    tags: tags.filter(([name]) => name === SEAL_TAG).map(([, value]) => value),
  }
}

/**
 * Judges the seal of an object by its texts, without its content. So no state is intact, and the
 * reason 'not-read' means that the texts have no fault. `keys`, `counter`: those of the envelope.
 */
export const judgeSourceSeal = (
  { bucket, key, versionId }: SourceSpot,
  { size }: ObjectHead,
  texts: SourceTexts,
  opened: { readonly keys: SealKeys } & Pick<Opened, 'counter'>,
  memory: SealMemory | null,
): SealVerdict =>
  judgeSeal({
    bucket,
    key,
    envelope: { state: 'open', candidates: [opened] },
    ...texts,
    length: size,
    content: { unread: 'not-read' },
    memory,
    isVersionAsked: versionId !== null,
    writers: [],
  })
