import { shown } from './sentences-words.ts'
import type {
  AppError,
  BadAnswer,
  CommandProblem,
  DescriptionProblem,
  FormatName,
  IndexProblem,
  KeyImportProblem,
  KmsKeyProblem,
  Obstacle,
  ProxyProblem,
} from '../errors.ts'

/** Parts of the sentences of `sentences-en.ts`: words for the values that errors carry. */

type Of<C extends AppError['code']> = Extract<AppError, { readonly code: C }>

export const WHAT: Readonly<Record<Of<'not-found'>['what'], string>> = {
  object: 'object',
  bucket: 'bucket',
  profile: 'profile',
  'master-key': 'master key',
  transfer: 'transfer',
  grant: 'chosen file or folder',
  plan: 'upload sheet',
  upload: 'upload of',
  preview: 'preview',
}

export const HEADER: Readonly<Record<string, string>> = {
  key: 'the wrapped data key',
  start: 'the wrapped initial counter',
  'cek-alg': 'the content algorithm',
  'wrap-alg': 'the wrap algorithm',
  matdesc: 'the key description',
}

export const FORMAT: Readonly<Record<FormatName, string>> = {
  v1: 'format V1',
  v2: 'format V2',
  'v2-kms': 'format V2 with a KMS key',
  'v2-oaep': 'format V2 with OAEP wrapping',
  'v2-custom': 'format V2 with custom wrapping',
  'sdk-split': 'the KMS Encryption SDK',
  'sdk-message': 'the KMS Encryption SDK',
  'sdk-stream': 'the KMS Encryption SDK',
  'sdk-external': 'the KMS Encryption SDK with its data key in a secret store',
  'sdk-sm4': 'the KMS Encryption SDK with SM4',
}

export const DAMAGE: Readonly<Record<Of<'message-damaged'>['part'], string>> = {
  header:
    'The header of this message was changed: its tag does not match. Nothing was saved. Restore an earlier version if the bucket keeps them.',
  content:
    'The content was changed: its tag does not match. Nothing was saved. Download it again; if it happens again, restore an earlier version.',
  ending:
    'The content was changed or is incomplete: its end is not valid. Nothing was saved. Download it again; if it happens again, restore an earlier version.',
  shape:
    'This is not a valid message of the KMS Encryption SDK. Nothing was saved. Restore an earlier version if it was one before; otherwise download it without decryption.',
}

export const KMS_KEY: Readonly<Record<KmsKeyProblem, (name: string) => string>> = {
  'not-found': (name) =>
    `KMS does not have the key of ${name} in this region. Check the ID, region and endpoint of the key on the Master keys page.`,
  disabled: (name) =>
    `The KMS key of ${name} is disabled. Enable it in the KMS console, then try again.`,
  deleting: (name) =>
    `The KMS key of ${name} is scheduled for deletion. Cancel that in the KMS console now: without the key, nothing encrypted with it can be opened.`,
  'wrong-use': (name) =>
    `The KMS key of ${name} cannot encrypt and decrypt. Choose a symmetric key.`,
  'cannot-open': (name) =>
    `KMS does not unwrap this data key for ${name}. It was wrapped with a different key, region, passphrase or context, or it was changed. Check these on the Master keys page.`,
}

export const COMMAND: Readonly<Record<CommandProblem, (detail: string) => string>> = {
  'not-started': (detail) =>
    `could not be started (${detail}). Check that the file exists and can be run.`,
  'timed-out': (detail) =>
    `did not answer within ${detail} seconds and was stopped. Try it in a terminal, or raise its time limit.`,
  exited: (detail) => `ended with ${detail} and without an answer. Try it in a terminal.`,
  'not-json': () =>
    'did not answer with one JSON object that contains "bytes" in base64. Look at its output in a terminal.',
  'wrong-length': (detail) =>
    `answered with ${detail} bytes, which is not a valid length. Try it in a terminal.`,
  'too-much': () =>
    'wrote more than the longest valid answer, and was stopped. Look at its output in a terminal.',
  'not-wrapped': () =>
    'returned the data key unencrypted, so nothing was encrypted with it. Fix the program, then try again.',
  refused: (detail) => `refused: “${detail}”.`,
}

