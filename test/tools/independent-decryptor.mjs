// Decrypts one object of format V2/RSA, knowing FORMAT.md and node:crypto and nothing of the app.
// node independent-decryptor.mjs HEADERS.json BLOB KEY.pem OUT
import { constants, createDecipheriv, createPrivateKey, privateDecrypt } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const PREFIX = 'x-oss-meta-client-side-encryption-'

/**
 * Section 2.2: raw RSA, then `00 02`, at least eight bytes that are not zero, a zero byte, the
 * secret.
 */
function unwrap(key, header, length) {
  const padded = privateDecrypt(
    { key, padding: constants.RSA_NO_PADDING },
    Buffer.from(header, 'base64'),
  )
  const end = padded.indexOf(0, 2)
  const secret = padded.subarray(end + 1)
  if (padded[0] !== 0 || padded[1] !== 2 || end < 10 || secret.length !== length)
    throw new Error('this key does not open the envelope')
  return secret
}

/**
 * `headers`: any spelling of names. Returns the content from `offset` (a multiple of 16) of the
 * object on.
 */
export function decrypt(headers, blob, pem, offset = 0) {
  const named = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value).trim()]),
  )
  const read = (name) => {
    const value = named[PREFIX + name]
    if (!value) throw new Error(`${name} is missing`)
    return value
  }
  if (read('cek-alg') !== 'AES/CTR/NoPadding' || read('wrap-alg') !== 'RSA/NONE/PKCS1Padding')
    throw new Error('another format')
  const key = createPrivateKey(pem)
  const dataKey = unwrap(key, read('key'), 32)
  const start = unwrap(key, read('start'), 16)
  const counter = (BigInt(`0x${start.toString('hex')}`) + BigInt(offset / 16)) % 2n ** 128n
  return createDecipheriv(
    'aes-256-ctr',
    dataKey,
    Buffer.from(counter.toString(16).padStart(32, '0'), 'hex'),
  ).update(blob.subarray(offset))
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [headerFile, blobFile, keyFile, outFile] = process.argv.slice(2)
  const file = JSON.parse(readFileSync(headerFile, 'utf8'))
  writeFileSync(
    outFile,
    decrypt(file.headers ?? file, readFileSync(blobFile), readFileSync(keyFile, 'utf8')),
  )
}
