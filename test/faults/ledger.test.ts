import {
  createCipheriv,
  generateKeyPairSync,
  publicEncrypt,
  constants,
  randomBytes,
} from 'node:crypto'
import { expect, test } from 'vitest'
import { openLedger } from './ledger.ts'
import type { Call } from './schedule.ts'

const PART = 102_400
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const wrap = (bytes: Buffer): string =>
  publicEncrypt({ key: pair.publicKey, padding: constants.RSA_PKCS1_PADDING }, bytes).toString(
    'base64',
  )

interface Sealed {
  readonly dataKey: Buffer
  readonly counter: Buffer
}
const fresh = (): Sealed => ({ dataKey: randomBytes(32), counter: randomBytes(16) })
const encrypt = ({ dataKey, counter }: Sealed, plain: Uint8Array): Buffer =>
  createCipheriv('aes-256-ctr', dataKey, counter).update(plain)

/** A PUT, or a part; each has an envelope that was wrapped again. */
function call({ dataKey, counter }: Sealed, part: number | null = null): Call {
  const headers = new Map(
    [
      ['key', wrap(dataKey)],
      ['start', wrap(counter)],
      ['part-size', String(PART)],
    ].map(([name, value]) => [`x-oss-meta-client-side-encryption-${name}`, value ?? '']),
  )
  const query = new Map(
    part === null
      ? []
      : [
          ['partNumber', String(part)],
          ['uploadId', 'id'],
        ],
  )
  return {
    method: 'PUT',
    bucket: 'b',
    key: 'k',
    query,
    headers,
    length: 1,
    name: `PUT b/k ${part}`,
    nth: 1,
  }
}
/** In chunks of an odd length, as far as `until`. */
function tell(hear: (bytes: Uint8Array) => void, bytes: Uint8Array, until = bytes.length): void {
  for (let at = 0; at < until; at += 7_777) hear(bytes.subarray(at, Math.min(until, at + 7_777)))
}

const plain = randomBytes(3 * PART)
const other = (at: number): Buffer => {
  const copy = Buffer.from(plain)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

test('the same plaintext again is no offence: whole, broken off, in parts', () => {
  const [ledger, sealed] = [openLedger([pair.privateKey]), fresh()]
  const stored = encrypt(sealed, plain)
  tell(ledger.hears(call(sealed)), stored, 100_001)
  tell(ledger.hears(call(sealed)), stored)
  tell(ledger.hears(call(sealed, 2)), stored.subarray(PART, 2 * PART))
  tell(ledger.hears(call(sealed, 3)), stored.subarray(2 * PART), 33)
  expect([ledger.offences, [...ledger.strangers], ledger.heard]).toEqual([
    [],
    [],
    { bodies: 4, bytes: 100_001 + 4 * PART + 33, again: 100_001 + PART + 33 },
  ])
})

test.each([0, 15, 16, 100_000, 100_001, PART - 1, PART, 3 * PART - 1])(
  'one bit of another plaintext at %i is found',
  (at) => {
    const [ledger, sealed] = [openLedger([pair.privateKey]), fresh()]
    tell(ledger.hears(call(sealed)), encrypt(sealed, plain))
    const part = Math.floor(at / PART) + 1
    tell(
      ledger.hears(call(sealed, part)),
      encrypt(sealed, other(at)).subarray((part - 1) * PART, part * PART),
    )
    expect(ledger.offences).toEqual([expect.stringContaining(`byte ${at} `)])
  },
)

test('found too where a body broke off, where another counter leads to the same block, and not where a body ended before it', () => {
  const sealed = fresh()
  const ahead = {
    ...sealed,
    counter: Buffer.from(
      (BigInt(`0x${sealed.counter.toString('hex')}`) + 10n)
        .toString(16)
        .padStart(32, '0')
        .slice(-32),
      'hex',
    ),
  }
  const heard = (until: number, then: Sealed, second: Uint8Array): readonly string[] => {
    const ledger = openLedger([pair.privateKey])
    tell(ledger.hears(call(sealed)), encrypt(sealed, plain), until)
    tell(ledger.hears(call(then)), encrypt(then, second))
    return ledger.offences
  }
  expect(heard(501, sealed, other(500))).toHaveLength(1)
  expect(heard(500, sealed, other(500))).toEqual([])
  expect(heard(501, ahead, plain.subarray(160))).toEqual([])
  expect(heard(501, ahead, plain)).toHaveLength(1)
})

test('a data key that another ledger has heard of, a body without an envelope, and one under another key', () => {
  const [dataKeys, sealed] = [new Set<string>(), fresh()]
  tell(openLedger([pair.privateKey], dataKeys).hears(call(sealed)), encrypt(sealed, plain))
  const ledger = openLedger([pair.privateKey], dataKeys)
  tell(ledger.hears(call(fresh())), plain)
  expect(ledger.offences).toEqual([])
  tell(ledger.hears(call(sealed)), encrypt(sealed, plain))
  expect(ledger.offences).toHaveLength(1)
  tell(ledger.hears({ ...call(fresh()), headers: new Map(), name: 'bare' }), plain)
  expect([[...ledger.strangers], ledger.wrong().length]).toEqual([['bare'], 2])
  const foreign = openLedger([generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey])
  tell(foreign.hears(call(sealed)), plain)
  expect([foreign.heard.bodies, foreign.strangers.size]).toEqual([0, 1])
})
