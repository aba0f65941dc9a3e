import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { KeyImportProblem } from '../../../../shared/contract/errors.ts'
import type { KeyFileFacts } from '../../../../shared/contract/models.ts'
import { BIT_STRING, INTEGER, OCTET_STRING, SEQUENCE } from '../../../../shared/format/der.ts'
import { inside, octets, oidIn, readDer, integerIn, type DerView } from './der-view.ts'
import { refusalOf, rejectKeyFile } from './refuse.ts'
import { withEachSpelling, type Work } from './passphrase.ts'
import { decryptWithPassphrase } from './password-encryption.ts'
import { isPkcs12, openPkcs12 } from './pkcs12.ts'
import { checkPrivateNumbers, checkPublicNumbers } from './rsa-numbers.ts'

/** An RSA key, or its public half, that was read from a file. */
export interface KeyFile {
  readonly container: KeyFileFacts['container']
  readonly publicKey: KeyObject
  /** Null when the file holds only the public half. */
  readonly privateKey: KeyObject | null
}

/**
 * Object identifiers of RSA keys: for any use, for OAEP, for PSS, and the old one of X.509. They
 * say what the key was meant for; the numbers are the same. Source RFC 8017 appendix A, RFC 4055
 * §1.2.
 */
const RSA_KEYS: ReadonlySet<string> = new Set([
  '1.2.840.113549.1.1.1',
  '1.2.840.113549.1.1.7',
  '1.2.840.113549.1.1.10',
  '2.5.8.1.1',
])

/**
 * Reads the keys in a structure. The shape of the structure decides its kind, never a label.
 *
 * Errors  Failure 'key-import': not-a-key, not-rsa, too-large, needs-passphrase, wrong-passphrase.
 * Source  RFC 8017 appendix A.1 (PKCS#1), RFC 5958 (PKCS#8), RFC 5280 §4.1 (SPKI, certificate), RFC
 * 7292 (PKCS#12).
 */
export async function findHalves(
  structure: DerView,
  passphrase: string | null,
  work: Work,
): Promise<readonly KeyFile[]> {
  if (structure.tag !== SEQUENCE) rejectKeyFile('not-a-key')
  const parts = inside(structure)
  const [first, second, third] = parts
  if (isPkcs12(parts)) return pkcs12Halves(structure, passphrase, work)
  if (first?.tag === INTEGER && parts.every(({ tag }) => tag === INTEGER || tag === SEQUENCE))
    return [pkcs1(structure, parts)]
  if (first?.tag === INTEGER && second?.tag === SEQUENCE && third?.tag === OCTET_STRING)
    return [{ container: 'pkcs8', ...pkcs8(parts) }]
  // SEC 1, the plain form of an elliptic curve key.
  if (first?.tag === INTEGER && second?.tag === OCTET_STRING) rejectKeyFile('not-rsa')
  if (first?.tag === SEQUENCE && second?.tag === OCTET_STRING && parts.length === 2)
    return encryptedPkcs8(first, second, passphrase, work)
  if (first?.tag === SEQUENCE && second?.tag === BIT_STRING && parts.length === 2)
    return [{ container: 'spki', privateKey: null, publicKey: spki(parts) }]
  if (first?.tag === SEQUENCE && second?.tag === SEQUENCE && third?.tag === BIT_STRING)
    return [certificate(first)]
  return rejectKeyFile('not-a-key')
}

function pkcs1(structure: DerView, parts: readonly DerView[]): KeyFile {
  const integers = parts.filter(({ tag }) => tag === INTEGER)
  if (integers.length === 2)
    return { container: 'pkcs1-public', privateKey: null, publicKey: publicFrom(structure) }
  // Version, p, q, g, y, x: the plain form of a DSA key.
  if (integers.length === 6) rejectKeyFile('not-rsa')
  return { container: 'pkcs1', ...privateFrom(structure) }
}

function pkcs8([, algorithm, key]: readonly DerView[]): Pair {
  assertRsa(algorithm)
  return privateFrom(readDer(octets(key)))
}

async function encryptedPkcs8(
  algorithm: DerView,
  sealed: DerView,
  passphrase: string | null,
  work: Work,
): Promise<readonly KeyFile[]> {
  if (!oidIn(inside(algorithm)[0]).startsWith('1.2.840.113549.1.')) rejectKeyFile('not-a-key')
  return withEachSpelling(passphrase, async (spelling, secret) =>
    halvesWithin(
      await decryptWithPassphrase(algorithm, octets(sealed), secret, work, spelling),
      'encrypted-pkcs8',
      work,
    ),
  )
}

