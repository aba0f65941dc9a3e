import type { Leftover } from '../../../shared/contract/models-transfers.ts'

const DAY_MS = 86_400_000
/** Older than this, an upload is hardly still under way anywhere. */
export const OLD_DAYS = 7

/** Seconds since it was begun. */
export const ageOf = ({ begun }: Leftover, now: number): number =>
  Math.max(0, (now - new Date(begun).getTime()) / 1000)

/**
 * What may be aborted together: old, and no transfer of this computer. `spared`: old ones that are
 * such a transfer.
 */
export function oldOnes(
  leftovers: readonly Leftover[],
  now: number,
): { readonly old: readonly Leftover[]; readonly spared: number } {
  const all = leftovers.filter((one) => ageOf(one, now) * 1000 > OLD_DAYS * DAY_MS)
  const old = all.filter(({ transferId }) => transferId === null)
  return { old, spared: all.length - old.length }
}

/** Bytes that OSS holds of them; `unknown`: how many were not looked at. */
export function heldBy(leftovers: readonly Leftover[]): {
  readonly bytes: number
  readonly unknown: number
} {
  return {
    bytes: leftovers.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    unknown: leftovers.filter(({ bytes }) => bytes === null).length,
  }
}
