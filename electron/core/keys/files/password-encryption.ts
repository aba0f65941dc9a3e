import { createCipheriv, createHash, pbkdf2, randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import {
  der,
  derInteger,
  derNull,
  derOid,
  OCTET_STRING,
  SEQUENCE,
} from '../../../../shared/format/der.ts'
import { cbcDecrypted, gcmDecrypted, rc2Decrypted } from './ciphers.ts'
import { inside, integerIn, octets, oidIn, type DerView } from './der-view.ts'
import type { Spelling, Work } from './passphrase.ts'
import { pkcs12Key } from './pkcs12-key.ts'
import { rejectKeyFile } from './refuse.ts'

const pbkdf2Async = promisify(pbkdf2)
const scryptAsync = promisify<Buffer, Buffer, number, object, Buffer>(scrypt)

const PBES2 = '1.2.840.113549.1.5.13'
const PBKDF2 = '1.2.840.113549.1.5.12'
const SCRYPT = '1.3.6.1.4.1.11591.4.11'
const HMAC_SHA256 = '1.2.840.113549.2.9'
const AES_256_CBC = '2.16.840.1.101.3.4.1.42'

const HMACS: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  [HMAC_SHA256]: 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
}
const CIPHERS: Readonly<Record<string, readonly [name: string, keyBytes: number]>> = {
  '2.16.840.1.101.3.4.1.2': ['aes-128-cbc', 16],
  '2.16.840.1.101.3.4.1.22': ['aes-192-cbc', 24],
  [AES_256_CBC]: ['aes-256-cbc', 32],
  '1.2.840.113549.3.7': ['des-ede3-cbc', 24],
  '1.3.14.3.2.7': ['des-cbc', 8],
  // Only PyCryptodome writes these. The parameter is the bare nonce, and the tag follows the
  // ciphertext.
  '2.16.840.1.101.3.4.1.6': ['aes-128-gcm', 16],
  '2.16.840.1.101.3.4.1.26': ['aes-192-gcm', 24],
  '2.16.840.1.101.3.4.1.46': ['aes-256-gcm', 32],
}
/**
 * PBES1 of PKCS#5: the hash, and the cipher. The first 8 of the hash's bytes are the cipher's key,
 * the next 8 its initial vector.
 */
const PBES1: Readonly<Record<string, readonly [hash: string, cipher: 'des' | 'rc2']>> = {
  '1.2.840.113549.1.5.3': ['md5', 'des'],
  '1.2.840.113549.1.5.6': ['md5', 'rc2'],
  '1.2.840.113549.1.5.10': ['sha1', 'des'],
  '1.2.840.113549.1.5.11': ['sha1', 'rc2'],
}
/** The schemes of PKCS#12: cipher and bytes of its key. All of them hash with SHA-1. */
const PKCS12: Readonly<Record<string, readonly [cipher: 'des3' | 'rc2', keyBytes: number]>> = {
  '1.2.840.113549.1.12.1.3': ['des3', 24],
  '1.2.840.113549.1.12.1.4': ['des3', 16],
  '1.2.840.113549.1.12.1.5': ['rc2', 16],
  '1.2.840.113549.1.12.1.6': ['rc2', 5],
}

/**
 * Decrypts bytes that an AlgorithmIdentifier with a passphrase describes: PBES2, PBES1 and the
 * schemes of PKCS#12. OpenSSL is not asked, because each version of it knows fewer schemes, and
 * because it does as many rounds as a file demands. The caller wipes the answer.
 *
 * `passphrase`: null for no passphrase, which PKCS#12 distinguishes from an empty one. `work`: the
 * rounds that this file may still cost. `spelling` does not apply to the schemes of PKCS#12, which
 * have one of their own.
 * Errors  Failure 'key-import': not-a-key for an unknown scheme, wrong-passphrase, too-large for
 * more rounds than `work` has left.
 * Source  RFC 8018 §6, RFC 7292 appendices B and C, RFC 7914 §7.
 */
