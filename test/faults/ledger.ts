import { constants, privateDecrypt, type KeyObject } from 'node:crypto'
import type { Call } from './schedule.ts'

/** Bytes of key stream that are kept together. */
const PAGE_BYTES = 64 * 1024
const PAGE_BITS = 16n
/** Blocks of 16 bytes that a counter can count. */
const COUNTER_BITS = 128n
/** More than this nothing sends that has a ledger of its own. */
const MOST_BYTES = 512 * 1024 * 1024
const ENVELOPE = 'x-oss-meta-client-side-encryption-'

interface Page {
  readonly bytes: Uint8Array
  /** 1 where a byte was heard. */
  readonly heard: Uint8Array
}

/**
 * Every byte that ever left the core as content of an object, by data key and place in the key
 * stream. One byte of key stream over two plaintexts gives two different bytes of ciphertext. Over
 * the same plaintext it gives the same byte. So the ledger compares ciphertext byte by byte, also
 * of bodies that broke off within a block. It opens envelopes without the app's code: RSA and PKCS
 * #1 as the published format says.
 */
export interface Ledger {
  /** For the proxy: hears one body. */
  hears(call: Call): (bytes: Uint8Array) => void
  /** The broken rules, each as a sentence. */
  readonly offences: readonly string[]
  /** Bodies that are content, their bytes, and how many of those had been sent before. */
  readonly heard: { readonly bodies: number; readonly bytes: number; readonly again: number }
  /** Names of bodies without an envelope that one of the keys opens. */
  readonly strangers: ReadonlySet<string>
  /** Sentences of what must never be, bodies that nobody can read among them. */
  wrong(): readonly string[]
}

/**
 * `dataKeys`: of all ledgers that share it; each data key belongs to one of them. Only they outlive
 * a ledger.
 */
export function openLedger(keys: readonly KeyObject[], dataKeys: Set<string> = new Set()): Ledger {
  const offences: string[] = []
  const heard = { bodies: 0, bytes: 0, again: 0 }
  const strangers = new Set<string>()
  /** Wrapped data key and counter → what is inside; one entry for all parts of an upload. */
  const opened = new Map<string, { readonly dataKey: string; readonly counter: bigint } | null>()
  const pages = new Map<string, Page>()
  const own = new Set<string>()

  const open = (call: Call): { readonly dataKey: string; readonly counter: bigint } | null => {
    const [key, start] = ['key', 'start'].map(
      (name) => call.headers.get(ENVELOPE + name) ?? '',
    ) as [string, string]
    const name = `${key} ${start}`
    const known = opened.get(name)
    if (known !== undefined) return known
    const found = keys
      .map((one) => [unwrapped(key, one), unwrapped(start, one)] as const)
      .find(([a, b]) => a?.length === 32 && b?.length === 16)
    const inside =
      found === undefined
        ? null
        : {
            dataKey: found[0]?.toString('hex') ?? '',
            counter: BigInt(`0x${found[1]?.toString('hex')}`),
          }
    opened.set(name, inside)
    return inside
  }

  const page = (name: string): Page => {
    let one = pages.get(name)
    if (one === undefined) {
      if (pages.size * PAGE_BYTES * 2 > MOST_BYTES) throw new Error('too much for one ledger')
      one = { bytes: new Uint8Array(PAGE_BYTES), heard: new Uint8Array(PAGE_BYTES) }
      pages.set(name, one)
    }
    return one
  }

  return {
    offences,
    heard,
    strangers,
    hears(call) {
      const offset = offsetOf(call)
      if (offset === null) return () => undefined
      const inside = open(call)
      if (inside === null) {
        strangers.add(call.name)
        return () => undefined
      }
      const { dataKey, counter } = inside
      if (!own.has(dataKey) && dataKeys.has(dataKey))
        offences.push(`${call.name}: its data key was used elsewhere before`)
      own.add(dataKey)
      dataKeys.add(dataKey)
      heard.bodies += 1
      let at = (counter << 4n) + BigInt(offset)
      let told = false
      return (bytes) => {
        heard.bytes += bytes.length
        for (let done = 0; done < bytes.length;) {
          const place = at % (1n << (COUNTER_BITS + 4n))
          const { bytes: before, heard: was } = page(`${dataKey} ${place >> PAGE_BITS}`)
          const from = Number(place & (BigInt(PAGE_BYTES) - 1n))
          const length = Math.min(PAGE_BYTES - from, bytes.length - done)
          for (let i = 0; i < length; i++) {
            const byte = bytes[done + i] ?? 0
            if (was[from + i] === 1) {
              heard.again += 1
              if (before[from + i] !== byte && !told) {
                told = true
                offences.push(
                  `${call.name}: byte ${Number(at - (counter << 4n)) + i} of its key stream lies over two plaintexts`,
                )
              }
            }
            was[from + i] = 1
            before[from + i] = byte
          }
          done += length
          at += BigInt(length)
        }
      }
    },
    wrong: () => [
      ...offences,
      ...[...strangers].map((name) => `${name}: no envelope that can be read`),
    ],
  }
}

/** Where the content in this body begins in its object; null for a body that is no content. */
function offsetOf({ method, key, query, headers, length }: Call): number | null {
  if (method !== 'PUT' || key === '' || length === 0) return null
  const number = query.get('partNumber')
  if (number === undefined) return query.size === 0 ? 0 : null
  return (Number(number) - 1) * Number(headers.get(`${ENVELOPE}part-size`) ?? Number.NaN)
}

/** Null for what this key does not open. */
function unwrapped(base64: string, key: KeyObject): Buffer | null {
  try {
    const block = privateDecrypt(
      { key, padding: constants.RSA_NO_PADDING },
      Buffer.from(base64, 'base64'),
    )
    return block[0] === 0 && block[1] === 2 ? block.subarray(block.indexOf(0, 2) + 1) : null
  } catch {
    return null
  }
}
