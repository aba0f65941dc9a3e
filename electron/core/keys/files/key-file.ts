import {
  caught,
  fail,
  ok,
  type KeyImportProblem,
  type Result,
} from '../../../../shared/contract/errors.ts'
import { decodeText, withoutPrintMarks } from '../../../../shared/format/text-bytes.ts'
import { chooseKey } from './choose-key.ts'
import { isWholeDer, readDer } from './der-view.ts'
import { encodedIn } from './encoded-key.ts'
import { isJwk, pkcs1OfJwk, pkcs1OfXml } from './jwk-and-xml.ts'
import { jsonLeaves, plainKeyText } from './key-text.ts'
import { isOpenSshKey, pkcs1OfOpenSsh, pkcs1OfSshLine } from './openssh-key.ts'
import { allowedWork, withEachSpelling, type Work } from './passphrase.ts'
import { decryptPemBlock } from './password-encryption.ts'
import { pemBlocks, withoutBlocks, type PemBlock } from './pem-text.ts'
import { refusalOf, rejectKeyFile } from './refuse.ts'
import { findHalves, halvesWithin, type KeyFile } from './rsa-structures.ts'

const MAX_FILE_BYTES = 1024 * 1024
/** A key in base64 in JSON in base64, and so on. */
const MAX_NESTING = 4
/** The most texts of JSON that are searched for a key. */
const MAX_TEXTS = 32
/** Characters of the shortest text of JSON that can hold a key. */
const SHORTEST = 100

/** The passphrase that was given, and the work that the file may still cost. */
interface Opening {
  readonly passphrase: string | null
  readonly work: Work
}

/**
 * Reads the RSA key in a file of any common kind. Structures: PKCS#1, PKCS#8, encrypted PKCS#8,
 * SPKI, X.509 certificates, PKCS#12. Texts: encrypted PEM blocks, OpenSSH without a passphrase,
 * JWK, the XML and JSON of .NET. Public PEM blocks can be encrypted too, as oss2's LocalRsaProvider
 * writes them. PEM is read however it is laid out and labelled. Each kind is also read as
 * configuration files hold it. OpenSSL gets only plain structures, so it never asks for a
 * passphrase on the terminal.
 *
 * Errors  'key-import' with every {@link KeyImportProblem} but already-here. 'too-large' also means
 * that the file would cost too much work.
 */
export async function readKeyFile(
  bytes: Uint8Array,
  passphrase: string | null,
): Promise<Result<KeyFile>> {
  if (bytes.length > MAX_FILE_BYTES) return fail({ code: 'key-import', problem: 'too-large' })
  const opening = { passphrase: passphrase === '' ? null : passphrase, work: allowedWork() }
  try {
    return ok(await chooseKey(await halvesIn(bytes, opening, 0)))
  } catch (cause) {
    return caught(cause)
  }
}

/** Reads all halves of keys in a file, or in bytes that were found encoded in one. */
async function halvesIn(
  bytes: Uint8Array,
  opening: Opening,
  nesting: number,
): Promise<readonly KeyFile[]> {
  if (isOpenSshKey(bytes) || isWholeDer(bytes)) return halvesInDer(bytes, opening)
  const { text } = decodeText(bytes)
  try {
    return (await halvesInText(text, opening, nesting)) ?? (await halvesInDer(bytes, opening))
  } catch (cause) {
    const kind = refusalOf(cause) === 'not-a-key' ? unreadKind(bytes, text) : null
    return kind === null ? Promise.reject(cause as Error) : rejectKeyFile(kind)
  }
}

async function halvesInDer(
  bytes: Uint8Array,
  { passphrase, work }: Opening,
): Promise<readonly KeyFile[]> {
  return isOpenSshKey(bytes)
    ? halvesWithin(pkcs1OfOpenSsh(bytes), 'openssh', work)
    : findHalves(readDer(bytes), passphrase, work)
}

/**
 * Reads the halves in a text. Resolves with null when the text has no place that can hold a key.
 */
