import { describe, expect, test } from 'vitest'
import {
  CLOCK_DIFFERENCE_MS,
  isOlder,
  rememberedSeal,
  type SealMemory,
} from '../../../electron/core/seals/memory.ts'
import type { Seal } from '../../../electron/core/seals/seal-text.ts'
import { BASE, NOW, sealOf } from './seal-kit.ts'

const MINUTE = 60_000
/** A seal of its own place at a time in minutes from now. */
const sealAt = (minutes: number, place = minutes): Seal => {
  const bytes = Buffer.alloc(32)
  bytes.writeInt32BE(place)
  return { ...sealOf(BASE.seal), time: NOW + minutes * MINUTE, place: Uint8Array.from(bytes) }
}
/** The memory after these seals, one after another, each read at its own time. */
const memoryOf = (...seals: readonly Seal[]): SealMemory | null =>
  seals.reduce<SealMemory | null>((memory, seal) => rememberedSeal(memory, seal, seal.time), null)
const isOlderAfter = (seals: readonly Seal[], seal: Seal): boolean => {
  const memory = memoryOf(...seals)
  if (memory === null) throw new Error('nothing was remembered')
  return isOlder(memory, seal)
}

describe('older', () => {
  test('is a seal that was replaced before, also a minute ago', () => {
    expect(isOlderAfter([sealAt(0), sealAt(1)], sealAt(0))).toBe(true)
    expect(isOlderAfter([sealAt(0), sealAt(1)], sealAt(1))).toBe(false)
  })

  test('is a time of more than 30 minutes before the newest', () => {
    expect(CLOCK_DIFFERENCE_MS).toBe(30 * MINUTE)
    expect(isOlderAfter([sealAt(0)], sealAt(-30))).toBe(false)
    expect(isOlderAfter([sealAt(0)], { ...sealAt(-30), time: NOW - 30 * MINUTE - 1 })).toBe(true)
  })

  test('is never a newer seal that this computer did not see', () => {
    expect(isOlderAfter([sealAt(0)], sealAt(100))).toBe(false)
  })

  test('compares 8 bytes of the place', () => {
    const other = sealAt(0)
    const place = Uint8Array.from(other.place)
    place[31] = 1
    expect(isOlderAfter([other, sealAt(1)], { ...other, place })).toBe(true)
    place[7] = 1
    expect(isOlderAfter([other, sealAt(1)], { ...other, place })).toBe(false)
  })
})

describe('memory', () => {
  test('has the last seal and 16 places before it', () => {
    const seals = Array.from({ length: 20 }, (_, i) => sealAt(i))
    const memory = memoryOf(...seals)
    expect(memory?.last).toEqual(seals[19])
    expect(memory?.earlier).toEqual(
      seals
        .slice(3, 19)
        .reverse()
        .map(({ place }) => place.subarray(0, 8)),
    )
  })

  test('stays as it is for the same seal, an older one, and one from the future', () => {
    const memory = memoryOf(sealAt(0), sealAt(1))
    expect(rememberedSeal(memory, sealAt(1), NOW)).toBe(memory)
    expect(rememberedSeal(memory, sealAt(0), NOW)).toBe(memory)
    expect(rememberedSeal(memory, sealAt(-40), NOW)).toBe(memory)
    expect(rememberedSeal(memory, sealAt(31), NOW)).toBe(memory)
    expect(rememberedSeal(memory, sealAt(30), NOW)?.last).toEqual(sealAt(30))
    expect(rememberedSeal(null, sealAt(31), NOW)).toBeNull()
  })

  test('follows a colleague whose clock is a little behind', () => {
    const memory = memoryOf(sealAt(0), sealAt(-10))
    expect(memory?.last).toEqual(sealAt(-10))
    expect(isOlderAfter([sealAt(0), sealAt(-10)], sealAt(0))).toBe(true)
  })

  test('does not go back in small steps', () => {
    const steps = [sealAt(0), sealAt(-20), sealAt(-29)]
    expect(isOlderAfter(steps, sealAt(-40))).toBe(true)
    expect(memoryOf(...steps, sealAt(-40), sealAt(-60))?.last).toEqual(sealAt(-29))
  })
})
