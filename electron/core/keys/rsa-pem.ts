import { caught, fail, Failure, ok, type KeyImportProblem, type Result } from '../../../shared/contract/errors.ts'
import { readDer, refuse } from './der.ts'
import { proves } from './key-proof.ts'
import { bitsOf, fingerprintOf } from './key-record.ts'
import { isOpenSshKey, pkcs1OfOpenSsh, pkcs1OfSshLine } from './openssh-key.ts'
import { withEachSpelling } from './passphrase-spelling.ts'
import { openEncryptedBlock, pemBlocks, textOf, type PemBlock } from './pem-text.ts'
import { allowedWork, type Work } from './pkcs12-key.ts'
import { findHalves, halvesWithin, type KeyFile } from './rsa-structures.ts'
import { rsaMasterKey } from './rsa-master-key.ts'

const MAX_FILE_BYTES = 1024 * 1024
const MIN_BITS = 1024

/**
 * The RSA key in a file of any common kind: PKCS#1, PKCS#8, encrypted PKCS#8, encrypted PEM of the old kind (public ones
 * too, as oss2's LocalRsaProvider writes them), SPKI, PKCS#1 public, X.509 certificate, PKCS#12, OpenSSH without a passphrase; PEM
 * however it is laid out and whatever its labels say, or plain DER. OpenSSL is handed only plain structures, so it never asks
 * for a passphrase on the terminal.
 *
 * Errors 'key-import' with every {@link KeyImportProblem} but already-here; 'too-large' also for a file that would cost
 *        more work than is decent.
 */
export async function readKeyFile(bytes: Uint8Array, passphrase: string | null): Promise<Result<KeyFile>> {
  if (bytes.length > MAX_FILE_BYTES) return fail({ code: 'key-import', problem: 'too-large' })
  try {
    return ok(await chosen(await halvesIn(bytes, passphrase === '' ? null : passphrase)))
  } catch (cause) {
    return caught(cause)
  }
}

async function halvesIn(bytes: Uint8Array, passphrase: string | null): Promise<readonly KeyFile[]> {
  const work = allowedWork()
  const text = textOf(bytes)
  const blocks = pemBlocks(text)
  const line = blocks.length > 0 ? null : pkcs1OfSshLine(text)
  if (line !== null) return halvesWithin(line, 'openssh', work)
  if (blocks.length === 0) return plainHalves(bytes, passphrase, work)
  const halves: KeyFile[] = []
  let ignored: Failure | null = null
  for (const block of blocks) {
    try {
      halves.push(...(await halvesInBlock(block, passphrase, work)))
    } catch (cause) {
      if (!(cause instanceof Failure) || matters(block, cause)) throw cause
      ignored ??= cause
    }
  }
  if (halves.length === 0) throw ignored ?? new Error('no block and no failure')
  return halves
}

async function halvesInBlock(block: PemBlock, passphrase: string | null, work: Work): Promise<readonly KeyFile[]> {
  const { encryption } = block
  if (encryption === null) return plainHalves(block.bytes, passphrase, work)
  return withEachSpelling(passphrase, (spelling, secret) => halvesWithin(openEncryptedBlock(encryption, block.bytes, secret, spelling), 'legacy-encrypted', work))
}

async function plainHalves(bytes: Uint8Array, passphrase: string | null, work: Work): Promise<readonly KeyFile[]> {
  return isOpenSshKey(bytes) ? halvesWithin(pkcs1OfOpenSsh(bytes), 'openssh', work) : findHalves(readDer(bytes), passphrase, work)
}

/** A private key that cannot be read must not be passed over for a public one beside it; parameters and the like may be. */
function matters(block: PemBlock, { error }: Failure): boolean {
  const problem: KeyImportProblem = error.code === 'key-import' ? error.problem : 'not-a-key'
  return problem !== 'not-rsa' && (problem !== 'not-a-key' || block.label.includes('PRIVATE KEY'))
}

/** One key out of all the halves in a file. */
async function chosen(halves: readonly KeyFile[]): Promise<KeyFile> {
  const key = keyAmong(halves)
  if (bitsOf(key.publicKey) < MIN_BITS) refuse('too-short')
  using tried = rsaMasterKey({ id: '', name: '', description: '', writes: 'v2', publicKey: key.publicKey, privateKey: key.privateKey })
  // A private key brings a public one of its own, and nothing but trying tells whether they belong together.
  if (!(await proves(tried, new AbortController().signal)).ok) refuse('halves-differ')
  return key
}

function keyAmong(halves: readonly KeyFile[]): KeyFile {
  const privates = byFingerprint(halves.filter(({ privateKey }) => privateKey !== null))
  const publics = byFingerprint(halves.filter(({ privateKey }) => privateKey === null))
  const pairs = [...privates].filter(([fingerprint]) => publics.has(fingerprint)).map(([, key]) => key)
  const [first] = halves
  const [onlyPrivate, ...otherPrivates] = privates.values()
  if (first === undefined) refuse('not-a-key')
  // Of a chain of certificates the first one is the holder's own; of bare public keys there must be one.
  if (onlyPrivate === undefined) return publics.size === 1 || isCertified(first) ? first : refuse('not-a-key')
  // Of several private keys the one that a public half or a certificate goes with.
  const key = otherPrivates.length === 0 ? onlyPrivate : pairs.length === 1 ? pairs[0] : undefined
  if (key === undefined) refuse('not-a-key')
  const strays = [...publics].filter(([fingerprint]) => fingerprint !== fingerprintOf(key.publicKey)).map(([, half]) => half)
  // Other certificates may be those of the issuers, as long as one is the key's own.
  if (strays.some((half) => !isCertified(half)) || (strays.length > 0 && !pairs.includes(key))) refuse('halves-differ')
  return key
}

const isCertified = ({ container }: KeyFile): boolean => container === 'certificate' || container === 'pkcs12'

function byFingerprint(halves: readonly KeyFile[]): ReadonlyMap<string, KeyFile> {
  return new Map([...halves].reverse().map((half) => [fingerprintOf(half.publicKey), half]))
}
