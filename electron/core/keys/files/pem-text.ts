import { createDecipheriv, createHash } from 'node:crypto'
import { refuse } from './der.ts'
import { isOpenSshKey } from './openssh-key.ts'
import type { Spelling } from './passphrase-spelling.ts'
import { isWholeDer } from './rsa-members.ts'

/** One `-----BEGIN X-----` block, its base64 read. */
export interface PemBlock {
  /**
   * Often wrong, so only good for telling a private key that is damaged from a block that is
   * something else.
   */
  readonly label: string
  /** Value of the DEK-Info header, null when the block is not encrypted. */
  readonly encryption: string | null
  readonly bytes: Uint8Array
}

const MAX_BLOCKS = 64
const BEGIN = '-----BEGIN '
const END = '-----END '

/**
 * All blocks of a text, however it is indented and broken into lines; the last one may lack its
 * end. A block whose base64 is damaged is refused.
 */
export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = []
  for (let at = text.indexOf(BEGIN); at >= 0;) {
    const labelEnd = text.indexOf('-----', at + BEGIN.length)
    const found = text.indexOf(END, at + BEGIN.length)
    // The last line was not copied: what is whole is whole all the same.
    const end = found < 0 ? text.length : found
    if (labelEnd < 0 || end < labelEnd) refuse('not-a-key')
    if (blocks.length === MAX_BLOCKS) refuse('too-large')
    blocks.push(block(text.slice(at + BEGIN.length, labelEnd), text.slice(labelEnd + 5, end)))
    at = text.indexOf(BEGIN, end)
  }
  return blocks
}

/** A text without its blocks. */
export const withoutBlocks = (text: string): string =>
  text
    .split(BEGIN)
    .map((piece, i) =>
      i === 0
        ? piece
        : piece.slice(Math.max(0, piece.indexOf(END)) + (piece.includes(END) ? END.length : 0)),
    )
    .join('\n')

function block(label: string, inner: string): PemBlock {
  // The headers of a block that was made one line are in that line.
  const dek = /DEK-Info[ \t]*:[ \t]*([\w-]+[ \t]*,[ \t]*[0-9A-Fa-f]*)/i.exec(inner)
  const lines = inner
    .replace(
      /DEK-Info[ \t]*:[ \t]*[\w-]+[ \t]*,[ \t]*[0-9A-Fa-f]*|Proc-Type[ \t]*:[ \t]*4[ \t]*,[ \t]*ENCRYPTED/gi,
      '',
    )
    .split(/\r\n?|\n/)
  const encryption = dek?.[1]?.trim() ?? null
  let first: Buffer | null = null
  for (const reading of READINGS) {
    const base64 = lines
      .map((line, i) => reading(line, i > 0 && i === lines.length - 1))
      .filter((line) => !line.includes(':'))
      .join('')
      .replace(/\s+/g, '')
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) continue
    const bytes = Buffer.from(base64, 'base64')
    if (encryption === null ? isWholeDer(bytes) || isOpenSshKey(bytes) : bytes.length % 8 === 0)
      return { label, encryption, bytes }
    first ??= bytes
  }
  return first === null ? refuse('not-a-key') : { label, encryption, bytes: first }
}

/**
 * A line without the marks of the programming language, mail or listing that it was copied from.
 */
const unmarked = (line: string): string =>
  line
    .trim()
    .replace(/^\d{1,4}[:.|)]?(?:[ \t]+|$)|^(?:[>|#*;][ \t]*)+|^\/\/[ \t]+/, '')
    .replace(/["'`][\s"'`+.&,;)\\_]*$|[\\,;]+$/, '')
    .replace(/^[^A-Za-z0-9+/=]*["'`]/, '')

/** A line of a log; in longer ones it would take too long to find the last word. */
const LONGEST_LINE = 400

/**
 * The last word of a line that a log, a search or a table has put something before; the last line
 * ends before the dashes.
 */
const lastWord = (line: string, isLast: boolean): string =>
  isLast || line.length > LONGEST_LINE
    ? ''
    : (/([A-Za-z0-9+/]{2,}={0,2})[^A-Za-z0-9/=]*$/.exec(line)?.[1] ?? '')

/**
 * Ways to read a line of a block, from the plainest to the oddest. The last three: lines of a
 * patch; plus signs that a form made blanks; lines of a log.
 */
const READINGS: readonly ((line: string, isLast: boolean) => string)[] = [
  (line) => line.trim(),
  unmarked,
  (line) => unmarked(line.replace(/^[+-]/, '')),
  (line) => line.replaceAll(' ', '+'),
  lastWord,
]

/** Node's name and key length of the ciphers that encrypted PEM blocks are seen with. */
const CIPHERS: Readonly<Record<string, readonly [name: string, keyBytes: number]>> = {
  'DES-CBC': ['des-cbc', 8],
  'DES-EDE3-CBC': ['des-ede3-cbc', 24],
  'AES-128-CBC': ['aes-128-cbc', 16],
  'AES-192-CBC': ['aes-192-cbc', 24],
  'AES-256-CBC': ['aes-256-cbc', 32],
}

/**
 * Opens a block with a DEK-Info header. The key is MD5 chained over passphrase and salt (the first
 * 8 bytes of the initial vector), one round: that is the format, and why nobody should write it any
 * more.
 *
 * Errors Failure 'key-import' with not-a-key or wrong-passphrase.
 * Source OpenSSL's EVP_BytesToKey(3) and PEM_read_bio_PrivateKey(3), "PEM encryption format".
 */
export function openEncryptedBlock(
  encryption: string,
  bytes: Uint8Array,
  passphrase: string,
  spelling: Spelling,
): Uint8Array {
  const [cipher = '', hex = ''] = encryption.split(',').map((part) => part.trim())
  const known = CIPHERS[cipher.toUpperCase()]
  const iv = Buffer.from(hex, 'hex')
  if (known === undefined || iv.length * 2 !== hex.length || iv.length < 8) refuse('not-a-key')
  const [name, keyBytes] = known
  const key = chained(Buffer.from(passphrase, spelling), iv.subarray(0, 8), keyBytes)
  try {
    return cbcDecrypted(name, key, iv, bytes)
  } finally {
    key.fill(0)
  }
}

/**
 * CBC with PKCS#7 padding. Errors Failure 'key-import': wrong-passphrase when the padding does not
 * fit, not-a-key for a wrong vector.
 */
export function cbcDecrypted(
  cipher: string,
  key: Uint8Array,
  iv: Uint8Array,
  bytes: Uint8Array,
): Buffer {
  if (iv.length !== (cipher.startsWith('aes') ? 16 : 8)) refuse('not-a-key')
  // OpenSSL 3 has no single DES any more; three times the same key is the same.
  const decipher =
    cipher === 'des-cbc'
      ? createDecipheriv('des-ede3-cbc', Buffer.concat([key, key, key]), iv)
      : createDecipheriv(cipher, key, iv)
  const head = decipher.update(bytes)
  try {
    return Buffer.concat([head, decipher.final()])
  } catch {
    return refuse('wrong-passphrase')
  } finally {
    head.fill(0)
  }
}

function chained(passphrase: Buffer, salt: Buffer, length: number): Buffer {
  let digest = Buffer.alloc(0)
  let key = Buffer.alloc(0)
  while (key.length < length) {
    digest = createHash('md5').update(digest).update(passphrase).update(salt).digest()
    key = Buffer.concat([key, digest])
  }
  return key.subarray(0, length)
}
