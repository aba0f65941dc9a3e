import type { KeyObject } from 'node:crypto'

/** Primes below this number are tried. */
const SMALL = 1 << 20
/** After so many squarings the thread does its other work. */
const SQUARINGS_AT_ONCE = 256
/** Steps of Fermat's method. It finds primes that are this close within moments. */
const CLOSE_STEPS = 1000

/** So many small primes make one product. The number is even. */
const PRIMES_A_PRODUCT = 100

/** Products of the small primes, which all numbers share. */
let smallProducts: readonly bigint[] | null = null
/** Answers by the modulus in base64url. The same key is read again and again. */
const known = new Map<string, Promise<boolean>>()
const MAX_KNOWN = 1000

/**
 * Resolves with false for an RSA key whose private half anybody can compute in moments. The modulus
 * of such a key is even, a power or a prime, or has few ones or zeros. It can have a small factor,
 * two close primes, or the primes of Infineon's chips (CVE-2017-15361). True is not a proof that
 * the key is strong. The test takes some tenths of a second for common sizes, and its answer is
 * cached.
 *
 * Source  Fermat's method and test: Menezes et al., Handbook of Applied Cryptography, §4.2.1, §3.2;
 * Nemec et al., The Return of Coppersmith's Attack, CCS 2017, §2.2.
 */
export function isSoundModulus(publicKey: KeyObject): Promise<boolean> {
  const { n = '' } = publicKey.export({ format: 'jwk' }) as { readonly n?: string }
  const before =
    known.get(n) ?? isSoundNumber(BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`))
  if (known.size >= MAX_KNOWN) known.clear()
  known.set(n, before)
  return before
}

/** Does the test of {@link isSoundModulus} for a number, and does not cache the answer. */
async function isSoundNumber(modulus: bigint): Promise<boolean> {
  if (
    modulus % 2n === 0n ||
    isSparse(modulus) ||
    hasSmallFactor(modulus) ||
    isPower(modulus) ||
    hasClosePrimes(modulus) ||
    isOfInfineon(modulus)
  )
    return false
  return !(await passesFermat(modulus))
}

/**
 * Tells whether somebody chose the digits of a number. A third of the digits in the sparsest signed
 * binary form of a random number are not zero; 2^2048 - 1 has two such digits.
 */
function isSparse(n: bigint): boolean {
  const digits = ((3n * n) ^ n).toString(2)
  return [...digits].filter((digit) => digit === '1').length < digits.length / 8
}

function primesBelow(limit: number): readonly number[] {
  const composite = new Uint8Array(limit)
  const primes: number[] = []
  for (let candidate = 2; candidate < limit; candidate++) {
    if (composite[candidate] === 1) continue
    primes.push(candidate)
    for (let multiple = candidate * candidate; multiple < limit; multiple += candidate)
      composite[multiple] = 1
  }
  return primes
}

/**
 * Tries all small primes. The product of all of them is computed modulo the number. It shares a
 * factor with the number where one of the primes does. One division for each prime costs twice as
 * much.
 */
function hasSmallFactor(n: bigint): boolean {
  smallProducts ??= productsOf(primesBelow(SMALL))
  return (
    commonFactor(
      n,
      smallProducts.reduce((rest, product) => (rest * product) % n, 1n),
    ) !== 1n
  )
}

function productsOf(primes: readonly number[]): readonly bigint[] {
  return Array.from({ length: Math.ceil(primes.length / PRIMES_A_PRODUCT) }, (_, i) => {
    const some = primes.slice(i * PRIMES_A_PRODUCT, (i + 1) * PRIMES_A_PRODUCT)
    let product = 1n
    // Two primes at once: their product has 40 bits at most, which a number holds exactly.
    for (let at = 0; at < some.length; at += 2)
      product *= BigInt((some[at] ?? 1) * (some[at + 1] ?? 1))
    return product
  })
}

/** Returns the greatest common factor, by Euclid's method. */
function commonFactor(n: bigint, other: bigint): bigint {
  let [factor, rest] = [n, other]
  while (rest !== 0n) [factor, rest] = [rest, factor % rest]
  return factor
}

/** Tells whether a number without small factors is a power. Its base has more than 20 bits then. */
function isPower(n: bigint): boolean {
  const bits = n.toString(2).length
  return primesBelow(Math.ceil(bits / 20) + 1).some(
    (k) => root(n, BigInt(k), bits) ** BigInt(k) === n,
  )
}

/** Returns the whole part of the k-th root, by Newton's method from above. */
function root(n: bigint, k: bigint, bits = n.toString(2).length): bigint {
  for (let guess = 1n << BigInt(Math.ceil(bits / Number(k)) + 1); ;) {
    const next = ((k - 1n) * guess + n / guess ** (k - 1n)) / k
    if (next >= guess) return guess
    guess = next
  }
}

function hasClosePrimes(n: bigint): boolean {
  let middle = root(n, 2n)
  for (let step = 0; step < CLOSE_STEPS; step++, middle++) {
    const rest = middle * middle - n
    // The last six bits of a square have few values, so most numbers need no root.
    if (rest < 0n || ![0n, 1n, 4n, 9n, 16n, 17n, 25n, 33n, 36n, 41n, 49n, 57n].includes(rest & 63n))
      continue
    if (root(rest, 2n) ** 2n === rest) return true
  }
  return false
}

/**
 * Tells whether Infineon's chips made the primes. Modulo many small primes, both primes and their
 * product are powers of 65537 then. By chance this is so for one number in 2^28.
 */
function isOfInfineon(n: bigint): boolean {
  return primesBelow(168)
    .filter((prime) => prime > 2)
    .every((prime) => {
      const rest = Number(n % BigInt(prime))
      for (let power = 1, turns = 0; turns < prime; turns++, power = (power * 65537) % prime)
        if (power === rest) return true
      return false
    })
}

/** Tells whether 2^(n-1) mod n is 1, as for every prime. No product of two large primes passes. */
async function passesFermat(n: bigint): Promise<boolean> {
  let power = 1n
  let step = 0
  for (const bit of (n - 1n).toString(2)) {
    power = (power * power) % n
    if (bit === '1') power = (power * 2n) % n
    if (++step % SQUARINGS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return power === 1n
}
