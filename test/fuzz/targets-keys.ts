import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { isWholeDer } from '../../electron/core/keys/files/der-view.ts'
import { encodedIn } from '../../electron/core/keys/files/encoded-key.ts'
import { isJwk, pkcs1OfJwk, pkcs1OfXml } from '../../electron/core/keys/files/jwk-and-xml.ts'
import { readKeyFile } from '../../electron/core/keys/files/key-file.ts'
import { jsonLeaves, plainKeyText } from '../../electron/core/keys/files/key-text.ts'
import { pkcs1OfSshLine } from '../../electron/core/keys/files/openssh-key.ts'
import { pemBlocks, withoutBlocks } from '../../electron/core/keys/files/pem-text.ts'
import { fingerprintOf, spkiOf } from '../../electron/core/keys/public-key.ts'
import { Failure } from '../../shared/contract/errors.ts'
import { derStart, elementAt, elementsIn, oidText, smallInteger } from '../../shared/format/der.ts'
import { textIn, withoutPrintMarks } from '../../shared/format/text-bytes.ts'
import { must, mustEqual, SECOND, vectors, type Target } from './target.ts'

const utf8 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text))
/** For the thread, which is bundled into out/. */
const ROOT = new URL('..', import.meta.url)

interface KeyRow {
  readonly name: string
  readonly text?: string
  readonly base64?: string
}
const keyRows = (root: URL): readonly KeyRow[] =>
  vectors<{ readonly files: readonly KeyRow[] }>(root, 'key-files.json').files
const fileOf = ({ text, base64 }: KeyRow): Uint8Array =>
  Uint8Array.from(text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text))
const PASSPHRASE = 'pass word ü1'

const keyFiles: Target = {
  name: 'key-file',
  words: [
    '-----BEGIN ',
    '-----END ',
    'RSA PRIVATE KEY-----\n',
    'PUBLIC KEY-----\n',
    'ENCRYPTED PRIVATE KEY-----\n',
    'Proc-Type: 4,ENCRYPTED\n',
    'DEK-Info: AES-256-CBC,00\n',
    '\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01',
    '\x02\x03\x01\x00\x01',
    '\x24\x80',
    '\x00\x00',
  ],
  // By design a file may ask for some seconds of hashing, off the main work; more is refused.
  limitMs: 30 * SECOND,
  seeds: (root) => keyRows(root).map(fileOf),
  async check(input) {
    let read = await readKeyFile(input, null)
    if (!read.ok && read.error.code === 'key-import' && read.error.problem === 'needs-passphrase')
      read = await readKeyFile(input, PASSPHRASE)
    if (!read.ok)
      return must(read.error.code === 'key-import', `a key file ends in ${read.error.code}`)
    const back = await readKeyFile(spkiOf(read.value.publicKey), null)
    must(
      back.ok && fingerprintOf(back.value.publicKey) === fingerprintOf(read.value.publicKey),
      'a key is another one once it was written and read',
    )
  },
}

/** A key that the notations are made of, and the only private key that may be read from them. */
function notedKey(root: URL): KeyObject {
  const row = keyRows(root).find(({ name }) => name === 'PKCS#1')
  return createPrivateKey(row?.text ?? '')
}
let noted: string | null = null

const perLine = (text: string, line: (one: string) => string): string =>
  text.trim().split('\n').map(line).join('\n')

/** The notations of `keys-notations.test.ts`: how configuration files and programs hold a key. */
function notationsOf(key: KeyObject): readonly string[] {
  const pem = String(key.export({ type: 'pkcs8', format: 'pem' }))
  const bytes = key.export({ type: 'pkcs1', format: 'der' })
  const hex = bytes.toString('hex')
  const jwk = key.export({ format: 'jwk' }) as Readonly<Record<string, string>>
  const standard = (name: string): string =>
    Buffer.from(jwk[name] ?? '', 'base64url').toString('base64')
  const members = {
    Modulus: 'n',
    Exponent: 'e',
    P: 'p',
    Q: 'q',
    DP: 'dp',
    DQ: 'dq',
    InverseQ: 'qi',
    D: 'd',
  }
  const dotnet = Object.entries(members).map(([name, own]) => [name, standard(own)] as const)
  const xml = `<RSAKeyValue>${dotnet.map(([name, text]) => `<${name}>${text}</${name}>`).join('')}</RSAKeyValue>`
  const length = (text: Buffer): Buffer => {
    const four = Buffer.alloc(4)
    four.writeUInt32BE(text.length)
    return Buffer.concat([four, text])
  }
  const mpint = (name: string): Buffer => {
    const number = Buffer.from(jwk[name] ?? '', 'base64url')
    return length((number[0] ?? 0) < 0x80 ? number : Buffer.concat([Buffer.of(0), number]))
  }
  const line = Buffer.concat([length(Buffer.from('ssh-rsa')), mpint('e'), mpint('n')])
  return [
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\n'),
    hex,
    hex.replace(/../g, '\\x$&'),
    hex.replace(/..(?=.)/g, '$&:'),
    `{ ${hex.replace(/../g, '0x$&').replace(/..(?=0x)/g, '$&, ')} }`,
    JSON.stringify([...bytes]),
    JSON.stringify(jwk),
    JSON.stringify({ keys: [{ ...jwk, kid: 'a' }] }),
    JSON.stringify(Object.fromEntries(dotnet)),
    xml,
    `<add value="${xml.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}"/>`,
    `ssh-rsa ${line.toString('base64')} somebody@somewhere\n`,
    JSON.stringify({ type: 'service_account', private_key: pem }),
    JSON.stringify({ secret: Buffer.from(pem).toString('base64') }),
    pem.trim().replaceAll('\n', '\\n'),
    pem.replaceAll('-----', '\u2014\u2014-'),
    pem.replaceAll('+', ' '),
    encodeURIComponent(pem),
    perLine(pem, (one) => `> ${one}`),
    perLine(pem, (one) => `+${one}`),
    perLine(pem, (one) => `    "${one}\\n" +`),
    perLine(pem, (one) => `12:01 INFO ${one}`),
    `<pre>${pem.replaceAll('+', '&#43;').replaceAll('\n', '<br>\n')}</pre>`,
  ]
}

