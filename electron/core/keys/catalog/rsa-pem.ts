import {
  caught,
  fail,
  Failure,
  ok,
  type KeyImportProblem,
  type Result,
} from '../../../../shared/contract/errors.ts'
import { textIn, withoutPrintMarks } from '../../../../shared/format/text-bytes.ts'
import { readDer, refuse } from '../files/der.ts'
import { encodedIn } from '../files/encoded-key.ts'
import { proves } from '../key-proof.ts'
import { bitsOf, fingerprintOf } from './key-record.ts'
import { jsonLeaves, plainKeyText } from '../files/key-text.ts'
import { isOpenSshKey, pkcs1OfOpenSsh, pkcs1OfSshLine } from '../files/openssh-key.ts'
import { otherNotation } from '../files/other-notations.ts'
import { withEachSpelling } from '../files/passphrase-spelling.ts'
import { openEncryptedBlock, pemBlocks, withoutBlocks, type PemBlock } from '../files/pem-text.ts'
import { allowedWork, type Work } from '../files/pkcs12-key.ts'
import { findHalves, halvesWithin, type KeyFile } from '../files/rsa-structures.ts'
import { isJwk, isWholeDer, pkcs1OfJwk, pkcs1OfXml } from '../files/rsa-members.ts'
import { isSoundModulus } from '../files/sound-modulus.ts'
import { rsaMasterKey } from '../rsa-master-key.ts'

const MAX_FILE_BYTES = 1024 * 1024
const MIN_BITS = 1024
/** A key in base64 in JSON in base64 … */
const MAX_NESTING = 4
/** Texts of JSON that may hold a key, by their number and length. */
const MAX_TEXTS = 32
const SHORTEST = 100

/**
 * The RSA key in a file of any common kind: PKCS#1, PKCS#8, encrypted PKCS#8, encrypted PEM of the
 * old kind (public ones too, as oss2's LocalRsaProvider writes them), SPKI, PKCS#1 public, X.509
 * certificate, PKCS#12, OpenSSH without a passphrase, JWK, the XML of .NET; PEM however it is laid
 * out and whatever its labels say, plain DER, and each of them as configuration files hold it.
 * OpenSSL is handed only plain structures, so it never asks for a passphrase on the terminal.
 *
 * Errors 'key-import' with every {@link KeyImportProblem} but already-here; 'too-large' also for a
 * file that would cost more work than is decent.
 */
export async function readKeyFile(
  bytes: Uint8Array,
  passphrase: string | null,
): Promise<Result<KeyFile>> {
  if (bytes.length > MAX_FILE_BYTES) return fail({ code: 'key-import', problem: 'too-large' })
  try {
    return ok(
      await chosen(await halvesIn(bytes, passphrase === '' ? null : passphrase, allowedWork())),
    )
  } catch (cause) {
    return caught(cause)
  }
}

async function halvesIn(
  bytes: Uint8Array,
  passphrase: string | null,
  work: Work,
  nesting = 0,
): Promise<readonly KeyFile[]> {
  if (isOpenSshKey(bytes) || isWholeDer(bytes)) return plainHalves(bytes, passphrase, work)
  const { text } = textIn(bytes)
  const plain = plainKeyText(withoutPrintMarks(text))
  try {
    const numbers = pkcs1OfSshLine(text) ?? pkcs1OfSshLine(plain)
    if (numbers !== null) return await halvesWithin(numbers, 'openssh', work)
    const members = pkcs1OfXml(text) ?? pkcs1OfXml(plain)
    if (members !== null) return await halvesWithin(members, 'rsa-xml', work)
    const json = jsonLeaves(text)
    const deeper = (inner: Buffer): Place => ({
      meant: false,
      read: () => halvesIn(inner, passphrase, work, nesting + 1).finally(() => inner.fill(0)),
    })
    const encoded = nesting === MAX_NESTING ? [] : encodedIn(withoutBlocks(plain), text)
    const places: readonly Place[] = [
      ...pemBlocks(plain).map((block) => ({
        meant: block.label.includes('PRIVATE KEY'),
        read: () => halvesInBlock(block, passphrase, work),
      })),
      ...(json?.objects ?? [])
        .filter(isJwk)
        .map((jwk) => ({ meant: false, read: () => halvesWithin(pkcs1OfJwk(jwk), 'jwk', work) })),
      ...encoded.map(deeper),
    ]
    if (places.length > 0) return await eachHalf(places)
    const texts =
      nesting === MAX_NESTING
        ? []
        : (json?.texts ?? []).filter((leaf) => leaf.length >= SHORTEST).slice(0, MAX_TEXTS)
    if (texts.length > 0) return await eachHalf(texts.map((leaf) => deeper(Buffer.from(leaf))))
    return await plainHalves(bytes, passphrase, work)
  } catch (cause) {
    const other =
      cause instanceof Failure &&
      cause.error.code === 'key-import' &&
      cause.error.problem === 'not-a-key'
        ? otherNotation(bytes, text)
        : null
    if (other === null) throw cause
    return refuse(other)
  }
}

