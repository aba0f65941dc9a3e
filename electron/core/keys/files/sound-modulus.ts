import type { KeyObject } from 'node:crypto'

/** Primes below this are tried. */
const SMALL = 1 << 20
/** Squarings between two breaths: other work of this thread goes on meanwhile. */
const BREATH = 256
/** Steps of Fermat's method: primes that are this close are found by anybody. */
const CLOSE_STEPS = 1000

/** A hundred primes, and what they make multiplied. */
interface SomePrimes {
  readonly primes: readonly bigint[]
  readonly product: bigint
}
let smallPrimes: readonly SomePrimes[] | null = null
/** By the modulus: a key is read anew again and again. */
const known = new Map<string, Promise<boolean>>()
const MAX_KNOWN = 1000

/**
 * May something be encrypted for this RSA key? Not where anybody can compute its private half in
 * moments: an even modulus, one with a small factor, a power, a prime, few ones or zeros, two
 * primes that are close, or primes of the kind that Infineon's chips made (CVE-2017-15361). That
 * nothing of this is the case proves nothing else. Takes some tenths of a second for common sizes,
 * and is remembered.
 *
 * Source Fermat's method and test: Menezes et al., Handbook of Applied Cryptography, §4.2.1, §3.2;
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

/** The same for the number itself. */
export async function isSoundNumber(modulus: bigint): Promise<boolean> {
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
 * A third of the digits in the sparsest way to write a number are not zero, unless somebody chose
 * it: 2^2048 - 1 has two.
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
 * By the remainder of many primes at once, since dividing a long number costs more than dividing a
 * short one.
 */
function hasSmallFactor(n: bigint): boolean {
  smallPrimes ??= inHundreds(primesBelow(SMALL).map(BigInt))
  return smallPrimes.some(({ primes, product }) => {
    const rest = n % product
    return primes.some((prime) => rest % prime === 0n)
  })
}

function inHundreds(primes: readonly bigint[]): readonly SomePrimes[] {
  return Array.from({ length: Math.ceil(primes.length / 100) }, (_, i) => {
    const some = primes.slice(i * 100, (i + 1) * 100)
    return { primes: some, product: some.reduce((product, prime) => product * prime) }
  })
}

/** Its small factors are known not to be there, so a power has a base of more than 20 bits. */
function isPower(n: bigint): boolean {
  const bits = n.toString(2).length
  return primesBelow(Math.ceil(bits / 20) + 1).some(
    (k) => root(n, BigInt(k), bits) ** BigInt(k) === n,
  )
}

/** The whole part of the k-th root, by Newton's method from above. */
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
    // Squares end in few ways: most numbers need no root.
    if (rest < 0n || ![0n, 1n, 4n, 9n, 16n, 17n, 25n, 33n, 36n, 41n, 49n, 57n].includes(rest & 63n))
      continue
    if (root(rest, 2n) ** 2n === rest) return true
  }
  return false
}

/**
 * Both primes are powers of 65537 modulo many small primes, and so is their product: by chance one
 * number in 2^28 is.
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

/** 2^(n-1) mod n is 1 for every prime, and for no modulus that anybody makes. */
async function passesFermat(n: bigint): Promise<boolean> {
  let power = 1n
  let step = 0
  for (const bit of (n - 1n).toString(2)) {
    power = (power * power) % n
    if (bit === '1') power = (power * 2n) % n
    if (++step % BREATH === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return power === 1n
}
