import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { watchWindow } from '../../electron/core/app/window-watch.ts'
import { isInside, nextChange } from '../../electron/core/app/time-window.ts'
import type { TimeWindow } from '../../shared/contract/models-settings.ts'

// Clocks go forward on 29 March 2026 at 02:00 there, and back on 25 October 2026 at 03:00. Source:
// IANA time zone database.
const zone = process.env['TZ']
beforeAll(() => void (process.env['TZ'] = 'Europe/Berlin'))
afterAll(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

const at = (clock: string): number => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return hours * 60 + minutes
}
const between = (from: string, to: string): TimeWindow => ({ from: at(from), to: at(to) })
const DAY = between('09:00', '17:30')
const NIGHT = between('22:00', '06:00')

describe('inside', () => {
  test.each([
    ['always', null, '12:00', true],
    ['it ends where it begins', between('08:00', '08:00'), '03:00', true],
    ['just before', DAY, '08:59:59', false],
    ['from the first second', DAY, '09:00:00', true],
    ['to the last', DAY, '17:29:59', true],
    ['without its end', DAY, '17:30:00', false],
    ['over midnight: evening', NIGHT, '22:00', true],
    ['midnight itself', NIGHT, '00:00', true],
    ['morning', NIGHT, '05:59:59', true],
    ['day', NIGHT, '06:00', false],
    ['just before night', NIGHT, '21:59:59', false],
    ['to midnight', between('20:00', '00:00'), '23:59', true],
    ['to midnight, not after', between('20:00', '00:00'), '00:00', false],
    ['from midnight', between('00:00', '06:00'), '00:00', true],
  ] as const)('%s', (_name, window, clock, inside) => {
    expect(isInside(window, new Date(`2026-06-10T${clock}`))).toBe(inside)
  })
})

describe('the next change', () => {
  test.each([
    ['never', null, '2026-06-10T12:00', null],
    ['never, all day', between('08:00', '08:00'), '2026-06-10T12:00', null],
    ['it begins today', DAY, '2026-06-10T08:00:30', '2026-06-10T09:00+02:00'],
    ['it ends today', DAY, '2026-06-10T09:00', '2026-06-10T17:30+02:00'],
    ['it begins tomorrow', DAY, '2026-06-10T17:30', '2026-06-11T09:00+02:00'],
    ['over midnight', NIGHT, '2026-06-10T23:00', '2026-06-11T06:00+02:00'],
    ['over the end of a year', NIGHT, '2026-12-31T22:00', '2027-01-01T06:00+01:00'],
    ['a night an hour shorter', NIGHT, '2026-03-28T22:00', '2026-03-29T06:00+02:00'],
    ['a night an hour longer', NIGHT, '2026-10-24T22:00', '2026-10-25T06:00+01:00'],
    [
      'a beginning that the clock leaps over',
      between('02:30', '05:00'),
      '2026-03-29T01:00',
      '2026-03-29T03:00+02:00',
    ],
    [
      'an end that the clock leaps over',
      between('01:00', '02:30'),
      '2026-03-29T01:30',
      '2026-03-29T03:00+02:00',
    ],
    [
      'a window that the clock leaps over',
      between('02:10', '02:50'),
      '2026-03-29T00:00',
      '2026-03-30T02:10+02:00',
    ],
    [
      'an hour that comes twice ends twice',
      between('01:00', '02:30'),
      '2026-10-25T01:00',
      '2026-10-25T02:30+02:00',
    ],
  ] as const)('%s', (_name, window, now, change) => {
    expect(nextChange(window, new Date(now))).toEqual(change === null ? null : new Date(change))
  })

  test('it is where inside changes, and nowhere before', () => {
    for (let i = 0; i < 60; i++) {
      const window = { from: (i * 97) % 1440, to: (i * 389 + 5) % 1440 }
      const from = new Date(2026, 2, 28, i % 24, 7)
      const next = nextChange(window, from)?.getTime() ?? 0
      expect(isInside(window, new Date(next))).not.toBe(isInside(window, from))
      expect(isInside(window, new Date(next - 1000))).toBe(isInside(window, from))
    }
  })
})

test('a watch tells of every change, at its minute and when the settings change', () => {
  vi.useFakeTimers({ now: new Date('2026-06-10T08:59:50') })
  try {
    let window: TimeWindow | null = DAY
    const told: boolean[] = []
    const watch = watchWindow({
      window: () => window,
      now: () => Date.now(),
      changed: () => void told.push(watch.mayRun()),
    })
    expect(watch.mayRun()).toBe(false)
    vi.advanceTimersByTime(9_000)
    expect(told).toEqual([])
    vi.advanceTimersByTime(1_000)
    expect(told).toEqual([true])
    // The computer slept over the end: it is noticed within half a minute of waking.
    vi.setSystemTime(new Date('2026-06-10T19:00:00'))
    vi.advanceTimersByTime(30_000)
    expect(told).toEqual([true, false])
    window = null
    watch.look()
    expect(told).toEqual([true, false, true])
    expect(vi.getTimerCount()).toBe(0)
    window = NIGHT
    watch.look()
    watch.close()
    expect(told).toEqual([true, false, true, false])
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
