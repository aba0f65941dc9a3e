import type { Text } from '../../text/use-text.tsx'

/** Speed limits of the list, in bytes per second. Others can be typed. */
export const SPEEDS = [
  500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000, 50_000_000,
] as const
/** The core accepts no less: see the shape of the settings. */
const LEAST = 10_000
const MOST = 100_000_000_000

/** The list of limits, with the current one in it. */
export const withCurrent = (values: readonly number[], current: number): readonly number[] =>
  [...new Set([...values, current])].sort((a, b) => a - b)

/** `2 MB/s`, without the decimals of a measured speed. 0 is no limit. */
export const limitText = (bytesPerSecond: number, t: Text): string =>
  bytesPerSecond === 0
    ? t('settings:speed.none')
    : t('settings:speed.value', { n: megabytes(bytesPerSecond) })

/** The text of the field: megabytes per second as people write them. */
export const megabytes = (bytesPerSecond: number): string =>
  String(Number((bytesPerSecond / 1e6).toFixed(6)))

/** Bytes per second of the typed text; null if it is no valid speed. A comma is a point. */
export function typedSpeed(text: string): number | null {
  const value = Number(text.trim().replace(',', '.')) * 1e6
  return text.trim() !== '' && value >= LEAST && value <= MOST ? Math.round(value) : null
}
