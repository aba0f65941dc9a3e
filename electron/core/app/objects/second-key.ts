import type { WithSecondKey } from '../../../../shared/contract/models-seals.ts'
import type { KeyCatalog } from '../../keys/catalog/key-catalog.ts'
import { readSecond } from '../../seals/second-text.ts'
import { hasTags, tagsIfReadable, type SealedAt } from '../../transfer/run/stored-seal.ts'

/**
 * Finds the second key of an object by its tags, as a field to spread. No key is tried. Empty where
 * there is none, or where the tags may not be read.
 */
export async function secondKeyOf(
  catalog: Pick<KeyCatalog, 'matchSecond'>,
  at: SealedAt,
  signal: AbortSignal,
): Promise<WithSecondKey> {
  const tags = hasTags(at) ? await tagsIfReadable(at, signal) : null
  const found = readSecond(tags ?? [])
  if (found.kind === 'none') return {}
  if (found.kind !== 'second') return { secondKey: { fingerprint: '', keyName: null } }
  const fingerprint = Buffer.from(found.second.recipient).toString('hex')
  return {
    secondKey: { fingerprint, keyName: catalog.matchSecond(fingerprint)?.keyName ?? null },
  }
}
