import { createHmac, timingSafeEqual } from 'node:crypto'
import { INTEGER, SEQUENCE } from '../../../../shared/format/der.ts'
import { inside, octets, oidText, readDer, refuse, smallInteger, type Der } from './der.ts'
import { openWithPassphrase } from './password-encryption.ts'
import { pkcs12Key, type Work } from './pkcs12-key.ts'

const DATA = '1.2.840.113549.1.7.1'
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6'
const BAG = '1.2.840.113549.1.12.10.1.'
const EXPLICIT_0 = 0xa0
const IMPLICIT_0 = 0x80
const MAX_BAGS = 64

/**
 * Hashes of the integrity check, by OID. A check we do not know (PBMAC1) is left out: decryption
 * tells a wrong passphrase too.
 */
const HASHES: Readonly<Record<string, readonly [name: string, bytes: number]>> = {
  '1.3.14.3.2.26': ['sha1', 20],
  '2.16.840.1.101.3.4.2.4': ['sha224', 28],
  '2.16.840.1.101.3.4.2.1': ['sha256', 32],
  '2.16.840.1.101.3.4.2.2': ['sha384', 48],
  '2.16.840.1.101.3.4.2.3': ['sha512', 64],
}

/** Is this a PFX: version 3, then content that says what it is? */
export function isPkcs12([version, content]: readonly Der[]): boolean {
  return (
    version?.tag === INTEGER &&
    content?.tag === SEQUENCE &&
    oidText(inside(content)[0]).startsWith('1.2.840.113549.1.7.') &&
    smallInteger(version) === 3
  )
}

export interface Bags {
  /** PKCS#8 DER of each private key; the caller wipes them. */
  readonly privateKeys: readonly Uint8Array[]
  readonly certificates: readonly Der[]
}

/**
 * The private keys and certificates of a PKCS#12 file. Read here and not by node-forge, because a
 * file says how many rounds its passphrase takes, and node-forge does them all, in JavaScript, at
 * once.
 *
 * Shape  `passphrase` null: tried without one, as files that protect nothing are written.
 * Errors Failure 'key-import': needs-passphrase, wrong-passphrase, too-large, not-a-key.
 * Source RFC 7292 §4 and §5.
 */
export async function openPkcs12(file: Der, passphrase: string | null, work: Work): Promise<Bags> {
  const [, content, mac] = inside(file)
  const safe = content === undefined ? [] : inside(content)
  // Signed files are not protected by a passphrase but by somebody's certificate; nobody hands
  // those out.
  if (oidText(safe[0]) !== DATA) refuse('not-a-key')
  const bytes = octets(explicit(safe[1]))
  const secret =
    mac === undefined ? (passphrase ?? '') : await fittingSecret(mac, bytes, passphrase, work)
  const open = async (algorithm: Der | undefined, sealed: Uint8Array): Promise<Uint8Array> => {
    if (algorithm === undefined) refuse('not-a-key')
    try {
      const plain = await openWithPassphrase(algorithm, sealed, secret, work)
      readDer(plain)
      return plain
    } catch (cause) {
      if (passphrase === null) refuse('needs-passphrase')
      throw cause
    }
  }
  const bags: Der[] = []
  const parts = inside(readDer(bytes))
  if (parts.length > MAX_BAGS) refuse('too-large')
  for (const part of parts) bags.push(...(await bagsOf(part, open)))
  return sorted(bags, open)
}

type Open = (algorithm: Der | undefined, sealed: Uint8Array) => Promise<Uint8Array>

async function bagsOf(part: Der, open: Open): Promise<readonly Der[]> {
  const [type, value] = inside(part)
  if (oidText(type) === DATA) return inside(readDer(octets(explicit(value))))
  if (oidText(type) !== ENCRYPTED_DATA) return []
  const [, encrypted] = inside(explicit(value))
  const [, algorithm, sealed] = encrypted === undefined ? [] : inside(encrypted)
  return inside(readDer(await open(algorithm, octets(sealed, IMPLICIT_0))))
}

async function sorted(bags: readonly Der[], open: Open): Promise<Bags> {
  const privateKeys: Uint8Array[] = []
  const certificates: Der[] = []
  if (bags.length > MAX_BAGS) refuse('too-large')
  for (const bag of bags) {
    const [type, wrapper] = inside(bag)
    const value = explicit(wrapper)
    switch (oidText(type)) {
      case `${BAG}1`:
        privateKeys.push(Uint8Array.from(value.whole))
        break
      case `${BAG}2`: {
        const [algorithm, sealed] = inside(value)
        privateKeys.push(await open(algorithm, octets(sealed)))
        break
      }
      case `${BAG}3`:
        certificates.push(readDer(octets(explicit(inside(value)[1]))))
        break
      default:
        // Certificate revocation lists, secrets, nested bags: nothing a master key is made of.
        break
    }
  }
  return { privateKeys, certificates }
}

/**
 * The passphrase as the integrity check takes it: none at all is written in two ways, as an empty
 * text and as nothing.
 */
async function fittingSecret(
  mac: Der,
  bytes: Uint8Array,
  passphrase: string | null,
  work: Work,
): Promise<string | null> {
  const [digestInfo, salt, rounds] = inside(mac)
  const [algorithm, expected] = digestInfo === undefined ? [] : inside(digestInfo)
  const hash = algorithm === undefined ? undefined : HASHES[oidText(inside(algorithm)[0])]
  if (hash === undefined) return passphrase ?? ''
  const [name, length] = hash
  const sum = octets(expected)
  // The key of the check is as long as the check is: a longer one would only be work.
  if (sum.length !== length) refuse('not-a-key')
  for (const secret of passphrase === null ? ['', null] : [passphrase]) {
    const key = await pkcs12Key(
      name,
      secret,
      octets(salt),
      rounds === undefined ? 1 : smallInteger(rounds),
      'mac',
      length,
      work,
    )
    if (timingSafeEqual(createHmac(name, key).update(bytes).digest(), sum)) return secret
  }
  return refuse(passphrase === null ? 'needs-passphrase' : 'wrong-passphrase')
}

function explicit(wrapper: Der | undefined): Der {
  const [value] = wrapper?.tag === EXPLICIT_0 ? inside(wrapper) : []
  return value ?? refuse('not-a-key')
}
