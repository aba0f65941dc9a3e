import type { Language } from '../../shared/contract/sentences/sentences.ts'

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const
const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

/** Formats every number, size and time of the window in one language. */
export interface Quantities {
  /** `1,284` */
  readonly count: (n: number) => string
  /** Powers of 1000, three significant digits: `2.41 MB`. */
  readonly bytes: (n: number) => string
  /** `2,412,803 bytes` */
  readonly exactBytes: (n: number) => string
  /** One unit for both: `11.6 of 18.7 GB`. */
  readonly progress: (done: number, total: number) => string
  /** `38.4 MB/s` */
  readonly speed: (bytesPerSecond: number) => string
  /** Rounded up: `50 s`, `3 min`, `2 h 10 min`, `3 days`. */
  readonly duration: (seconds: number) => string
  /** In lists: `Today, 14:32`, `19 Nov, 18:20`, `12 Jan 2024`. */
  readonly time: (iso: string, now?: Date) => string
  /** `14:32` */
  readonly clock: (iso: string) => string
  /** In details: `2026-11-21 14:32:07 +08:00`. */
  readonly exactTime: (iso: string) => string
}

/** True for a system with a 12-hour clock. Lists are a little wider then. */
export const hours12 =
  new Intl.DateTimeFormat(undefined, { hour: 'numeric' }).resolvedOptions().hour12 === true

const memo = new Map<Language, { readonly today: string; readonly made: Quantities }>()

/** `today`: a value that changes with the day and with the time zone. */
export function quantitiesIn(language: Language, today = ''): Quantities {
  const known = memo.get(language)
  if (known?.today === today) return known.made
  const zh = language === 'zh-CN'
  const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
  const hm = new Intl.DateTimeFormat(zh ? 'zh-CN' : 'en-GB', {
    hour: hours12 && !zh ? 'numeric' : '2-digit',
    minute: '2-digit',
    hour12: hours12 && !zh,
  })
  const count = (n: number) => grouped.format(n)
  const made: Quantities = {
    count,
    bytes: (n) => sized(n),
    exactBytes: (n) => (zh ? `${count(n)} 字节` : `${count(n)} ${n === 1 ? 'byte' : 'bytes'}`),
    progress(done, total) {
      const unit = unitOf(total)
      // Moving values have one decimal, and none from a hundred on.
      const digits = Math.min(1, fractionDigits(total, unit))
      return `${scaled(Math.min(done, total), unit, digits)} ${zh ? '/' : 'of'} ${scaled(total, unit, digits)} ${UNITS[unit]}`
    },
    speed: (n) => `${sized(n)}/s`,
    duration: (seconds) => durationIn(seconds, zh),
    time: (iso, now = new Date()) => listTime(iso, now, zh, hm),
    clock: (iso) => hm.format(new Date(iso)),
    exactTime,
  }
  memo.set(language, { today, made })
  return made
}

/** Index into UNITS. 999,500 B is already 1 MB, because three digits round up. */
function unitOf(n: number): number {
  let unit = 0
  let rest = Math.abs(n)
  while (unit < UNITS.length - 1 && Number(rest.toPrecision(3)) >= 1000) {
    rest /= 1000
    unit++
  }
  return unit
}

function fractionDigits(n: number, unit: number): number {
  if (unit === 0) return 0
  const value = Number((n / 1000 ** unit).toPrecision(3))
  return value >= 100 ? 0 : value >= 10 ? 1 : 2
}

function scaled(n: number, unit: number, digits: number): string {
  return (n / 1000 ** unit).toFixed(digits)
}

function sized(n: number): string {
  const unit = unitOf(n)
  return `${scaled(n, unit, fractionDigits(n, unit))} ${UNITS[unit]}`
}

function durationIn(seconds: number, zh: boolean): string {
  const s = Math.max(1, Math.ceil(seconds))
  if (s < MINUTE) return zh ? `${s} 秒` : `${s} s`
  const minutes = Math.ceil(s / MINUTE)
  if (minutes < 60) return zh ? `${minutes} 分钟` : `${minutes} min`
  if (s <= DAY) {
    // Steps of ten minutes. Minutes over hours would promise too much.
    const tens = Math.ceil(minutes / 10) * 10
    const h = Math.floor(tens / 60)
    const m = tens % 60
    if (zh) return m === 0 ? `${h} 小时` : `${h} 小时 ${m} 分钟`
    return m === 0 ? `${h} h` : `${h} h ${m} min`
  }
  const days = Math.ceil(s / (HOUR * 24))
  return zh ? `${days} 天` : `${days} days`
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (n: number) => String(n).padStart(2, '0')

function listTime(iso: string, now: Date, zh: boolean, hm: Intl.DateTimeFormat): string {
  const at = new Date(iso)
  if (iso === '' || Number.isNaN(at.getTime())) return ''
  const clock = hm.format(at)
  const midnight = (d: Date, days: number) =>
    new Date(d.getFullYear(), d.getMonth(), d.getDate() + days).getTime()
  if (at.getTime() >= midnight(now, 0) && at.getTime() < midnight(now, 1))
    return zh ? `今天 ${clock}` : `Today, ${clock}`
  if (at.getTime() >= midnight(now, -1) && at.getTime() < midnight(now, 0))
    return zh ? `昨天 ${clock}` : `Yesterday, ${clock}`
  const [y, m, d] = [at.getFullYear(), at.getMonth(), at.getDate()]
  if (y === now.getFullYear())
    return zh ? `${m + 1}月${d}日 ${clock}` : `${d} ${MONTHS[m]}, ${clock}`
  return zh ? `${y}-${two(m + 1)}-${two(d)}` : `${d} ${MONTHS[m]} ${y}`
}

function exactTime(iso: string): string {
  const at = new Date(iso)
  if (iso === '' || Number.isNaN(at.getTime())) return ''
  const east = -at.getTimezoneOffset()
  const zone = `${east < 0 ? '-' : '+'}${two(Math.floor(Math.abs(east) / 60))}:${two(Math.abs(east) % 60)}`
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())} ${zone}`
}

/** Lower-case groups of four: the first `groups` of them, or all. */
export function fingerprintGroups(hex: string, groups = 16): string {
  return (hex.toLowerCase().match(/.{1,4}/g) ?? []).slice(0, groups).join(' ')
}

/** Powers of two with their unit, for part sizes: `32 MiB`. */
export function binaryBytes(n: number): string {
  if (n >= 1024 ** 3) return `${Number((n / 1024 ** 3).toFixed(2))} GiB`
  if (n >= 1024 ** 2) return `${Number((n / 1024 ** 2).toFixed(2))} MiB`
  return `${Number((n / 1024).toFixed(2))} KiB`
}
