import { der, derInteger, INTEGER, SEQUENCE } from '../../../../shared/format/der.ts'
import { rejectKeyFile } from './refuse.ts'
import { MAX_NUMBER_BYTES } from './rsa-numbers.ts'

const MAGIC = 'openssh-key-v1\0'
/** An unencrypted private part is padded to a multiple of this many bytes. */
const BLOCK_BYTES = 8

/** Tells whether these bytes are a private key of ssh-keygen. */
export function isOpenSshKey(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, MAGIC.length)).equals(Buffer.from(MAGIC))
}

/**
 * Turns the private key of an OpenSSH file into PKCS#1 DER. The caller wipes the answer. Files with
 * a passphrase are recognised and not decrypted: no maintained library has their bcrypt_pbkdf, and
 * ssh-keygen itself converts them to PEM.
 *
 * Errors  Failure 'key-import': not-a-key, not-rsa, halves-differ, too-large, openssh-closed.
 * Source  OpenSSH's PROTOCOL.key, RFC 4251 §5 (string, mpint), RFC 4253 §6.6 (ssh-rsa), RFC 8017
 * appendix A.1.2.
 */
export function pkcs1OfOpenSsh(bytes: Uint8Array): Uint8Array {
  const file = reader(bytes.subarray(MAGIC.length))
  const [cipher, kdf] = [file.text(), file.text()]
  file.string()
  if (file.number() !== 1) rejectKeyFile('not-a-key')
  const { modulus, exponent } = publicNumbers(file.string())
  const secret = file.string()
  if (file.left() > 0) rejectKeyFile('not-a-key')
  if (cipher !== 'none') rejectKeyFile('openssh-closed')
  if (kdf !== 'none' || secret.length % BLOCK_BYTES !== 0) rejectKeyFile('not-a-key')
  return pkcs1OfSecret(secret, modulus, exponent)
}

function pkcs1OfSecret(secret: Uint8Array, modulus: Uint8Array, exponent: Uint8Array): Uint8Array {
  const part = reader(secret)
  const [check, again] = [part.number(), part.number()]
  if (check !== again || part.text() !== 'ssh-rsa') rejectKeyFile('not-a-key')
  const [n, e, d, inverse, p, q] = [
    part.mpint(),
    part.mpint(),
    part.mpint(),
    part.mpint(),
    part.mpint(),
    part.mpint(),
  ]
  part.string()
  if (part.left() >= BLOCK_BYTES || !part.rest().every((byte, i) => byte === i + 1))
    rejectKeyFile('not-a-key')
  if (!Buffer.from(n).equals(modulus) || !Buffer.from(e).equals(exponent))
    rejectKeyFile('halves-differ')
  const [first, second] = [remainder(d, p), remainder(d, q)]
  const numbers = [n, e, d, p, q, first, second, inverse].map((body) => der(INTEGER, body))
  try {
    return der(SEQUENCE, derInteger(0), ...numbers)
  } finally {
    for (const copy of [first, second, ...numbers]) copy.fill(0)
  }
}

/**
 * Turns a line of `id_rsa.pub` into a public key in PKCS#1 DER, and returns null for any other
 * text.
 * Errors  Failure 'key-import': not-a-key, not-rsa, too-large.
 * Source  sshd(8), "AUTHORIZED_KEYS FILE FORMAT", without options.
 */
export function pkcs1OfSshLine(text: string): Uint8Array | null {
  const base64 =
    /^(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[\w@.-]+[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t][^\r\n]*)?$/.exec(
      text.trim(),
    )?.[1]
  if (base64 === undefined) return null
  const { modulus, exponent } = publicNumbers(Buffer.from(base64, 'base64'))
  return der(SEQUENCE, der(INTEGER, modulus), der(INTEGER, exponent))
}

function publicNumbers(bytes: Uint8Array): {
  readonly modulus: Uint8Array
  readonly exponent: Uint8Array
} {
  const part = reader(bytes)
  const kind = part.text()
  if (kind !== 'ssh-rsa') rejectKeyFile(/^[\w@.-]+$/.test(kind) ? 'not-rsa' : 'not-a-key')
  const [exponent, modulus] = [part.mpint(), part.mpint()]
  return part.left() === 0 ? { modulus, exponent } : rejectKeyFile('not-a-key')
}

/**
 * Computes the private exponent modulo prime - 1, as the content of an INTEGER. PKCS#1 holds this
 * number and OpenSSH leaves it out.
 */
function remainder(exponent: Uint8Array, prime: Uint8Array): Uint8Array {
  const [d, p] = [exponent, prime].map((bytes) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
  if (d === undefined || p === undefined || p < 3n) rejectKeyFile('not-a-key')
  const hex = (d % (p - 1n)).toString(16)
  const whole = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return (whole[0] ?? 0) < 0x80 ? whole : Buffer.concat([Buffer.of(0), whole])
}

/** Reads the types of RFC 4251 one after another. The answers are views, not copies. */
function reader(bytes: Uint8Array) {
  let at = 0
  const number = (): number => {
    if (bytes.length - at < 4) rejectKeyFile('not-a-key')
    at += 4
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUInt32BE(at - 4)
  }
  const string = (): Uint8Array => {
    const length = number()
    if (bytes.length - at < length) rejectKeyFile('not-a-key')
    at += length
    return bytes.subarray(at - length, at)
  }
  return {
    number,
    string,
    text: (): string => Buffer.from(string()).toString('latin1'),
    /** A positive number. It has the same bytes as the content of an INTEGER. */
    mpint(): Uint8Array {
      const value = string()
      if (value.length > MAX_NUMBER_BYTES) rejectKeyFile('too-large')
      return value.length > 0 && (value[0] ?? 0) < 0x80 ? value : rejectKeyFile('not-a-key')
    },
    left: (): number => bytes.length - at,
    rest: (): Uint8Array => bytes.subarray(at),
  }
}
