import type { KeyLedger, ObjectSums } from '../../../../shared/contract/models-audit.ts'
import type { MasterKeyId, ProfileId } from '../../../../shared/contract/models.ts'
import { ledgerOf, type IndexedBucket } from '../../audit/ledger.ts'
import type { Parts } from '../parts.ts'

type Needs = Pick<Parts, 'localIndex' | 'profiles' | 'seen'>

/**
 * Returns the objects that each of these master keys opens, by the local indexes of all profiles
 * and the objects that were seen. Sends no request. An index that cannot be read counts as one that
 * knows nothing.
 */
export async function keyLedgers(
  { localIndex, profiles, seen }: Needs,
  keys: readonly { readonly id: MasterKeyId; readonly name: string }[],
): Promise<readonly KeyLedger[]> {
  const indexed: IndexedBucket[] = []
  const practice = new Set<string>()
  for (const { id, kind, buckets } of profiles.list()) {
    const known = await bucketsOf(localIndex, id).catch(() => [])
    // A bucket of the profile that no listing reached is told as one that was not counted.
    indexed.push(...known, ...buckets.map(unlisted))
    if (kind === 'practice')
      for (const name of [...known.map(({ bucket }) => bucket), ...buckets]) practice.add(name)
  }
  return keys.map((key) => {
    const ledger = ledgerOf(key, indexed, seen.counts(key.id))
    // The practice bucket is on this computer, and nobody needs to count it.
    return { ...ledger, uncounted: ledger.uncounted.filter((name) => !practice.has(name)) }
  })
}

const unlisted = (bucket: string): IndexedBucket => ({
  bucket,
  asOf: null,
  unknown: 0,
  keys: new Map(),
})

/** Returns the buckets that the index of a profile knows. */
async function bucketsOf(
  { indexes }: Needs['localIndex'],
  profileId: ProfileId,
): Promise<readonly IndexedBucket[]> {
  const index = await indexes.of(profileId)
  const sums = await index.stateSums()
  const names = [...new Set(sums.map(({ bucket }) => bucket))]
  return Promise.all(
    names.map(async (bucket): Promise<IndexedBucket> => {
      const own = sums.filter((one) => one.bucket === bucket)
      const { asOf } = await index.opened({ bucket, prefix: '', depth: 'below' })
      const keys = own.flatMap(({ state, keyId, objects, bytes }) =>
        state === 'encrypted' && keyId !== null
          ? [[keyId, { objects, bytes } satisfies ObjectSums] as const]
          : [],
      )
      const unknown = own.find(({ state }) => state === 'unknown')?.objects ?? 0
      return { bucket, asOf, unknown, keys: new Map(keys) }
    }),
  )
}