export const KINDS: Readonly<Record<Of<'format-not-for-key'>['kind'], string>> = {
  rsa: 'An RSA key',
  kms: 'A key in KMS',
  command: 'A program',
}

export const ENVELOPE_FILE: Readonly<
  Record<Of<'envelope-file'>['problem'], (file: string, part: string, count: number) => string>
> = {
  several: (file, _, count) =>
    `${file} holds the encryption headers of ${count} objects. Keep those of this file, and remove the others.`,
  missing: (file, part) =>
    `${file} does not hold ${part}. Copy all headers of the object, then try again. The object itself was not checked.`,
  unreadable: (file, part) =>
    `${file} holds ${part} in a form that cannot be read, or only some of it. Copy the headers again. The object itself was not checked.`,
  cut: (file) =>
    `The wrapped values in ${file} are too short: they were cut off. Copy the headers again. The object itself was not checked.`,
  'too-large': (file) =>
    `${file} is too large for encryption headers. Choose the .ossenv.json that was saved with the file.`,
}

export const IMPORT: Readonly<Record<KeyImportProblem, string>> = {
  'not-a-key':
    'This file does not contain a key that can be read here, or only part of one. Choose a PEM or PKCS#12 file.',
  'not-rsa':
    'This is not an RSA key. Only RSA keys can be imported as master keys. Choose another file.',
  'needs-passphrase': 'This file is protected by a passphrase. Enter it.',
  'wrong-passphrase': 'The passphrase does not open this file. Try again; it is case-sensitive.',
  'openssh-closed':
    'This OpenSSH key is protected by a passphrase in a way that cannot be read here. Convert a copy of it to PEM: ssh-keygen -p -m PEM -f copy.',
  'halves-differ':
    'The public key and the private key in this file do not match. Choose another copy of the key.',
  'too-short': 'This key is shorter than 1,024 bits and cannot be used. Choose another file.',
  breakable:
    'This key protects nothing: anybody can compute its private key. Choose another key. Nothing was encrypted with this one.',
  'several-keys':
    'This file contains several keys, and does not say which one is meant. Save that key in a separate file.',
  'many-primes':
    'This RSA key has more than two primes, which the desktop app cannot use. The command line can: it runs in Node.',
  putty:
    'This is a key of PuTTY. Turn it into PEM: puttygen key.ppk -O private-openssh -o key.pem.',
  pgp: 'This is a key of OpenPGP, which is not read here. Turn its RSA key into PEM: gpg --export-secret-keys ID | openpgp2ssh ID > key.pem.',
  ssh2: 'This is a public key of SSH2. Turn it into PEM: ssh-keygen -i -m RFC4716 -f key.pub > line && ssh-keygen -e -m PEM -f line > key.pem.',
  pkcs7:
    'These are certificates in PKCS#7. Take them out: openssl pkcs7 -print_certs -in file -out cert.pem.',
  'java-keystore':
    'This is a keystore of Java. Turn it into PKCS#12: keytool -importkeystore -srckeystore file -destkeystore key.p12 -deststoretype PKCS12.',
  'microsoft-blob':
    'This is a key blob of Windows. Turn it into PEM: openssl rsa -inform MSBLOB -in file -out key.pem (PVK for a .pvk file).',
  'jwk-short':
    'This JWK or XML key lacks some of its private numbers. Export the key again with p, q, dp, dq and qi, or as PEM.',
  'already-here': 'This key is already here. There is nothing to import.',
  'too-large': 'This file is too large to be a key. Choose a PEM or PKCS#12 file.',
}

export const DESCRIPTION: Readonly<Record<DescriptionProblem, (detail: string) => string>> = {
  'not-json': () => 'This is not JSON. Enter pairs of text, such as {"team":"studio"}.',
  'not-an-object': () => 'Enter one JSON object of pairs. Example: {"team":"studio"}.',
  'value-not-text': (name) =>
    `The value of ${shown(name) || 'a pair'} is not text. Put it in quotes.`,
  'repeated-name': (name) =>
    `The name ${shown(name) || 'of one pair'} is used twice. Keep one of the two.`,
  'too-long': () => 'This is too long for an object header. Use fewer or shorter words.',
  'not-printable': () => 'This has characters that are not allowed here. Use plain words.',
  'used-by': (key) =>
    `${shown(key) || 'Another key'} has the same description. Change one value, so that every description is unique.`,
}