/** Reads the keys in bytes that were decrypted or rewritten before, and wipes the bytes. */
export async function halvesWithin(
  plain: Uint8Array,
  container: KeyFile['container'],
  work: Work,
): Promise<readonly KeyFile[]> {
  try {
    const halves = await findHalves(sequenceIn(plain), null, work)
    return halves.map((half) => ({ ...half, container }))
  } finally {
    plain.fill(0)
  }
}

/**
 * Reads the structure that a passphrase decrypted. The padding fits a wrong passphrase now and
 * then; a whole structure does not.
 */
function sequenceIn(plain: Uint8Array): DerView {
  try {
    const structure = readDer(plain)
    if (structure.tag === SEQUENCE && structure.whole.length === plain.length) return structure
  } catch {
    // The passphrase is wrong, as below.
  }
  return rejectKeyFile('wrong-passphrase')
}

function certificate(signed: DerView): KeyFile {
  const fields = inside(signed)
  // The fields: version (optional), serial, signature, issuer, validity, subject, key.
  const key = fields[fields[0]?.tag === 0xa0 ? 6 : 5]
  if (key === undefined) rejectKeyFile('not-a-key')
  return { container: 'certificate', privateKey: null, publicKey: spki(inside(key)) }
}

function spki([algorithm, key]: readonly DerView[]): KeyObject {
  assertRsa(algorithm)
  if (key?.tag !== BIT_STRING || key.body[0] !== 0) rejectKeyFile('not-a-key')
  return publicFrom(readDer(key.body.subarray(1)))
}

async function pkcs12Halves(
  structure: DerView,
  passphrase: string | null,
  work: Work,
): Promise<readonly KeyFile[]> {
  const { privateKeys, certificates } = await openPkcs12(structure, passphrase, work)
  try {
    const halves = [
      ...privateKeys.map((key) =>
        nullUnlessRsa(() => ({ container: 'pkcs12', ...pkcs8(inside(readDer(key))) })),
      ),
      ...certificates.map((one) => nullUnlessRsa(() => certificateInBag(one))),
    ]
    const found = halves.filter((half) => half !== null)
    return found.length > 0 ? found : rejectKeyFile(halves.length > 0 ? 'not-rsa' : 'not-a-key')
  } finally {
    for (const key of privateKeys) key.fill(0)
  }
}

function certificateInBag(one: DerView): KeyFile {
  const [signed] = inside(one)
  return signed === undefined
    ? rejectKeyFile('not-a-key')
    : { ...certificate(signed), container: 'pkcs12' }
}

/** Returns null for keys and certificates of another kind, which may stand beside an RSA key. */
function nullUnlessRsa(read: () => KeyFile): KeyFile | null {
  try {
    return read()
  } catch (cause) {
    if (refusalOf(cause) === 'not-rsa') return null
    throw cause
  }
}

function assertRsa(algorithm: DerView | undefined): void {
  const oid = algorithm?.tag === SEQUENCE ? oidIn(inside(algorithm)[0]) : ''
  if (oid === '') rejectKeyFile('not-a-key')
  if (!RSA_KEYS.has(oid)) rejectKeyFile('not-rsa')
}

type Pair = Pick<KeyFile, 'publicKey' | 'privateKey'>

function privateFrom(structure: DerView): Pair {
  const numbers = inside(structure)
  checkPrivateNumbers(numbers)
  const copy = Buffer.from(structure.whole)
  try {
    // Electron's BoringSSL supports two primes only, Node's OpenSSL up to five.
    return loadOrRefuse(integerIn(numbers[0]) === 0 ? 'not-a-key' : 'many-primes', () => {
      const privateKey = createPrivateKey({ key: copy, format: 'der', type: 'pkcs1' })
      return { privateKey, publicKey: createPublicKey(privateKey) }
    })
  } finally {
    copy.fill(0)
  }
}

function publicFrom(structure: DerView): KeyObject {
  checkPublicNumbers(inside(structure))
  return loadOrRefuse('not-a-key', () =>
    createPublicKey({ key: Buffer.from(structure.whole), format: 'der', type: 'pkcs1' }),
  )
}

function loadOrRefuse<T>(problem: KeyImportProblem, load: () => T): T {
  try {
    return load()
  } catch {
    return rejectKeyFile(problem)
  }
}
