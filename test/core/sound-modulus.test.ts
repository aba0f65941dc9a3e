import { createPublicKey, generateKeyPairSync, generatePrimeSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readKeyFile } from '../../electron/core/keys/files/key-file.ts'
import { isSoundModulus } from '../../electron/core/keys/files/sound-modulus.ts'
import { der, INTEGER, SEQUENCE } from '../../shared/format/der.ts'

const prime = (bits: number): bigint => generatePrimeSync(bits, { bigint: true })
const bytesOf = (n: bigint): Buffer => {
  const hex = n.toString(16)
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
}
const signed = (n: bigint): Buffer =>
  ((bytesOf(n)[0] ?? 0) & 0x80) === 0 ? bytesOf(n) : Buffer.concat([Buffer.of(0), bytesOf(n)])
const publicFile = (n: bigint, e = 65537n): Uint8Array =>
  der(SEQUENCE, der(INTEGER, signed(n)), der(INTEGER, signed(e)))
/**
 * k·M + (65537^a mod M): the shape of the primes that Infineon's library made, over the first 71
 * odd primes as in the paper.
 */
const ofInfineon = (): bigint => {
  const primes = [3n]
  for (let n = 5n; primes.length < 71; n += 2n)
    if (primes.every((p) => n % p !== 0n)) primes.push(n)
  const M = primes.reduce((product, p) => product * p, 2n)
  let base = 1n
  for (let i = 0; i < 12345; i++) base = (base * 65537n) % M
  return M * (prime(1024 - M.toString(2).length) + 1n) + base
}

const bad: readonly (readonly [string, () => bigint])[] = [
  ['even', () => prime(1024) * prime(1023) * 2n],
  ['a power of 3', () => 3n ** 1291n],
  ['2^2048 - 1', () => (1n << 2048n) - 1n],
  ['2^2203 - 1, a prime', () => (1n << 2203n) - 1n],
  ['2^2049 + 1', () => (1n << 2049n) + 1n],
  ['2^2048 and a little', () => (1n << 2048n) + 981n],
  ['a multiple of 65,521', () => 65_521n * prime(2032)],
  // The first and the last of a product of small primes, and the last product, which is shorter.
  ['a multiple of 3', () => 3n * prime(2046)],
  ['a multiple of 541, the hundredth prime', () => 541n * prime(2038)],
  ['a multiple of 547, the prime after it', () => 547n * prime(2038)],
  ['a multiple of 1,048,571, the last but one', () => 1_048_571n * prime(2028)],
  ['a multiple of 1,048,573', () => 1_048_573n * prime(2030)],
  ['a square', () => prime(1024) ** 2n],
  ['a cube', () => prime(700) ** 3n],
  ['the 29th power of a prime', () => prime(72) ** 29n],
  ['a prime', () => prime(2048)],
  [
    'two primes that are close',
    () => {
      const p = prime(1024)
      let q = p + 2n
      // Not necessarily a prime, which the method does not ask for.
      while ([3n, 5n, 7n, 11n, 13n].some((small) => q % small === 0n)) q += 2n
      return p * q
    },
  ],
  ['of the shape of CVE-2017-15361', () => ofInfineon() * ofInfineon()],
]

describe('a modulus that anybody can take apart', () => {
  test.each(bad)('%s', async (_name, make) => {
    const n = make()
    const jwk = { kty: 'RSA', n: bytesOf(n).toString('base64url'), e: 'AQAB' }
    expect(await isSoundModulus(createPublicKey({ key: jwk, format: 'jwk' }))).toBe(false)
    expect(await readKeyFile(publicFile(n), null)).toMatchObject({
      ok: false,
      error: { code: 'key-import', problem: n % 2n === 0n ? 'not-a-key' : 'breakable' },
    })
  })
  test('a negative number', async () => {
    const { n = '' } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
      format: 'jwk',
    }) as { n?: string }
    const file = der(
      SEQUENCE,
      der(INTEGER, Buffer.from(n, 'base64url')),
      der(INTEGER, Buffer.of(1, 0, 1)),
    )
    expect(await readKeyFile(file, null)).toMatchObject({
      ok: false,
      error: { problem: 'not-a-key' },
    })
  })
  test.each([0n, 1n, 2n, 65536n])('the exponent %d', async (e) => {
    expect((await readKeyFile(publicFile(prime(1024) * prime(1024), e), null)).ok).toBe(false)
  })
  test('also as a JWK', async () => {
    const n = prime(2048)
    const jwk = { kty: 'RSA', n: bytesOf(n).toString('base64url'), e: 'AQAB' }
    expect(await readKeyFile(Buffer.from(JSON.stringify(jwk)), null)).toMatchObject({
      ok: false,
      error: { problem: 'breakable' },
    })
  })
})

test.each([1024, 2048, 3072])('keys as they are made have %i sound bits', async (modulusLength) => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength })
  expect((await readKeyFile(publicKey.export({ type: 'spki', format: 'der' }), null)).ok).toBe(true)
})
