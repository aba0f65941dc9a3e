import {
  createCipheriv,
  createDecipheriv,
  createHash,
  pbkdf2,
  randomBytes,
  scrypt,
} from 'node:crypto'
import { promisify } from 'node:util'
import {
  der,
  derInteger,
  derNull,
  derOid,
  OCTET_STRING,
  SEQUENCE,
} from '../../../../shared/format/der.ts'
import { inside, octets, oidText, refuse, smallInteger, type Der } from './der.ts'
import { cbcDecrypted } from './pem-text.ts'
import { pkcs12Key, type Work } from './pkcs12-key.ts'
import { rc2Cbc } from './rc2.ts'
import type { Spelling } from './passphrase-spelling.ts'

const pbkdf2Async = promisify(pbkdf2)
const scryptAsync = promisify<Buffer, Buffer, number, object, Buffer>(scrypt)

const PBES2 = '1.2.840.113549.1.5.13'
const PBKDF2 = '1.2.840.113549.1.5.12'
const SCRYPT = '1.3.6.1.4.1.11591.4.11'
const HMAC_SHA256 = '1.2.840.113549.2.9'
const AES_256_CBC = '2.16.840.1.101.3.4.1.42'
const TAG_BYTES = 16

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
  // Only PyCryptodome writes these, with the bare nonce as parameter and the tag behind the
  // ciphertext.
  '2.16.840.1.101.3.4.1.6': ['aes-128-gcm', 16],
  '2.16.840.1.101.3.4.1.26': ['aes-192-gcm', 24],
  '2.16.840.1.101.3.4.1.46': ['aes-256-gcm', 32],
}
/**
 * PKCS#5 version 1: hash, and the cipher that takes half of its 16 bytes as key and half as initial
 * vector.
 */
const PBES1: Readonly<Record<string, readonly [hash: string, cipher: 'des' | 'rc2']>> = {
  '1.2.840.113549.1.5.3': ['md5', 'des'],
  '1.2.840.113549.1.5.6': ['md5', 'rc2'],
  '1.2.840.113549.1.5.10': ['sha1', 'des'],
  '1.2.840.113549.1.5.11': ['sha1', 'rc2'],
}
/** PKCS#12's own: cipher and key bytes. All of them hash with SHA-1. */
const PKCS12: Readonly<Record<string, readonly [cipher: 'des3' | 'rc2', keyBytes: number]>> = {
  '1.2.840.113549.1.12.1.3': ['des3', 24],
  '1.2.840.113549.1.12.1.4': ['des3', 16],
  '1.2.840.113549.1.12.1.5': ['rc2', 16],
  '1.2.840.113549.1.12.1.6': ['rc2', 5],
}

/**
 * Opens what an AlgorithmIdentifier with a passphrase has closed: PBES2, PBES1 and the PKCS#12
 * schemes, without asking OpenSSL, which knows fewer of them in every version and does as many
 * rounds as a file demands.
 *
 * Shape  the caller wipes the answer. `passphrase` null: none at all, which PKCS#12 tells from an
 * empty one; its own schemes have a spelling of their own. `work`: the rounds this file may still
 * cost.
 * Errors Failure 'key-import': not-a-key for an unknown scheme, wrong-passphrase, too-large when it
 * asks for too much work.
 * Source RFC 8018 §6, RFC 7292 appendices B and C, RFC 7914 §7.
 */
export async function openWithPassphrase(
  algorithm: Der,
  bytes: Uint8Array,
  passphrase: string | null,
  work: Work,
  spelling: Spelling = 'utf8',
): Promise<Uint8Array> {
  const [scheme, parameters] = inside(algorithm)
  const oid = oidText(scheme)
  if (oid === PBES2)
    return openPbes2(parameters, bytes, Buffer.from(passphrase ?? '', spelling), work)
  const [salt, rounds] = parameters === undefined ? [] : inside(parameters)
  const old = PBES1[oid]
  if (old !== undefined)
    return openPbes1(
      old,
      octets(salt),
      smallInteger(rounds),
      bytes,
      Buffer.from(passphrase ?? '', spelling),
      work,
    )
  const own = PKCS12[oid]
  if (own !== undefined)
    return openPkcs12(own, octets(salt), smallInteger(rounds), bytes, passphrase, work)
  return refuse('not-a-key')
}

