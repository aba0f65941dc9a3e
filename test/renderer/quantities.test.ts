// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest'
import { binaryBytes, fingerprintGroups, quantitiesIn } from '../../renderer/text/quantities.ts'

const en = quantitiesIn('en')
const zh = quantitiesIn('zh-CN')

// Source: design, section 9.
describe('quantities', () => {
  test.each([
    [0, '0 B'],
    [1, '1 B'],
    [212, '212 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [1240, '1.24 kB'],
    [96_200, '96.2 kB'],
    [418_000, '418 kB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [2_412_803, '2.41 MB'],
    [640e6, '640 MB'],
    [18.7e9, '18.7 GB'],
    [41.3e9, '41.3 GB'],
    [2.31e12, '2.31 TB'],
    [5e18, '5000 PB'],
  ])('%d bytes', (n, expected) => expect(en.bytes(n)).toBe(expected))

  test.each([
    [11.6e9, 18.7e9, '11.6 of 18.7 GB', '11.6 / 18.7 GB'],
    [0, 96_200, '0.0 of 96.2 kB', '0.0 / 96.2 kB'],
    [5.1e6, 11e6, '5.1 of 11.0 MB', '5.1 / 11.0 MB'],
    [80e6, 640e6, '80 of 640 MB', '80 / 640 MB'],
    [12e6, 10e6, '10.0 of 10.0 MB', '10.0 / 10.0 MB'],
    [0, 0, '0 of 0 B', '0 / 0 B'],
  ])('%d of %d, one unit for both', (done, total, expected, chinese) => {
    expect(en.progress(done, total)).toBe(expected)
    expect(zh.progress(done, total)).toBe(chinese)
  })

  test.each([
    [0, '1 s', '1 秒'],
    [0.2, '1 s', '1 秒'],
    [49.1, '50 s', '50 秒'],
    [60, '1 min', '1 分钟'],
    [61, '2 min', '2 分钟'],
    [175, '3 min', '3 分钟'],
    [3540, '59 min', '59 分钟'],
    [3600, '1 h', '1 小时'],
    [7700, '2 h 10 min', '2 小时 10 分钟'],
    [86_400, '24 h', '24 小时'],
    [86_401, '2 days', '2 天'],
    [200_000, '3 days', '3 天'],
  ])('%d seconds, rounded up', (seconds, expected, chinese) => {
    expect(en.duration(seconds)).toBe(expected)
    expect(zh.duration(seconds)).toBe(chinese)
  })

  test('times as lists show them, in the zone of this computer', () => {
    const now = new Date(2026, 10, 21, 15, 0)
    const iso = (...at: [number, number, number, number, number]) => new Date(...at).toISOString()
    const clock = (text: string) => text.replace(/,? \d.*$/, '')
    expect(clock(en.time(iso(2026, 10, 21, 14, 32), now))).toBe('Today')
    expect(clock(en.time(iso(2026, 10, 20, 2, 41), now))).toBe('Yesterday')
    expect(en.time(iso(2026, 10, 19, 18, 20), now)).toMatch(/^19 Nov, /)
    expect(en.time(iso(2024, 0, 12, 9, 0), now)).toBe('12 Jan 2024')
    expect(zh.time(iso(2026, 10, 21, 14, 32), now)).toBe('今天 14:32')
    expect(zh.time(iso(2026, 10, 20, 2, 41), now)).toBe('昨天 02:41')
    expect(zh.time(iso(2026, 10, 19, 18, 20), now)).toBe('11月19日 18:20')
    expect(zh.time(iso(2024, 0, 12, 9, 0), now)).toBe('2024-01-12')
    // A clock that runs behind must not make a fresh file "19 days ago".
    expect(clock(en.time(iso(2026, 10, 21, 23, 59), now))).toBe('Today')
    expect(en.time('', now)).toBe('')
    expect(en.time('never', now)).toBe('')
  })

  test('exact values in details', () => {
    expect(en.exactBytes(2_412_803)).toBe('2,412,803 bytes')
    expect(en.exactBytes(1)).toBe('1 byte')
    expect(zh.exactBytes(2_412_803)).toBe('2,412,803 字节')
    expect(en.exactTime(new Date(2026, 10, 21, 4, 5, 7).toISOString())).toMatch(
      /^2026-11-21 04:05:07 [+-]\d\d:\d\d$/,
    )
    expect(binaryBytes(32 * 1024 ** 2)).toBe('32 MiB')
    expect(fingerprintGroups('9F3C41D70B82E6AA00', 4)).toBe('9f3c 41d7 0b82 e6aa')
  })
})