/**
 * Somewhere in a file that may hold halves of a key. `meant`: a private key is said to be there.
 */
interface Place {
  readonly meant: boolean
  readonly read: () => Promise<readonly KeyFile[]>
}

/**
 * What is in several places of a file. A place that holds nothing of ours is passed over, unless a
 * private key is meant to be there.
 */
async function eachHalf(places: readonly Place[]): Promise<readonly KeyFile[]> {
  const halves: KeyFile[] = []
  let ignored: Failure | null = null
  for (const { read, meant } of places) {
    try {
      halves.push(...(await read()))
    } catch (cause) {
      if (!(cause instanceof Failure) || matters(cause, meant)) throw cause
      ignored ??= cause
    }
  }
  if (halves.length === 0) throw ignored ?? new Error('no place and no failure')
  return halves
}

async function halvesInBlock(
  block: PemBlock,
  passphrase: string | null,
  work: Work,
): Promise<readonly KeyFile[]> {
  const { encryption } = block
  if (encryption === null) return plainHalves(block.bytes, passphrase, work)
  return withEachSpelling(passphrase, (spelling, secret) =>
    halvesWithin(
      openEncryptedBlock(encryption, block.bytes, secret, spelling),
      'legacy-encrypted',
      work,
    ),
  )
}

async function plainHalves(
  bytes: Uint8Array,
  passphrase: string | null,
  work: Work,
): Promise<readonly KeyFile[]> {
  return isOpenSshKey(bytes)
    ? halvesWithin(pkcs1OfOpenSsh(bytes), 'openssh', work)
    : findHalves(readDer(bytes), passphrase, work)
}

/**
 * A private key that cannot be read must not be passed over for a public one beside it; parameters
 * and the like may be.
 */
function matters({ error }: Failure, meant: boolean): boolean {
  const problem: KeyImportProblem = error.code === 'key-import' ? error.problem : 'not-a-key'
  return problem !== 'not-rsa' && (problem !== 'not-a-key' || meant)
}

/** One key out of all the halves in a file. */
async function chosen(halves: readonly KeyFile[]): Promise<KeyFile> {
  const key = keyAmong(halves)
  if (bitsOf(key.publicKey) < MIN_BITS) refuse('too-short')
  // One with its private half may still decrypt what was encrypted with it; a public half can only
  // encrypt.
  if (key.privateKey === null && !(await isSoundModulus(key.publicKey))) refuse('breakable')
  using tried = rsaMasterKey({
    id: '',
    name: '',
    description: '',
    writes: 'v2',
    publicKey: key.publicKey,
    privateKey: key.privateKey,
  })
  // A private key brings a public one of its own, and nothing but trying tells whether they belong
  // together.
  if (!(await proves(tried, new AbortController().signal)).ok) refuse('halves-differ')
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
  if (first === undefined) refuse('not-a-key')
  // Of a chain of certificates the first one is the holder's own; of bare public keys there must be
  // one.
  if (onlyPrivate === undefined)
    return publics.size === 1 || isCertified(first) ? first : refuse('several-keys')
  // Of several private keys the one that a public half or a certificate goes with.
  const key = otherPrivates.length === 0 ? onlyPrivate : pairs.length === 1 ? pairs[0] : undefined
  if (key === undefined) refuse('several-keys')
  const strays = [...publics]
    .filter(([fingerprint]) => fingerprint !== fingerprintOf(key.publicKey))
    .map(([, half]) => half)
  // Other certificates may be those of the issuers, as long as one is the key's own.
  if (strays.some((half) => !isCertified(half)) || (strays.length > 0 && !pairs.includes(key)))
    refuse('halves-differ')
  return key
}

const isCertified = ({ container }: KeyFile): boolean =>
  container === 'certificate' || container === 'pkcs12'

function byFingerprint(halves: readonly KeyFile[]): ReadonlyMap<string, KeyFile> {
  return new Map([...halves].reverse().map((half) => [fingerprintOf(half.publicKey), half]))
}