async function openPbes2(
  parameters: Der | undefined,
  bytes: Uint8Array,
  passphrase: Buffer,
  work: Work,
): Promise<Uint8Array> {
  const [derivation, encryption] = parameters === undefined ? [] : inside(parameters)
  if (derivation === undefined || encryption === undefined) refuse('not-a-key')
  const [cipher, iv] = inside(encryption)
  const known = CIPHERS[oidText(cipher)] ?? refuse('not-a-key')
  const key = await derived(derivation, passphrase, known[1], work)
  try {
    return known[0].endsWith('gcm')
      ? gcmDecrypted(known[0], key, octets(iv), bytes)
      : cbcDecrypted(known[0], key, octets(iv), bytes)
  } finally {
    key.fill(0)
  }
}

function gcmDecrypted(
  cipher: string,
  key: Uint8Array,
  nonce: Uint8Array,
  bytes: Uint8Array,
): Buffer {
  if (nonce.length === 0 || bytes.length < TAG_BYTES) refuse('not-a-key')
  const decipher = createDecipheriv(cipher as 'aes-256-gcm', key, nonce, {
    authTagLength: TAG_BYTES,
  }).setAuthTag(bytes.subarray(-TAG_BYTES))
  const plain = decipher.update(bytes.subarray(0, -TAG_BYTES))
  try {
    decipher.final()
    return plain
  } catch {
    plain.fill(0)
    return refuse('wrong-passphrase')
  }
}

async function derived(
  derivation: Der,
  secret: Buffer,
  length: number,
  work: Work,
): Promise<Buffer> {
  const [method, parameters] = inside(derivation)
  if (parameters === undefined) refuse('not-a-key')
  const [salt, ...rest] = inside(parameters)
  if (oidText(method) === SCRYPT) {
    const [N, r, p] = rest.slice(0, 3).map(smallInteger)
    if (
      N === undefined ||
      r === undefined ||
      p === undefined ||
      N < 2 ||
      (N & (N - 1)) !== 0 ||
      r < 1 ||
      p < 1
    )
      refuse('not-a-key')
    work.spend(N * r * p * 2)
    return scryptAsync(secret, Buffer.from(octets(salt)), length, {
      N,
      r,
      p,
      maxmem: 256 * N * r + 256 * r * p,
    })
  }
  if (oidText(method) !== PBKDF2) refuse('not-a-key')
  const rounds = smallInteger(rest[0])
  const prf = rest.find((part) => part.tag === SEQUENCE)
  const hash = prf === undefined ? 'sha1' : (HMACS[oidText(inside(prf)[0])] ?? refuse('not-a-key'))
  if (rounds < 1) refuse('not-a-key')
  work.spend(rounds * 2)
  return pbkdf2Async(secret, octets(salt), rounds, length, hash)
}

async function openPbes1(
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
  return (await rc2Cbc(key, 64, iv, bytes)) ?? refuse('wrong-passphrase')
}

async function openPkcs12(
  [cipher, keyBytes]: readonly ['des3' | 'rc2', number],
  salt: Uint8Array,
  rounds: number,
  bytes: Uint8Array,
  passphrase: string | null,
  work: Work,
): Promise<Uint8Array> {
  const key = await pkcs12Key('sha1', passphrase, salt, rounds, 'key', keyBytes, work)
  const iv = await pkcs12Key('sha1', passphrase, salt, rounds, 'iv', 8, work)
  if (cipher === 'rc2')
    return (await rc2Cbc(key, keyBytes * 8, iv, bytes)) ?? refuse('wrong-passphrase')
  // Two-key 3DES uses its first key again as the third.
  return cbcDecrypted(
    'des-ede3-cbc',
    Buffer.concat([key, key.subarray(0, 24 - keyBytes)]),
    iv,
    bytes,
  )
}

/**
 * Rounds for what we write: what OWASP's password storage sheet asks of PBKDF2 with HMAC-SHA256.
 */
const BACKUP_ROUNDS = 600_000

/**
 * EncryptedPrivateKeyInfo DER of a PKCS#8 key: PBES2, PBKDF2 with HMAC-SHA256, AES-256-CBC. What
 * `openssl pkey` opens.
 */
export async function closeWithPassphrase(pkcs8: Uint8Array, passphrase: string): Promise<Buffer> {
  const [salt, iv] = [randomBytes(16), randomBytes(16)]
  const key = await pbkdf2Async(Buffer.from(passphrase), salt, BACKUP_ROUNDS, 32, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const sealed = Buffer.concat([cipher.update(pkcs8), cipher.final()])
  key.fill(0)
  const prf = der(SEQUENCE, derOid(HMAC_SHA256), derNull())
  const derivation = der(
    SEQUENCE,
    derOid(PBKDF2),
    der(SEQUENCE, der(OCTET_STRING, salt), derInteger(BACKUP_ROUNDS), prf),
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
