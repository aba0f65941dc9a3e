import { createHmac, timingSafeEqual } from 'node:crypto'
import { INTEGER, SEQUENCE } from '../../../../shared/format/der.ts'
import { inside, octets, oidIn, readDer, integerIn, type DerView } from './der-view.ts'
import { rejectKeyFile } from './refuse.ts'
import type { Work } from './passphrase.ts'
import { decryptWithPassphrase } from './password-encryption.ts'
import { pkcs12Key } from './pkcs12-key.ts'

const DATA = '1.2.840.113549.1.7.1'
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6'
const BAG = '1.2.840.113549.1.12.10.1.'
const EXPLICIT_0 = 0xa0
const IMPLICIT_0 = 0x80
const MAX_BAGS = 64

/**
 * Hashes of the integrity check, by OID: name, and bytes of the sum. A check of another kind, such
 * as PBMAC1, is left out, because decryption finds a wrong passphrase too.
 */
const HASHES: Readonly<Record<string, readonly [name: string, bytes: number]>> = {
  '1.3.14.3.2.26': ['sha1', 20],
  '2.16.840.1.101.3.4.2.4': ['sha224', 28],
  '2.16.840.1.101.3.4.2.1': ['sha256', 32],
  '2.16.840.1.101.3.4.2.2': ['sha384', 48],
  '2.16.840.1.101.3.4.2.3': ['sha512', 64],
}

/** Tells whether these elements are a PFX: version 3, then content that names its type. */
export function isPkcs12([version, content]: readonly DerView[]): boolean {
  return (
    version?.tag === INTEGER &&
    content?.tag === SEQUENCE &&
    oidIn(inside(content)[0]).startsWith('1.2.840.113549.1.7.') &&
    integerIn(version) === 3
  )
}

/** The contents of a PKCS#12 file that a master key can be made of. */
export interface Pkcs12Contents {
  /** PKCS#8 DER of each private key; the caller wipes them. */
  readonly privateKeys: readonly Uint8Array[]
  readonly certificates: readonly DerView[]
}

/**
 * Reads the private keys and certificates of a PKCS#12 file. It does not use node-forge. A file
 * names the rounds of its passphrase, and node-forge does them all at once, in JavaScript.
 *
 * `passphrase`: null for none. Some files are written so.
 * Errors  Failure 'key-import': needs-passphrase, wrong-passphrase, too-large, not-a-key.
 * Source  RFC 7292 §4 and §5.
 */
export async function openPkcs12(
  file: DerView,
  passphrase: string | null,
  work: Work,
): Promise<Pkcs12Contents> {
  const [, content, mac] = inside(file)
  const safe = content === undefined ? [] : inside(content)
  // A file that is protected by a signature instead of a passphrase needs its owner's certificate.
  // Such files are not passed around.
  if (oidIn(safe[0]) !== DATA) rejectKeyFile('not-a-key')
  const bytes = octets(explicit(safe[1]))
  const secret =
    mac === undefined ? (passphrase ?? '') : await checkedPassphrase(mac, bytes, passphrase, work)
  const decrypt = async (
    algorithm: DerView | undefined,
    sealed: Uint8Array,
  ): Promise<Uint8Array> => {
    if (algorithm === undefined) rejectKeyFile('not-a-key')
    try {
      const plain = await decryptWithPassphrase(algorithm, sealed, secret, work)
      readDer(plain)
      return plain
    } catch (cause) {
      if (passphrase === null) rejectKeyFile('needs-passphrase')
      throw cause
    }
  }
  const bags: DerView[] = []
  const parts = inside(readDer(bytes))
  if (parts.length > MAX_BAGS) rejectKeyFile('too-large')
  for (const part of parts) bags.push(...(await bagsOf(part, decrypt)))
  return contentsOf(bags, decrypt)
}

type Decrypt = (algorithm: DerView | undefined, sealed: Uint8Array) => Promise<Uint8Array>

async function bagsOf(part: DerView, decrypt: Decrypt): Promise<readonly DerView[]> {
  const [type, value] = inside(part)
  if (oidIn(type) === DATA) return inside(readDer(octets(explicit(value))))
  if (oidIn(type) !== ENCRYPTED_DATA) return []
  const [, encrypted] = inside(explicit(value))
  const [, algorithm, sealed] = encrypted === undefined ? [] : inside(encrypted)
  return inside(readDer(await decrypt(algorithm, octets(sealed, IMPLICIT_0))))
}

async function contentsOf(bags: readonly DerView[], decrypt: Decrypt): Promise<Pkcs12Contents> {
  const privateKeys: Uint8Array[] = []
  const certificates: DerView[] = []
  if (bags.length > MAX_BAGS) rejectKeyFile('too-large')
  for (const bag of bags) {
    const [type, wrapper] = inside(bag)
    const value = explicit(wrapper)
    switch (oidIn(type)) {
      case `${BAG}1`:
        privateKeys.push(Uint8Array.from(value.whole))
        break
      case `${BAG}2`: {
        const [algorithm, sealed] = inside(value)
        privateKeys.push(await decrypt(algorithm, octets(sealed)))
        break
      }
      case `${BAG}3`:
        certificates.push(readDer(octets(explicit(inside(value)[1]))))
        break
      default:
        // Revocation lists, secrets and nested bags hold no part of a master key.
        break
    }
  }
  return { privateKeys, certificates }
}

/**
 * Returns the passphrase that fits the integrity check. A file without a passphrase is written in
 * two ways: with an empty text, and with null.
 */
async function checkedPassphrase(
  mac: DerView,
  bytes: Uint8Array,
  passphrase: string | null,
  work: Work,
): Promise<string | null> {
  const [digestInfo, salt, rounds] = inside(mac)
  const [algorithm, expected] = digestInfo === undefined ? [] : inside(digestInfo)
  const hash = algorithm === undefined ? undefined : HASHES[oidIn(inside(algorithm)[0])]
  if (hash === undefined) return passphrase ?? ''
  const [name, length] = hash
  const sum = octets(expected)
  // The key of the check is as long as its sum. A longer sum would only cost more rounds.
  if (sum.length !== length) rejectKeyFile('not-a-key')
  for (const secret of passphrase === null ? ['', null] : [passphrase]) {
    const key = await pkcs12Key(
      name,
      secret,
      octets(salt),
      rounds === undefined ? 1 : integerIn(rounds),
      'mac',
      length,
      work,
    )
    if (timingSafeEqual(createHmac(name, key).update(bytes).digest(), sum)) return secret
  }
  return rejectKeyFile(passphrase === null ? 'needs-passphrase' : 'wrong-passphrase')
}

function explicit(wrapper: DerView | undefined): DerView {
  const [value] = wrapper?.tag === EXPLICIT_0 ? inside(wrapper) : []
  return value ?? rejectKeyFile('not-a-key')
}
