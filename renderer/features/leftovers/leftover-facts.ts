import type { Leftover } from '../../../shared/contract/models-transfers.ts'

const DAY_MS = 86_400_000
/** An older upload is hardly still running anywhere. */
export const OLD_DAYS = 7

/** Seconds since the upload was started. */
export const ageOf = ({ begun }: Leftover, now: number): number =>
  Math.max(0, (now - new Date(begun).getTime()) / 1000)

/**
 * Old uploads that no transfer of this computer owns. `spared`: the number of old ones that one
 * does.
 */
export function oldOnes(
  leftovers: readonly Leftover[],
  now: number,
): { readonly old: readonly Leftover[]; readonly spared: number } {
  const all = leftovers.filter((one) => ageOf(one, now) * 1000 > OLD_DAYS * DAY_MS)
  const old = all.filter(({ transferId }) => transferId === null)
  return { old, spared: all.length - old.length }
}

/** Bytes that OSS stores of all uploads. `unknown`: the number of uploads without a known size. */
export function heldBy(leftovers: readonly Leftover[]): {
  readonly bytes: number
  readonly unknown: number
} {
  return {
    bytes: leftovers.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    unknown: leftovers.filter(({ bytes }) => bytes === null).length,
  }
}
