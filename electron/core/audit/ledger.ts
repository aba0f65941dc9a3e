import type { KeyLedger, LedgerBucket, ObjectSums } from '../../../shared/contract/models-audit.ts'
import type { MasterKeyId } from '../../../shared/contract/models.ts'

/** A bucket as one local index knows it. */
export interface IndexedBucket {
  readonly bucket: string
  /** Milliseconds since 1970 of the last complete listing; null without one. */
  readonly asOf: number | null
  /** Objects whose state is unknown. */
  readonly unknown: number
  /** Objects by the master key that opens them. */
  readonly keys: ReadonlyMap<MasterKeyId, ObjectSums>
}

/** Objects of a bucket that were seen under one key. The real number may be higher. */
export interface SeenBucket extends ObjectSums {
  readonly bucket: string
}

/**
 * Adds up the objects that one master key opens. Two profiles may reach one bucket: the later
 * listing counts, and of two equal ones the greater number. A bucket counts with the greater of two
 * numbers: that of the index, and that of the objects seen under the key. So no number is below one
 * that this computer knows.
 */
export function ledgerOf(
  key: { readonly id: MasterKeyId; readonly name: string },
  indexed: readonly IndexedBucket[],
  seen: readonly SeenBucket[],
): KeyLedger {
  const known = new Map<string, IndexedBucket>()
  const objectsIn = ({ keys }: IndexedBucket): number => keys.get(key.id)?.objects ?? 0
  for (const one of indexed) {
    const before = known.get(one.bucket) ?? one
    const later = (one.asOf ?? 0) - (before.asOf ?? 0)
    const isBetter = later > 0 || (later === 0 && objectsIn(one) >= objectsIn(before))
    known.set(one.bucket, isBetter ? one : before)
  }
  const names = [...new Set([...known.keys(), ...seen.map(({ bucket }) => bucket)])].toSorted()
  const buckets = names.flatMap((name): readonly LedgerBucket[] => {
    const bucket = known.get(name)
    const here = bucket?.keys.get(key.id) ?? { objects: 0, bytes: 0 }
    const before = seen.find((one) => one.bucket === name) ?? { objects: 0, bytes: 0 }
    const { objects, bytes } = before.objects > here.objects ? before : here
    if (objects === 0) return []
    const isWhole = bucket !== undefined && isCounted(bucket) && here.objects === objects
    return [{ bucket: name, objects, bytes, asOf: timeOf(bucket?.asOf ?? null), isWhole }]
  })
  const uncounted = names.filter((name) => {
    const bucket = known.get(name)
    return bucket === undefined || !isCounted(bucket)
  })
  const times = names.flatMap((name) => known.get(name)?.asOf ?? [])
  return {
    keyId: key.id,
    keyName: key.name,
    objects: sum(buckets.map(({ objects }) => objects)),
    bytes: sum(buckets.map(({ bytes }) => bytes)),
    asOf: times.length === 0 ? null : timeOf(Math.min(...times)),
    buckets,
    uncounted,
  }
}

const isCounted = ({ asOf, unknown }: IndexedBucket): boolean => asOf !== null && unknown === 0

const timeOf = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString()

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)
