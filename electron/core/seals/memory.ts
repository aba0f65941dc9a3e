import type { Seal } from './seal-text.ts'

/** Clocks of computers may differ by this, in ms. OSS refuses clocks that are 15 minutes off. */
export const CLOCK_DIFFERENCE_MS = 30 * 60 * 1000
const EARLIER_PLACES = 16
const PLACE_BYTES = 8

/** The memory of one bucket and name. */
export interface SealMemory {
  /** The last seal that was found intact. */
  readonly last: Seal
  /** The first 8 bytes of the places of the seals before `last`, the newest first; at most 16. */
  readonly earlier: readonly Uint8Array[]
  /**
   * The latest time of all seals that were remembered here, in ms. `last` may be a little before
   * it. A row of older versions could else go back in small steps.
   */
  readonly newest: number
}

/** Says whether a seal was replaced before, as far as the memory knows. */
export function isOlder(memory: SealMemory, seal: Pick<Seal, 'place' | 'time'>): boolean {
  const place = seal.place.subarray(0, PLACE_BYTES)
  return (
    memory.earlier.some((one) => Buffer.compare(one, place) === 0) ||
    seal.time < memory.newest - CLOCK_DIFFERENCE_MS
  )
}

/**
 * Returns the memory after a seal was found intact, or made by an upload of ours. `now`: ms since
 * 1970. A seal from the future is not remembered, because every true seal after it would count as
 * older. An older one is not remembered either. The caller never passes a version that was asked
 * for by its id: that version says nothing of the current one.
 */
export function rememberedSeal(
  memory: SealMemory | null,
  seal: Seal,
  now: number,
): SealMemory | null {
  if (seal.time > now + CLOCK_DIFFERENCE_MS) return memory
  if (memory === null) return { last: seal, earlier: [], newest: seal.time }
  const { last, earlier, newest } = memory
  if (isOlder(memory, seal) || Buffer.compare(last.place, seal.place) === 0) return memory
  return {
    last: seal,
    earlier: [last.place.slice(0, PLACE_BYTES), ...earlier].slice(0, EARLIER_PLACES),
    newest: Math.max(newest, seal.time),
  }
}
