import type { Text } from '../../text/use-text.tsx'

/** Bytes per second that are offered; anything else can be typed. */
export const SPEEDS = [
  500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000, 50_000_000,
] as const
/** The core takes no less: see the shape of settings. */
const LEAST = 10_000
const MOST = 100_000_000_000

/** The offered values, with the one in use among them whatever it is. */
export const withCurrent = (values: readonly number[], current: number): readonly number[] =>
  [...new Set([...values, current])].sort((a, b) => a - b)

/** `2 MB/s`, without the decimals of a measured speed; 0 is no limit. */
export const limitText = (bytesPerSecond: number, t: Text): string =>
  bytesPerSecond === 0
    ? t('settings:speed.none')
    : t('settings:speed.value', { n: megabytes(bytesPerSecond) })

/** What stands in the field: megabytes per second as people write them. */
export const megabytes = (bytesPerSecond: number): string =>
  String(Number((bytesPerSecond / 1e6).toFixed(6)))

/** Bytes per second of what was typed; null for what is no such speed. A comma is a point. */
export function typedSpeed(text: string): number | null {
  const value = Number(text.trim().replace(',', '.')) * 1e6
  return text.trim() !== '' && value >= LEAST && value <= MOST ? Math.round(value) : null
}