export const USABLE: Readonly<Record<Of<'key-not-usable'>['reason'], (name: string) => string>> = {
  'decrypt-only': (name) =>
    `${name} is decrypt-only. Make it active, or choose another master key.`,
  'public-half-only': (name) =>
    `Only the public key of ${name} is here, so it cannot decrypt. Import the private key.`,
  breakable: (name) =>
    `Anybody can compute the private key of ${name}, so nothing is encrypted with it. Choose another master key.`,
  weak: (name) =>
    `${name} is shorter than 2,048 bits, too weak for new uploads. Choose another master key, or confirm this one.`,
  'not-proven': (name) =>
    `${name} has not been tested. Test the key first, on the Master keys page.`,
  'not-here': (name) =>
    `${name} is stored in KMS or behind a program, so there is no key here to back up.`,
  'no-second': (name) =>
    `${name} cannot be a second key. Choose an RSA key of at most 4,096 bits; its public key is enough.`,
  sample: (name) =>
    `${name} encrypts only practice files. Generate or import a master key for this profile.`,
}

export const CREDENTIALS: Readonly<
  Record<Of<'bad-credentials'>['reason'], (service: string) => string>
> = {
  'unknown-key-id': (service) =>
    `${service} does not know this AccessKey ID. Check the AccessKey ID, or create a new one in the RAM console.`,
  'wrong-secret': () =>
    'The AccessKey secret does not belong to this AccessKey ID. Enter the secret again.',
  expired: () => 'The STS token has expired. Enter a new one.',
}

export const serviceOf = (error: { readonly service?: 'kms' }): string =>
  error.service === 'kms' ? 'KMS' : 'OSS'
/** Returns the name of the service in an action such as `kms:Decrypt` or `oss:GetObject`. */
export const serviceIn = (action: string): string => (action.startsWith('kms:') ? 'KMS' : 'OSS')

export function clock({ minutes, ...error }: Of<'clock'>): string {
  const off = `${Math.abs(minutes)} ${Math.abs(minutes) === 1 ? 'minute' : 'minutes'} ${minutes < 0 ? 'ahead of' : 'behind'}`
  return `This computer’s clock is ${minutes === 0 ? 'too far from that of' : off} ${serviceOf(error)}. Set the clock, then try again.`
}

/** The OSS codes that have words of their own. Source: Alibaba Cloud OSS error reference. */
const OSS: Readonly<Record<string, string>> = {
  InvalidObjectState:
    'This object is archived and cannot be read immediately. Restore it in the OSS console, wait until it is restored, then try again.',
  UserDisable:
    'OSS has suspended this account, usually because of an unpaid bill. Pay it in the Alibaba Cloud console, then try again.',
  NoSuchUpload:
    'OSS no longer has this upload. It was deleted by another program or by a rule of the bucket. Start the upload again.',
  EntityTooLarge:
    'OSS does not accept an object or part of this size. Use larger parts, or a smaller file.',
  FileImmutable:
    'A retention rule of the bucket protects this object. It can be changed after the rule expires.',
  BucketAlreadyExists:
    'A bucket with this name already exists in another account. Choose another name.',
  RequestTimeout: 'OSS waited too long for the data. Check the network, then try again.',
}

export function oss(error: Of<'oss'>): string {
  const known = OSS[error.ossCode]
  if (known !== undefined) return known
  if (error.status === 429 || error.ossCode === 'SlowDown')
    return 'OSS received too many requests. Wait a minute, then try again.'
  if (error.status >= 500)
    return `OSS had an internal error (${error.status}). Wait a minute, then try again.`
  return `OSS rejected the request (${shown(error.ossCode) || error.status}). Check the profile and the bucket, then try again.`
}