const keyNotations: Target = {
  name: 'key-notation',
  words: [
    '"n":"',
    '"kty":"RSA"',
    '"d":"',
    '<Modulus>',
    '</Modulus>',
    '<D>',
    'ssh-rsa ',
    'MII',
    '30 82 ',
    '0x30, 0x82, ',
    '\\x30',
    '48, 130, ',
    '&#43;',
    '%2B',
    '\\n',
    '-----BEGIN PRIVATE KEY-----',
  ],
  limitMs: 30 * SECOND,
  seeds: (root) => notationsOf(notedKey(root)).map(utf8),
  async check(input) {
    noted ??= fingerprintOf(createPublicKey(notedKey(ROOT)))
    const read = await readKeyFile(input, null)
    if (!read.ok)
      return must(read.error.code === 'key-import', `a notation ends in ${read.error.code}`)
    const { publicKey, privateKey } = read.value
    // The private exponent and the primes prove the modulus, so no change makes another key.
    must(
      privateKey === null || fingerprintOf(publicKey) === noted,
      'a changed notation is read as another private key',
    )
    const back = await readKeyFile(spkiOf(publicKey), null)
    must(
      back.ok && fingerprintOf(back.value.publicKey) === fingerprintOf(publicKey),
      'a key is another one once it was written and read',
    )
  },
}

const derElements: Target = {
  name: 'der',
  words: ['\x30\x80', '\x24\x80', '\x00\x00', '\x30\x82', '\x04\x81', '\x02\x01', '\x06\x03'],
  limitMs: SECOND,
  seeds: (root) => keyRows(root).map(fileOf).filter(isWholeDer),
  check(input) {
    const strict = elementAt(input, 0, input.length)
    const tolerant = elementAt(input, 0, input.length, 'tolerant')
    must(
      strict !== 'more' && tolerant !== 'more',
      'bytes that are all there are called a beginning',
    )
    if (strict !== null) {
      mustEqual(tolerant, strict, 'the tolerant rules read strict DER as something else')
      mustEqual(
        Buffer.from(derStart(strict.tag, strict.end - strict.start)),
        Buffer.from(input.subarray(0, strict.start)),
        'strict DER has two forms',
      )
    }
    if (tolerant === null) return
    const { start, end, next } = tolerant
    must(
      2 <= start && start <= end && end <= next && next <= input.length,
      'an element lies outside of its place',
    )
    for (const rules of ['strict', 'tolerant'] as const) {
      let at = start
      for (const inner of elementsIn(input, tolerant, rules) ?? []) {
        must(inner.start >= at + 2 && inner.next <= end, 'elements overlap')
        at = inner.next
        smallInteger(input, inner, rules)
        must(/^[\d.]*$/.test(oidText(input, inner)), 'an object identifier is not numbers and dots')
      }
    }
    // The first half of an element is a beginning or refused, and never another element.
    const half = elementAt(input.subarray(0, input.length >> 1), 0, input.length)
    must(half === null || half === 'more' || strict !== null, 'half of an element is an element')
  },
}

const keyTexts: Target = {
  name: 'key-text',
  words: [
    '-----BEGIN RSA PRIVATE KEY-----',
    '-----END RSA PRIVATE KEY-----',
    '\\n',
    '\\\\n',
    'MIIE',
    '30 82 01 ',
    '\u2014',
    '{"kty":"RSA","n":"',
    '<RSAKeyValue><Modulus>',
    '</Modulus>',
    '&#43;',
    '%2B',
    'DEK-Info: AES-128-CBC,00',
  ],
  limitMs: SECOND,
  seeds: () =>
    [
      '-----BEGIN RSA PRIVATE KEY-----\nMIIBAAAA\n-----END RSA PRIVATE KEY-----\n',
      '{"kty":"RSA","n":"AQAB","e":"AQAB"}',
      `key: "MIIB${'A'.repeat(400)}"\n`,
      `30 82 01 0a ${'02 '.repeat(266)}`,
      '<RSAKeyValue><Modulus>AQAB</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>',
      '{"private_key":"-----BEGIN PRIVATE KEY-----\\nMIIB\\n-----END PRIVATE KEY-----\\n"}',
    ].map(utf8),
  check(input) {
    const { text } = textIn(input)
    const plain = plainKeyText(withoutPrintMarks(text))
    for (const bytes of encodedIn(withoutBlocks(plain), text))
      must(bytes.length >= 128, 'bytes that are too few for a key')
    for (const object of jsonLeaves(text)?.objects.filter(isJwk) ?? [])
      unlessRefused(() => pkcs1OfJwk(object))
    unlessRefused(() => pkcs1OfXml(text))
    unlessRefused(() => pkcs1OfSshLine(text))
    pemBlocks(plain)
  },
}

/** One reader that refuses must not keep the next one from the input. */
function unlessRefused(read: () => unknown): void {
  try {
    read()
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause
  }
}

export const keyTargets: readonly Target[] = [derElements, keyFiles, keyNotations, keyTexts]
