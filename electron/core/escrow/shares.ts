import { hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { combine, split } from 'shamir-secret-sharing'
import { rejectSheet } from './refuse-sheet.ts'

/** A set of shares of a random secret. `secret`: the caller wipes it. */
export interface NewShares {
  readonly secret: Uint8Array
  readonly shares: readonly Uint8Array[]
  /** The content of the code CBK1: threshold, number of shares, check value. */
  readonly facts: Uint8Array
}

const SECRET_BYTES = 32
const SHARE_BYTES = SECRET_BYTES + 1
const CHECK_BYTES = 16
/** The most shares of one key. */
const MAX_SHARES = 10

/**
 * Makes a random secret and its shares: 32 values of polynomials over GF(2^8), and x. The shares
 * are joined again and compared before they are returned, because the library does not.
 */
export async function newShares(count: number, threshold: number): Promise<NewShares> {
  const secret = new Uint8Array(SECRET_BYTES)
  randomBytes(SECRET_BYTES).copy(secret)
  const shares = await split(secret, count, threshold)
  for (const some of [shares.slice(0, threshold), shares.slice(-threshold)]) {
    const joined = await combine([...some])
    if (Buffer.compare(joined, secret) !== 0) throw new Error('the shares do not give the secret')
    joined.fill(0)
  }
  return { secret, shares, facts: Buffer.from([threshold, count, ...checkOf(secret)]) }
}

/** Returns the passphrase of the key file under a secret: hexadecimal digits, lower case. */
export const sharedPassphrase = (secret: Uint8Array): string => Buffer.from(secret).toString('hex')

/**
 * Joins shares to their secret, which the caller wipes. `facts`: the content of CBK1, or null when
 * no picture has it. All shares are joined then, and only the key itself shows a false one.
 *
 * Throws Failure 'recovery-sheet': too-few-shares, false-share, damaged.
 */
export async function joinShares(
  shares: readonly Uint8Array[],
  facts: Uint8Array | null,
): Promise<Uint8Array> {
  const own = new Map(shares.map((share) => [share[SECRET_BYTES] ?? 0, share]))
  const sound = shares.every((share) => share.length === SHARE_BYTES && share[SECRET_BYTES] !== 0)
  const known = facts === null || (facts.length === CHECK_BYTES + 2 && (facts[0] ?? 0) >= 2)
  if (!sound || !known) rejectSheet('damaged')
  if (own.size > MAX_SHARES) rejectSheet('mixed')
  // Two shares of one x are the same share, or one of them is false.
  if (
    shares.some((share) => Buffer.compare(own.get(share[SECRET_BYTES] ?? 0) ?? share, share) !== 0)
  )
    rejectSheet('false-share')
  const threshold = facts?.[0] ?? Math.max(2, own.size)
  if (own.size < threshold) rejectSheet('too-few-shares', `${own.size}/${threshold}`)
  for (const some of combinations([...own.values()], threshold)) {
    const secret = await combine(some.map((share) => Uint8Array.from(share)))
    if (facts === null || timingSafeEqual(checkOf(secret), facts.subarray(2))) return secret
    secret.fill(0)
  }
  return rejectSheet('false-share')
}

function checkOf(secret: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, 'cipherbucket', 'escrow 1 check', CHECK_BYTES))
}

/** Lists every choice of `count` shares, the first ones first. Ten shares have at most 252. */
function combinations(
  shares: readonly Uint8Array[],
  count: number,
): readonly (readonly Uint8Array[])[] {
  if (count === 0) return [[]]
  return shares.flatMap((share, i) =>
    combinations(shares.slice(i + 1), count - 1).map((rest) => [share, ...rest]),
  )
}