export async function decryptWithPassphrase(
  algorithm: DerView,
  bytes: Uint8Array,
  passphrase: string | null,
  work: Work,
  spelling: Spelling = 'utf8',
): Promise<Uint8Array> {
  const [scheme, parameters] = inside(algorithm)
  const oid = oidIn(scheme)
  if (oid === PBES2)
    return decryptPbes2(parameters, bytes, Buffer.from(passphrase ?? '', spelling), work)
  const [salt, rounds] = parameters === undefined ? [] : inside(parameters)
  const old = PBES1[oid]
  if (old !== undefined)
    return decryptPbes1(
      old,
      octets(salt),
      integerIn(rounds),
      bytes,
      Buffer.from(passphrase ?? '', spelling),
      work,
    )
  const own = PKCS12[oid]
  if (own !== undefined)
    return decryptPkcs12Scheme(own, octets(salt), integerIn(rounds), bytes, passphrase, work)
  return rejectKeyFile('not-a-key')
}

async function decryptPbes2(
  parameters: DerView | undefined,
  bytes: Uint8Array,
  passphrase: Buffer,
  work: Work,
): Promise<Uint8Array> {
  const [derivation, encryption] = parameters === undefined ? [] : inside(parameters)
  if (derivation === undefined || encryption === undefined) rejectKeyFile('not-a-key')
  const [cipher, iv] = inside(encryption)
  const known = CIPHERS[oidIn(cipher)] ?? rejectKeyFile('not-a-key')
  const key = await deriveKey(derivation, passphrase, known[1], work)
  try {
    return known[0].endsWith('gcm')
      ? gcmDecrypted(known[0], key, octets(iv), bytes)
      : cbcDecrypted(known[0], key, octets(iv), bytes)
  } finally {
    key.fill(0)
  }
}

async function deriveKey(
  derivation: DerView,
  secret: Buffer,
  length: number,
  work: Work,
): Promise<Buffer> {
  const [method, parameters] = inside(derivation)
  if (parameters === undefined) rejectKeyFile('not-a-key')
  const [salt, ...rest] = inside(parameters)
  if (oidIn(method) === SCRYPT) {
    const [N, r, p] = rest.slice(0, 3).map(integerIn)
    if (
      N === undefined ||
      r === undefined ||
      p === undefined ||
      N < 2 ||
      (N & (N - 1)) !== 0 ||
      r < 1 ||
      p < 1
    )
      rejectKeyFile('not-a-key')
    work.spend(N * r * p * 2)
    return scryptAsync(secret, Buffer.from(octets(salt)), length, {
      N,
      r,
      p,
      maxmem: 256 * N * r + 256 * r * p,
    })
  }
  if (oidIn(method) !== PBKDF2) rejectKeyFile('not-a-key')
  const rounds = integerIn(rest[0])
  const prf = rest.find((part) => part.tag === SEQUENCE)
  const hash =
    prf === undefined ? 'sha1' : (HMACS[oidIn(inside(prf)[0])] ?? rejectKeyFile('not-a-key'))
  if (rounds < 1) rejectKeyFile('not-a-key')
  work.spend(rounds * 2)
  return pbkdf2Async(secret, octets(salt), rounds, length, hash)
}

async function decryptPbes1(
  [hash, cipher]: readonly [string, 'des' | 'rc2'],
  salt: Uint8Array,
  rounds: number,
  bytes: Uint8Array,
  passphrase: Buffer,
  work: Work,
): Promise<Uint8Array> {
  work.spend(rounds)
  let digest = createHash(hash).update(passphrase).update(salt).digest()
  for (let round = 1; round < rounds; round++) digest = createHash(hash).update(digest).digest()
  const [key, iv] = [digest.subarray(0, 8), digest.subarray(8, 16)]
  if (cipher === 'des') return cbcDecrypted('des-cbc', key, iv, bytes)
  return rc2Decrypted(key, 64, iv, bytes)
}

