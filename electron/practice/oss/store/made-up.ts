import { binary } from '../request/binary.ts'
import { NULL_VERSION } from './version-ids.ts'
import type { Version } from './version-index.ts'

/*
 * Objects that exist by a formula. Half of them lie in one folder, `camera/`. The others lie in
 * folders by day, 40 in each. Names, sizes, times and classes follow from the number alone, and the
 * keys of rising numbers are in the order of their bytes.
 */

/** The most objects, so that years have four digits. */
export const MOST_MADE_UP = 10_000_000
/** The name of the bytes of all made-up objects. No blob has it. */
export const MADE_UP_BLOB = 'made-up'

const PER_DAY = 40
const DAYS = 28
const MONTHS = 12
const FIRST_YEAR = 1990
const WORDS = ['Agenda', 'IMG', 'Invoice', 'Minutes', 'Plan', 'Report', 'Scan', '会议纪要']
const ENDS = ['docx', 'jpg', 'mp4', 'pdf', 'txt']
/** The names of one day, in the order of their bytes. */
const NAMES = WORDS.flatMap((word) => ENDS.map((end, at) => `${word} ${at + 1}.${end}`)).sort(
  (a, b) => (binary(a) < binary(b) ? -1 : 1),
)

const two = (value: number): string => String(value).padStart(2, '0')

/** Returns the key of the object `number`, counted from 0, of `count`. */
export function madeUpKey(number: number, count: number): string {
  const flat = Math.floor(count / 2)
  if (number < flat) return `camera/IMG_${String(number).padStart(8, '0')}.jpg`
  const left = number - flat
  const day = Math.floor(left / PER_DAY)
  const month = Math.floor(day / DAYS)
  const year = FIRST_YEAR + Math.floor(month / MONTHS)
  return `photos/${year}/${two((month % MONTHS) + 1)}/${two((day % DAYS) + 1)}/${NAMES[left % PER_DAY]}`
}

/** Mixes a number into 32 bits. Neighbours have nothing in common. */
function mixed(number: number): number {
  let bits = Math.imul(number ^ (number >>> 16), 0x45d9f3b)
  bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b)
  return (bits ^ (bits >>> 16)) >>> 0
}

/** 2015-01-01, and ten years of seconds behind it. */
const FIRST_TIME = Date.UTC(2015, 0, 1)
const SECONDS = 10 * 365 * 86_400

/** Returns the version that a listing shows. Its record has no bytes in the log. */
export function madeUpVersion(number: number, count: number): Version {
  const bits = mixed(number + 1)
  const share = bits % 100
  return {
    key: madeUpKey(number, count),
    // From some bytes to some gigabytes, and small ones above all.
    size: Math.floor(2 ** ((bits % 3001) / 100) + (bits >>> 20)),
    etag: `${bits.toString(16).toUpperCase().padStart(8, '0').repeat(4)}-1`,
    modified: FIRST_TIME + (mixed(number + 7) % SECONDS) * 1000,
    type: 'Multipart',
    storageClass: share < 80 ? 'Standard' : share < 95 ? 'IA' : 'Archive',
    isDeleteMarker: false,
    versionId: NULL_VERSION,
    sequence: 0,
    offset: 0,
    bytes: 0,
  }
}

/** Tells whether a version exists by the formula. */
export const isMadeUp = ({ bytes }: Version): boolean => bytes === 0

/** Every made-up object has these bytes, again and again. */
const TEXT = Buffer.from('Made up by the practice server. '.repeat(2048))

/** Returns bytes of a made-up segment. */
export async function* madeUpBytes(offset: number, length: number): AsyncGenerator<Buffer> {
  for (let at = offset; at < offset + length;) {
    const from = at % TEXT.length
    const take = Math.min(TEXT.length - from, offset + length - at)
    yield TEXT.subarray(from, from + take)
    at += take
  }
}

/** Tells whether a segment has made-up bytes. */
export const isMadeUpSegment = ({ blob }: { readonly blob: string }): boolean =>
  blob === MADE_UP_BLOB
