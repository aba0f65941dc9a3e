import { proves } from '../key-proof.ts'
import { bitsOf, fingerprintOf } from '../public-key.ts'
import { rsaMasterKey } from '../rsa-master-key.ts'
import { rejectKeyFile } from './refuse.ts'
import type { KeyFile } from './rsa-structures.ts'
import { isSoundModulus } from './sound-modulus.ts'

const MIN_BITS = 1024

/**
 * Chooses the one key among all halves of a file, and proves that its two halves belong together.
 * Errors  Failure 'key-import': not-a-key, several-keys, halves-differ, too-short, breakable.
 */
export async function chooseKey(halves: readonly KeyFile[]): Promise<KeyFile> {
  const key = keyAmong(halves)
  if (bitsOf(key.publicKey) < MIN_BITS) rejectKeyFile('too-short')
  // A breakable key with a private half may still decrypt old objects. A public half only encrypts.
  if (key.privateKey === null && !(await isSoundModulus(key.publicKey))) rejectKeyFile('breakable')
  using tried = rsaMasterKey({
    id: '',
    name: '',
    description: '',
    writes: 'v2',
    publicKey: key.publicKey,
    privateKey: key.privateKey,
  })
  // The file of a private key also holds public numbers. Only a trial shows that they fit.
  if (!(await proves(tried, new AbortController().signal)).ok) rejectKeyFile('halves-differ')
  return key
}

function keyAmong(halves: readonly KeyFile[]): KeyFile {
  const privates = byFingerprint(halves.filter(({ privateKey }) => privateKey !== null))
  const publics = byFingerprint(halves.filter(({ privateKey }) => privateKey === null))
  const pairs = [...privates]
    .filter(([fingerprint]) => publics.has(fingerprint))
    .map(([, key]) => key)
  const [first] = halves
  const [onlyPrivate, ...otherPrivates] = privates.values()
  if (first === undefined) rejectKeyFile('not-a-key')
  // The first certificate of a chain is the holder's own. Bare public keys must be a single key.
  if (onlyPrivate === undefined)
    return publics.size === 1 || isCertified(first) ? first : rejectKeyFile('several-keys')
  // Of several private keys, the one with a public half or a certificate in the same file counts.
  const key = otherPrivates.length === 0 ? onlyPrivate : pairs.length === 1 ? pairs[0] : undefined
  if (key === undefined) rejectKeyFile('several-keys')
  const strays = [...publics]
    .filter(([fingerprint]) => fingerprint !== fingerprintOf(key.publicKey))
    .map(([, half]) => half)
  // Other certificates can be those of the issuers, as long as one of them is the key's own.
  if (strays.some((half) => !isCertified(half)) || (strays.length > 0 && !pairs.includes(key)))
    rejectKeyFile('halves-differ')
  return key
}

const isCertified = ({ container }: KeyFile): boolean =>
  container === 'certificate' || container === 'pkcs12'

/** The first half of each fingerprint counts. */
function byFingerprint(halves: readonly KeyFile[]): ReadonlyMap<string, KeyFile> {
  return new Map([...halves].reverse().map((half) => [fingerprintOf(half.publicKey), half]))
}
