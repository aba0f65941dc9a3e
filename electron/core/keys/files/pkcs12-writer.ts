import { createHmac, randomBytes } from 'node:crypto'
import {
  der,
  derInteger,
  derNull,
  derOid,
  OCTET_STRING,
  SEQUENCE,
} from '../../../../shared/format/der.ts'
import { allowedWork } from './passphrase.ts'
import { pkcs12Key } from './pkcs12-key.ts'

const DATA = '1.2.840.113549.1.7.1'
const SHROUDED_KEY = '1.2.840.113549.1.12.10.1.2'
const SHA256 = '2.16.840.1.101.3.4.2.1'
const EXPLICIT_0 = 0xa0
/**
 * Rounds of the integrity check. A guess at the passphrase costs these, or those of the encryption,
 * whichever are fewer.
 */
const MAC_ROUNDS = 600_000

/**
 * Writes a PKCS#12 file that holds one encrypted key and no certificate. The integrity check is
 * HMAC-SHA-256 under the passphrase. `encrypted`: EncryptedPrivateKeyInfo in DER, under the same
 * passphrase. Source  RFC 7292 sections 4 and 5.
 */
export async function writePkcs12(encrypted: Uint8Array, passphrase: string): Promise<Buffer> {
  const bag = der(SEQUENCE, derOid(SHROUDED_KEY), der(EXPLICIT_0, encrypted))
  const bags = der(SEQUENCE, bag)
  const contents = der(SEQUENCE, dataOf(bags))
  const salt = randomBytes(16)
  const key = await pkcs12Key('sha256', passphrase, salt, MAC_ROUNDS, 'mac', 32, allowedWork())
  const sum = createHmac('sha256', key).update(contents).digest()
  key.fill(0)
  const digest = der(SEQUENCE, der(SEQUENCE, derOid(SHA256), derNull()), der(OCTET_STRING, sum))
  const check = der(SEQUENCE, digest, der(OCTET_STRING, salt), derInteger(MAC_ROUNDS))
  return Buffer.from(der(SEQUENCE, derInteger(3), dataOf(contents), check))
}

const dataOf = (content: Uint8Array): Uint8Array =>
  der(SEQUENCE, derOid(DATA), der(EXPLICIT_0, der(OCTET_STRING, content)))