async function halvesInText(
  text: string,
  opening: Opening,
  nesting: number,
): Promise<readonly KeyFile[] | null> {
  const { work } = opening
  const plain = plainKeyText(withoutPrintMarks(text))
  const line = pkcs1OfSshLine(text) ?? pkcs1OfSshLine(plain)
  if (line !== null) return halvesWithin(line, 'openssh', work)
  const xml = pkcs1OfXml(text) ?? pkcs1OfXml(plain)
  if (xml !== null) return halvesWithin(xml, 'rsa-xml', work)

  const json = jsonLeaves(text)
  const mayNest = nesting < MAX_NESTING
  const nested = (inner: Buffer): Place => ({
    isPrivate: false,
    read: () => halvesIn(inner, opening, nesting + 1).finally(() => inner.fill(0)),
  })
  const places: readonly Place[] = [
    ...pemBlocks(plain).map((block) => ({
      isPrivate: block.label.includes('PRIVATE KEY'),
      read: () => halvesInBlock(block, opening),
    })),
    ...(json?.objects ?? []).filter(isJwk).map((jwk) => ({
      isPrivate: false,
      read: () => halvesWithin(pkcs1OfJwk(jwk), 'jwk', work),
    })),
    ...(mayNest ? encodedIn(withoutBlocks(plain), text).map(nested) : []),
  ]
  if (places.length > 0) return halvesInPlaces(places)
  const leaves = mayNest ? (json?.texts ?? []).filter(({ length }) => length >= SHORTEST) : []
  return leaves.length === 0
    ? null
    : halvesInPlaces(leaves.slice(0, MAX_TEXTS).map((leaf) => nested(Buffer.from(leaf))))
}

async function halvesInBlock(
  { bytes, encryption }: PemBlock,
  opening: Opening,
): Promise<readonly KeyFile[]> {
  if (encryption === null) return halvesInDer(bytes, opening)
  return withEachSpelling(opening.passphrase, (spelling, secret) =>
    halvesWithin(
      decryptPemBlock(encryption, bytes, secret, spelling),
      'legacy-encrypted',
      opening.work,
    ),
  )
}

/** A place of a file that may hold halves of a key. */
interface Place {
  /** The label of the place says that it is a private key. */
  readonly isPrivate: boolean
  readonly read: () => Promise<readonly KeyFile[]>
}

/**
 * Reads several places of one file. A place without an RSA key is skipped. A private key that
 * cannot be read is an error: it must not be skipped for a public key beside it.
 */
async function halvesInPlaces(places: readonly Place[]): Promise<readonly KeyFile[]> {
  const halves: KeyFile[] = []
  let skipped: unknown = null
  for (const { read, isPrivate } of places) {
    try {
      halves.push(...(await read()))
    } catch (cause) {
      const problem = refusalOf(cause)
      if (problem !== 'not-rsa' && (problem !== 'not-a-key' || isPrivate)) throw cause
      skipped ??= cause
    }
  }
  if (halves.length === 0) throw skipped ?? new Error('no place and no failure')
  return halves
}

/** Beginnings of files that hold keys in a notation that is not read here. */
const UNREAD_TEXTS: readonly (readonly [RegExp, KeyImportProblem])[] = [
  [/^\s*PuTTY-User-Key-File-\d/m, 'putty'],
  [/^\s*-----BEGIN PGP /m, 'pgp'],
  [/^\s*---- BEGIN SSH2 /m, 'ssh2'],
  [/^\s*-----BEGIN (?:PKCS7|CMS)-----/m, 'pkcs7'],
]
const UNREAD_BYTES: readonly (readonly [readonly number[], KeyImportProblem])[] = [
  [[0xfe, 0xed, 0xfe, 0xed], 'java-keystore'],
  [[0xce, 0xce, 0xce, 0xce], 'java-keystore'],
  // PRIVATEKEYBLOB and PUBLICKEYBLOB of version 2, and PVK.
  [[0x07, 0x02, 0x00, 0x00], 'microsoft-blob'],
  [[0x06, 0x02, 0x00, 0x00], 'microsoft-blob'],
  [[0x1e, 0xf1, 0xb5, 0xb0], 'microsoft-blob'],
]

/**
 * Recognises a key file in a notation that is not read here, so that the error can name the program
 * that converts it. Returns null for an unknown file.
 */
function unreadKind(bytes: Uint8Array, text: string): KeyImportProblem | null {
  const known =
    UNREAD_BYTES.find(([magic]) => magic.every((byte, i) => bytes[i] === byte)) ??
    UNREAD_TEXTS.find(([pattern]) => pattern.test(text.slice(0, 4096)))
  return known?.[1] ?? null
}