async function decryptPkcs12Scheme(
  [cipher, keyBytes]: readonly ['des3' | 'rc2', number],
  salt: Uint8Array,
  rounds: number,
  bytes: Uint8Array,
  passphrase: string | null,
  work: Work,
): Promise<Uint8Array> {
  const key = await pkcs12Key('sha1', passphrase, salt, rounds, 'key', keyBytes, work)
  const iv = await pkcs12Key('sha1', passphrase, salt, rounds, 'iv', 8, work)
  if (cipher === 'rc2') return rc2Decrypted(key, keyBytes * 8, iv, bytes)
  // 3DES with two keys uses the first key again as the third.
  return cbcDecrypted(
    'des-ede3-cbc',
    Buffer.concat([key, key.subarray(0, 24 - keyBytes)]),
    iv,
    bytes,
  )
}

/** Node's name and the bytes of the key of the ciphers in encrypted PEM blocks. */
const BLOCK_CIPHERS: Readonly<Record<string, readonly [name: string, keyBytes: number]>> = {
  'DES-CBC': ['des-cbc', 8],
  'DES-EDE3-CBC': ['des-ede3-cbc', 24],
  'AES-128-CBC': ['aes-128-cbc', 16],
  'AES-192-CBC': ['aes-192-cbc', 24],
  'AES-256-CBC': ['aes-256-cbc', 32],
}

/**
 * Decrypts a PEM block that has a DEK-Info header. `encryption`: the value of that header. The key
 * is one round of MD5, chained over passphrase and salt; the salt is the first 8 bytes of the
 * initial vector. The caller wipes the answer.
 *
 * Errors  Failure 'key-import': not-a-key, wrong-passphrase.
 * Source  OpenSSL's EVP_BytesToKey(3) and PEM_read_bio_PrivateKey(3), "PEM encryption format".
 */
export function decryptPemBlock(
  encryption: string,
  bytes: Uint8Array,
  passphrase: string,
  spelling: Spelling,
): Uint8Array {
  const [cipher = '', hex = ''] = encryption.split(',').map((part) => part.trim())
  const known = BLOCK_CIPHERS[cipher.toUpperCase()]
  const iv = Buffer.from(hex, 'hex')
  if (known === undefined || iv.length * 2 !== hex.length || iv.length < 8)
    rejectKeyFile('not-a-key')
  const [name, keyBytes] = known
  const key = chainedMd5(Buffer.from(passphrase, spelling), iv.subarray(0, 8), keyBytes)
  try {
    return cbcDecrypted(name, key, iv, bytes)
  } finally {
    key.fill(0)
  }
}

function chainedMd5(passphrase: Buffer, salt: Buffer, length: number): Buffer {
  let digest = Buffer.alloc(0)
  let key = Buffer.alloc(0)
  while (key.length < length) {
    digest = createHash('md5').update(digest).update(passphrase).update(salt).digest()
    key = Buffer.concat([key, digest])
  }
  return key.subarray(0, length)
}

/**
 * Encrypts a PKCS#8 key with a passphrase, and returns EncryptedPrivateKeyInfo in DER: PBES2,
 * PBKDF2 with HMAC-SHA256, AES-256-CBC. `openssl pkey` opens it. `rounds`: of PBKDF2.
 */
export async function encryptWithPassphrase(
  pkcs8: Uint8Array,
  passphrase: string,
  rounds: number,
): Promise<Buffer> {
  const [salt, iv] = [randomBytes(16), randomBytes(16)]
  const key = await pbkdf2Async(Buffer.from(passphrase), salt, rounds, 32, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const sealed = Buffer.concat([cipher.update(pkcs8), cipher.final()])
  key.fill(0)
  const prf = der(SEQUENCE, derOid(HMAC_SHA256), derNull())
  const derivation = der(
    SEQUENCE,
    derOid(PBKDF2),
    der(SEQUENCE, der(OCTET_STRING, salt), derInteger(rounds), prf),
  )
  const encryption = der(SEQUENCE, derOid(AES_256_CBC), der(OCTET_STRING, iv))
  return Buffer.from(
    der(
      SEQUENCE,
      der(SEQUENCE, derOid(PBES2), der(SEQUENCE, derivation, encryption)),
      der(OCTET_STRING, sealed),
    ),
  )
}