export function kms({ status, kmsCode }: Of<'kms'>): string {
  if (status === 0)
    return 'Something other than KMS answered. Check the KMS endpoint and the network, then try again.'
  if (status === 429 || kmsCode.includes('Throttling'))
    return 'KMS received too many requests. Wait a minute, then try again.'
  if (status >= 500) return `KMS had an internal error (${status}). Wait a minute, then try again.`
  return `KMS rejected the request (${shown(kmsCode) || status}). Check the key on the Master keys page, then try again.`
}

export const PROXY: Readonly<
  Record<ProxyProblem, (proxy: string, host: string, detail: string) => string>
> = {
  setting: () =>
    'The address of the proxy is not valid, so nothing was sent. Write it like http://proxy.example.com:3128 or socks5://proxy.example.com:1080.',
  insecure: (proxy, host) =>
    `${host} is reached without TLS, and the proxy ${proxy} is another computer, so nothing was sent. Add ${host} to NO_PROXY.`,
  unreachable: (proxy, _host, detail) =>
    `The proxy ${proxy} does not answer (${detail}). Check its address, its kind (HTTP, HTTPS or SOCKS5) and the network, then try again.`,
  distrust: (proxy) =>
    `This computer does not trust the certificate of the proxy ${proxy}, so nothing was sent. Check its address, or set NODE_EXTRA_CA_CERTS to its root certificate before you start the app.`,
  login: (proxy, _host, detail) =>
    `The proxy ${proxy} does not accept the user name and password (${detail}). Put valid ones into the proxy setting.`,
  refused: (proxy, host, detail) =>
    `The proxy ${proxy} does not allow connections to ${host} (${detail}). Ask its operator to allow them, or use another proxy.`,
  'no-way': (proxy, host, detail) =>
    `The proxy ${proxy} could not connect to ${host} (${detail}). Check the endpoint, then try again.`,
  'not-a-proxy': (proxy) =>
    `${proxy} does not answer like a proxy of the kind that is set. Check whether it is HTTP, HTTPS or SOCKS5, and its port.`,
}

export const BAD_ANSWER: Readonly<Record<BadAnswer, (name: string, asked: string) => string>> = {
  outside: (name, asked) => `The server listed ${name}, which does not belong to ${asked}.`,
  order: (name) => `The server listed ${name || 'a name'} twice or out of order.`,
  name: (name) => `The server listed ${name || 'an empty name'}, a name that cannot exist.`,
  'not-asked': (name) =>
    `The server says that it deleted ${name}, which it was not asked to delete.`,
  endless: (_name, asked) => `The server’s list of ${asked} does not end.`,
  'too-large': (_name, asked) =>
    `The server’s answer about ${asked} is larger than any answer of OSS.`,
}

export const OBSTACLE: Readonly<Record<Obstacle, string>> = {
  folder: 'a folder',
  link: 'a link',
  file: 'a file, and a folder is needed there',
  device: 'a device or pipe',
}

export const keysTried = (names: readonly string[]): string =>
  names.length === 0 ? 'No master key here' : names.map(shown).join(', ')
export const opens = (count: number): string =>
  count > 1 ? 'do not open' : count === 1 ? 'does not open' : 'opens'

export const LOST = {
  keychain: (name: string) => `The keychain works, but the secret of ${name} is no longer in it.`,
  'passphrase-file': (name: string) =>
    `The passphrase file opens, but the secret of ${name} is no longer in it.`,
  'data-folder': (name: string) => `The record of ${name} on this computer is damaged or missing.`,
} as const

export const BROKEN_OFF = {
  page: 'The page was closed or reloaded before all files were copied',
  app: 'The page or the app was closed before all files were copied',
  'disk-full': 'The disk of this computer is full',
  unwritable: 'The copies of the dropped files could not be written',
} as const

export const INDEX: Readonly<Record<IndexProblem, string>> = {
  damaged:
    'The local index of file names was damaged and is built again. Nothing in OSS is affected. Listings take longer once.',
  disk: 'The disk does not take the local index of file names, so it is in memory until the app ends. Free some space on the disk.',
  'not-available':
    'The local index of file names cannot be stored on this kind of computer, so it is in memory until the app ends.',
}
