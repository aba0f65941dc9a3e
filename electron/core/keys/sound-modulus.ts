import type { KeyObject } from 'node:crypto'

/** Primes below this are tried. */
const SMALL = 1 << 20
/** Squarings between two breaths: other work of this thread goes on meanwhile. */
const BREATH = 256
/** Steps of Fermat's method: primes that are this close are found by anybody. */
const CLOSE_STEPS = 1000

let smallPrimes: readonly number[] | null = null
const known = new WeakMap<KeyObject, Promise<boolean>>()

/**
 * May something be encrypted for this RSA key? Not where anybody can compute its private half in moments: an even modulus, one with a small
 * factor, a power, a prime, few ones or zeros, two primes that are close, or primes of the kind that Infineon's chips made (CVE-2017-15361).
 * That nothing of this is the case proves nothing else. Takes some tenths of a second for common sizes, and is remembered.
 *
 * Source Fermat's method and test: Menezes et al., Handbook of Applied Cryptography, §4.2.1, §3.2; Nemec et al., The Return of
 * Coppersmith's Attack, CCS 2017, §2.2.
 */
export function isSoundModulus(publicKey: KeyObject): Promise<boolean> {
  const before = known.get(publicKey) ?? judged(publicKey)
  known.set(publicKey, before)
  return before
}

async function judged(publicKey: KeyObject): Promise<boolean> {
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' })
  const [modulus, exponent] = [n, e].map((text) => BigInt(`0x${Buffer.from(String(text), 'base64url').toString('hex') || '0'}`))
  if (modulus === undefined || exponent === undefined || exponent < 3n || exponent % 2n === 0n) return false
  return isSoundNumber(modulus)
}

/** The same for the number itself. */
export async function isSoundNumber(modulus: bigint): Promise<boolean> {
  if (modulus % 2n === 0n || isSparse(modulus) || hasSmallFactor(modulus) || isPower(modulus) || hasClosePrimes(modulus) || isOfInfineon(modulus)) return false
  return !(await passesFermat(modulus))
}

/** A third of the digits in the sparsest way to write a number are not zero, unless somebody chose it: 2^2048 - 1 has two. */
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
    for (let multiple = candidate * candidate; multiple < limit; multiple += candidate) composite[multiple] = 1
  }
  return primes
}

/** By the remainder of many primes at once, since dividing a long number costs more than dividing a short one. */
function hasSmallFactor(n: bigint): boolean {
  smallPrimes ??= primesBelow(SMALL)
  for (let at = 0; at < smallPrimes.length; at += 100) {
    const some = smallPrimes.slice(at, at + 100)
    let product = 1n
    for (const prime of some) product *= BigInt(prime)
    const rest = n % product
    if (some.some((prime) => rest % BigInt(prime) === 0n)) return true
  }
  return false
}

/** Its small factors are known not to be there, so a power has a base of more than 20 bits. */
function isPower(n: bigint): boolean {
  const bits = n.toString(2).length
  return primesBelow(Math.ceil(bits / 20) + 1).some((k) => root(n, BigInt(k), bits) ** BigInt(k) === n)
}

/** The whole part of the k-th root, by Newton's method from above. */
function root(n: bigint, k: bigint, bits = n.toString(2).length): bigint {
  for (let guess = 1n << BigInt(Math.ceil(bits / Number(k)) + 1); ; ) {
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
    if (rest < 0n || ![0n, 1n, 4n, 9n, 16n, 17n, 25n, 33n, 36n, 41n, 49n, 57n].includes(rest & 63n)) continue
    if (root(rest, 2n) ** 2n === rest) return true
  }
  return false
}

/** Both primes are powers of 65537 modulo many small primes, and so is their product: by chance one number in 2^28 is. */
function isOfInfineon(n: bigint): boolean {
  return primesBelow(168).filter((prime) => prime > 2).every((prime) => {
    const rest = Number(n % BigInt(prime))
    for (let power = 1, turns = 0; turns < prime; turns++, power = (power * 65537) % prime) if (power === rest) return true
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
