import {
  bytes,
  headerWord,
  isBucketDomain,
  permission,
  shown,
  type Sentences,
} from './sentences-words.ts'
import { isDistrust } from './errors.ts'
import {
  badName,
  badRequest,
  fileDamaged,
  leftOut,
  oneKeyForTwo,
  weakPassphrase,
} from './sentences-input.ts'
import { WRITES } from './write-formats.ts'
import type {
  AppError,
  BadAnswer,
  CommandProblem,
  DescriptionProblem,
  FormatName,
  KeyImportProblem,
  KmsKeyProblem,
  Obstacle,
} from './errors.ts'

type Of<C extends AppError['code']> = Extract<AppError, { readonly code: C }>

const WHAT: Readonly<Record<Of<'not-found'>['what'], string>> = {
  object: 'object',
  bucket: 'bucket',
  profile: 'profile',
  'master-key': 'master key',
  transfer: 'transfer',
  grant: 'chosen file or folder',
  plan: 'upload sheet',
  upload: 'upload of',
}

const HEADER: Readonly<Record<string, string>> = {
  key: 'the wrapped data key',
  start: 'the wrapped initial counter',
  'cek-alg': 'the content algorithm',
  'wrap-alg': 'the wrap algorithm',
  matdesc: 'the key description',
}

const FORMAT: Readonly<Record<FormatName, string>> = {
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

const DAMAGE: Readonly<Record<Of<'message-damaged'>['part'], string>> = {
  header:
    'The header of this message was changed: its tag does not match. Nothing was saved. Restore an earlier version if the bucket keeps them.',
  content:
    'The content was changed: its tag does not match. Nothing was saved. Download it again; if it happens again, restore an earlier version.',
  ending:
    'The content was changed or is incomplete: its end is not valid. Nothing was saved. Download it again; if it happens again, restore an earlier version.',
  shape:
    'This is not a valid message of the KMS Encryption SDK. Nothing was saved. Restore an earlier version if it was one before; otherwise download it without decryption.',
}

const KMS_KEY: Readonly<Record<KmsKeyProblem, (name: string) => string>> = {
  'not-found': (name) =>
    `KMS does not have the key of ${name} in this region. Check the ID, region and endpoint of the key on the Master keys page.`,
  disabled: (name) =>
    `The KMS key of ${name} is disabled. Enable it in the KMS console, then try again.`,
  deleting: (name) =>
    `The KMS key of ${name} is scheduled for deletion. Cancel that in the KMS console now: without the key, nothing encrypted with it can be opened.`,
  'wrong-use': (name) =>
    `The KMS key of ${name} cannot encrypt and decrypt. Choose a symmetric key.`,
  'cannot-open': (name) =>
    `KMS does not open this envelope for ${name}. It was made with a different key, region, passphrase or context, or it was changed. Check these on the Master keys page.`,
}

const COMMAND: Readonly<Record<CommandProblem, (detail: string) => string>> = {
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

const KINDS: Readonly<Record<Of<'format-not-for-key'>['kind'], string>> = {
  rsa: 'An RSA key',
  kms: 'A key in KMS',
  command: 'A program',
}

const ENVELOPE_FILE: Readonly<
  Record<Of<'envelope-file'>['problem'], (file: string, part: string, count: number) => string>
> = {
  several: (file, _, count) =>
    `${file} holds ${count} different envelopes. Keep the one of this file, and remove the others.`,
  missing: (file, part) =>
    `${file} does not hold ${part}. Copy all headers of the object, then try again. The object itself was not checked.`,
  unreadable: (file, part) =>
    `${file} holds ${part} in a form that cannot be read, or only some of it. Copy the headers again. The object itself was not checked.`,
  cut: (file) =>
    `The wrapped values in ${file} are too short: they were cut off. Copy the headers again. The object itself was not checked.`,
  'too-large': (file) =>
    `${file} is too large to be an envelope. Choose the .ossenv.json that was saved with the file.`,
}

const IMPORT: Readonly<Record<KeyImportProblem, string>> = {
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

const DESCRIPTION: Readonly<Record<DescriptionProblem, (detail: string) => string>> = {
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

const USABLE: Readonly<Record<Of<'key-not-usable'>['reason'], (name: string) => string>> = {
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
  sample: (name) =>
    `${name} encrypts only practice files. Generate or import a master key for this profile.`,
}

const CREDENTIALS: Readonly<Record<Of<'bad-credentials'>['reason'], (service: string) => string>> =
  {
    'unknown-key-id': (service) =>
      `${service} does not know this AccessKey ID. Check the AccessKey ID, or create a new one in the RAM console.`,
    'wrong-secret': () =>
      'The AccessKey secret does not belong to this AccessKey ID. Enter the secret again.',
    expired: () => 'The STS token has expired. Enter a new one.',
  }

const serviceOf = (error: { readonly service?: 'kms' }): string =>
  error.service === 'kms' ? 'KMS' : 'OSS'
/** `kms:Decrypt` and `oss:GetObject` name their service. */
const serviceIn = (action: string): string => (action.startsWith('kms:') ? 'KMS' : 'OSS')

function clock({ minutes, ...error }: Of<'clock'>): string {
  const off = `${Math.abs(minutes)} ${Math.abs(minutes) === 1 ? 'minute' : 'minutes'} ${minutes < 0 ? 'ahead of' : 'behind'}`
  return `This computer’s clock is ${minutes === 0 ? 'too far from that of' : off} ${serviceOf(error)}. Set the clock, then try again.`
}

/** OSS codes that deserve their own words. Source: Alibaba Cloud OSS error reference. */
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

function oss(error: Of<'oss'>): string {
  const known = OSS[error.ossCode]
  if (known !== undefined) return known
  if (error.status === 429 || error.ossCode === 'SlowDown')
    return 'OSS received too many requests. Wait a minute, then try again.'
  if (error.status >= 500)
    return `OSS had an internal error (${error.status}). Wait a minute, then try again.`
  return `OSS rejected the request (${shown(error.ossCode) || error.status}). Check the profile and the bucket, then try again.`
}

function kms({ status, kmsCode }: Of<'kms'>): string {
  if (status === 0)
    return 'Something other than KMS answered. Check the KMS endpoint and the network, then try again.'
  if (status === 429 || kmsCode.includes('Throttling'))
    return 'KMS received too many requests. Wait a minute, then try again.'
  if (status >= 500) return `KMS had an internal error (${status}). Wait a minute, then try again.`
  return `KMS rejected the request (${shown(kmsCode) || status}). Check the key on the Master keys page, then try again.`
}

const BAD_ANSWER: Readonly<Record<BadAnswer, (name: string, asked: string) => string>> = {
  outside: (name, asked) => `The server listed ${name}, which does not belong to ${asked}.`,
  order: (name) => `The server listed ${name || 'a name'} twice or out of order.`,
  name: (name) => `The server listed ${name || 'an empty name'}, a name that cannot exist.`,
  'not-asked': (name) =>
    `The server says that it deleted ${name}, which it was not asked to delete.`,
  endless: (_name, asked) => `The server’s list of ${asked} does not end.`,
  'too-large': (_name, asked) =>
    `The server’s answer about ${asked} is larger than any answer of OSS.`,
}

const OBSTACLE: Readonly<Record<Obstacle, string>> = {
  folder: 'a folder',
  link: 'a link',
  file: 'a file, and a folder is needed there',
  device: 'a device or pipe',
}

const keysTried = (names: readonly string[]): string =>
  names.length === 0 ? 'No master key here' : names.map(shown).join(', ')
const opens = (count: number): string =>
  count > 1 ? 'do not open' : count === 1 ? 'does not open' : 'opens'

const LOST = {
  keychain: (name: string) => `The keychain works, but the secret of ${name} is no longer in it.`,
  'passphrase-file': (name: string) =>
    `The passphrase file opens, but the secret of ${name} is no longer in it.`,
  'data-folder': (name: string) => `The record of ${name} on this computer is damaged or missing.`,
} as const

const BROKEN_OFF = {
  page: 'The page was closed or reloaded before all files were copied',
  app: 'The page or the app was closed before all files were copied',
  'disk-full': 'The disk of this computer is full',
  unwritable: 'The copies of the dropped files could not be written',
} as const

/** Sentences in English. */
export const english: Sentences = {
  'bad-request': badRequest[0],
  'bad-name': badName[0],
  cancelled: () => 'Cancelled. Unfinished files were removed.',
  unexpected: (e) =>
    `An unexpected error occurred. Report it with the reference ${e.reference}; the log on this computer has the details.`,
  'not-found': (e) =>
    `The ${WHAT[e.what]} ${shown(e.name)} was not found. Check the name, or refresh: it may have been deleted.`.replace(
      '  ',
      ' ',
    ),
  'already-open': (e) =>
    `Cipherbucket is already open on ${shown(e.folder)}. Use that window, or close it first. Nothing was changed.`,
  'name-taken': (e) => `The name ${shown(e.name)} is already used. Choose another one.`,
  'not-an-envelope': (e) =>
    `The envelope is damaged: ${HEADER[headerWord(e.header)] ?? shown(e.header)} is ${e.problem === 'missing' ? 'missing' : 'not valid'}. Restore an earlier version if the bucket keeps them, or upload the file again.`,
  'no-envelope': (e) =>
    `The envelope is missing${e.file === undefined ? '' : ` in ${shown(e.file)}`}: no headers of an encrypted object were found. Choose the .ossenv.json that was saved with the file, or a text with the object’s headers.`,
  'not-encrypted': (e) =>
    `${shown(e.key)} is not encrypted, though ${e.why === 'key-named' ? 'a master key was named for it' : 'it was when it was last seen here'}. Nothing was kept: someone may have replaced it.`,
  'too-many-damaged': (e) =>
    `${e.count} objects of this download did not open, so the rest was not tried. Check the master key, then download a smaller part.`,
  'envelope-file': (e) =>
    ENVELOPE_FILE[e.problem](
      e.file === '' ? 'The pasted text' : shown(e.file),
      HEADER[headerWord(e.header)] ?? shown(e.header),
      e.count,
    ),
  'unsupported-format': (e) =>
    `This object was encrypted with ${FORMAT[e.format]}, which this version cannot decrypt. Download it raw, or open it with the tool that wrote it.`,
  'message-damaged': (e) => DAMAGE[e.part],
  'unknown-master-key': (e) =>
    e.description.startsWith('acs:kms:')
      ? `None of your KMS keys can open this. Add the key ${shown(e.description)}, with its region and endpoint.`
      : e.description === ''
        ? 'The object does not name its master key, and all your keys have a description. Import the key it was encrypted with.'
        : `None of your master keys has this description. Import the key described as ${shown(e.description)}.`,
  'wrong-master-key': (e) =>
    `${keysTried(e.tried)} ${opens(e.tried.length)} this envelope${e.bits === undefined ? '' : `, which is for a key of ${e.bits.envelope} bits and not of ${e.bits.keys.join(' or ')}`}. Look for an older key with the same description, or ask the person who uploaded it.`,
  'no-master-key': () =>
    'No master key can encrypt here. Generate or import one, then make it the default.',
  'key-not-usable': (e) => USABLE[e.reason](shown(e.name)),
  'key-import': (e) => IMPORT[e.problem],
  'key-proof-failed': (e) =>
    `The test of ${shown(e.name)} failed: the private key does not match the public key. Nothing was encrypted with it. Import the key again from its backup.`,
  'key-description': (e) => DESCRIPTION[e.problem](e.detail),
  'format-not-for-key': (e) =>
    `${KINDS[e.kind]} cannot write ${e.format}. It can write ${WRITES[e.kind].join(', ')}.`,
  'kms-key': (e) => KMS_KEY[e.problem](shown(e.name)),
  kms,
  'command-failed': (e) => `The program of ${shown(e.name)} ${COMMAND[e.problem](shown(e.detail))}`,
  'confirmation-differs': (e) =>
    `The name does not match ${shown(e.name)}. Try again; it is case-sensitive.`,
  'key-is-default': (e) =>
    `This key is the default for ${e.places.map(shown).join(', ')}. First choose the key that replaces it.`,
  'source-changed': (e) =>
    `${shown(e.path)} changed during the upload, so nothing was stored. Try again.`,
  'source-longer': (e) =>
    `${shown(e.path)} holds more than its size says (${bytes(e.size)}), so nothing was stored. Copy it to an ordinary file, then upload that.`,
  'source-differs': (e) =>
    `${shown(e.path)} is not the file this upload was started with, or it changed since. Choose the right file, or upload this one as usual.`,
  'not-on-disk': (e) =>
    `${e.names.map(shown).join(', ')} ${e.names.length === 1 ? 'is not a file' : 'are not files'} on this computer’s disk, so nothing was taken from there. Save it as a file first, then drop or paste that file.`,
  'source-unreadable': (e) =>
    `${shown(e.path)} cannot be read (${shown(e.reason)}). Check that it exists and that you can open it, then try again.`,
  'target-exists': (e) =>
    `${shown(e.path)} already exists and was not changed. Choose another name or folder.`,
  'target-blocked': (e) =>
    `${shown(e.path)} is ${OBSTACLE[e.by]}, so nothing was written there. Choose another name or folder.`,
  'target-unwritable': (e) =>
    `${shown(e.path)} cannot be written (${shown(e.reason)}). Choose a folder that you can write to.`,
  'disk-full': (e) =>
    `The disk of ${shown(e.path)} is full${e.needed > 0 ? `: ${bytes(e.needed)} more are needed` : ''}. Free some space, then resume.`,
  'drop-broken-off': (e) =>
    `${BROKEN_OFF[e.why]}, so only ${e.files} of the dropped files were copied. These are uploaded. Drop the folder again for the rest.`,
  'left-out': leftOut[0],
  'one-key-for-two': oneKeyForTwo[0],
  'file-damaged': fileDamaged[0],
  'name-not-local': (e) =>
    `The name ${shown(e.name)} is not possible on this computer. Download the object alone, under another name.`,
  'keychain-locked': () =>
    'The keychain is locked. Unlock it with your system password. Nothing is lost, and nothing is replaced.',
  'keychain-missing': () =>
    'The system keychain cannot be reached. Start it, then check it again in Settings. Nothing is lost, and nothing is replaced.',
  'secret-lost': (e) =>
    `${LOST[e.place ?? 'keychain'](shown(e.name))} Import the key from its backup, or enter the secret again.`,
  'passphrase-needed': (e) =>
    e.exists
      ? 'The passphrase file is locked. Enter its passphrase in Settings. Nothing is lost, and nothing is replaced.'
      : 'This system has no keychain, and no passphrase was chosen yet. Choose one in Settings, then try again.',
  'too-many': (e) =>
    `At most ${e.limit.toLocaleString('en-US')} at a time. Choose fewer, and the rest afterwards.`,
  'wrong-passphrase': () =>
    'The passphrase does not open the file. Try again; it is case-sensitive.',
  'weak-passphrase': weakPassphrase[0],
  oss,
  'bad-answer': (e) =>
    `${BAD_ANSWER[e.problem](shown(e.name), shown(e.asked) || 'the request')} Nothing more was done. Check the endpoint and the network, or report this to the operator of the server.`,
  'access-denied': (e) =>
    `${serviceIn(e.action)} does not allow ${permission(e.action) === '' ? 'this' : permission(e.action).slice(4)} here. Ask the owner of the ${e.action.startsWith('kms:') ? 'key' : 'bucket'} for ${permission(e.action) || 'the permission'}, or use another profile.`,
  'bad-credentials': (e) => CREDENTIALS[e.reason](serviceOf(e)),
  clock,
  unreachable: (e) =>
    e.host === 'core'
      ? 'The window lost its connection to the app. Reload the window; running transfers continue.'
      : isDistrust(e.reason)
        ? `This computer does not trust the certificate of ${shown(e.host)}, so nothing was sent. Check the endpoint; for a dedicated instance with its own root certificate, set NODE_EXTRA_CA_CERTS to that file before you start the app.`
        : `${shown(e.host)} did not answer. Check the network or the proxy, then try again.`,
  'insecure-endpoint': (e) =>
    `${shown(e.endpoint)} is not HTTPS, so nothing was sent. Use an endpoint that starts with https://.`,
  'bad-endpoint': (e) =>
    e.problem === 'no-region'
      ? `${shown(e.endpoint)} does not say in which region it is. Name the region too, such as cn-hangzhou.`
      : `${shown(e.endpoint) || 'An empty text'} is not a valid endpoint. ${isBucketDomain(e.endpoint) ? 'Leave out the bucket name' : 'Example'}: https://oss-cn-hangzhou.aliyuncs.com.`,
  'object-changed': (e) =>
    `${shown(e.key)} was replaced by another object in the meantime, so this was not finished. Refresh, then try again.`,
  'headers-differ': (e) =>
    `OSS stored different headers for ${shown(e.key)}. A complete copy is kept as ${shown(e.kept)}. Use that copy.`,
  'metadata-too-large': (e) =>
    `The metadata of ${shown(e.key)} would have ${e.size} bytes, and OSS allows ${e.limit}, encryption headers included. Nothing was changed. Shorten or remove some of it.`,
  'copy-differs': (e) =>
    `The copy of ${shown(e.key)} was removed: OSS stored it with a different ${shown(e.what)}. The original was not changed. Try again.`,
  'source-kept': (e) =>
    e.reason === 'changed'
      ? `The copy is complete, but ${shown(e.key)} was replaced in the meantime, so it was not deleted. Both exist now. Compare them, then delete the one that you do not need.`
      : e.reason === 'not-proven'
        ? `The copy was made, but the server gives no checksum that proves it, so ${shown(e.key)} was not deleted. Both exist now. Compare them, then delete one.`
        : `The copy is complete, but OSS did not delete ${shown(e.key)}. Both exist now. Try again, or ask the owner of the bucket for permission to delete.`,
  'envelope-lost': (e) =>
    `The server stored ${shown(e.key)} without ${e.what === 'content-length' ? 'all of its bytes' : e.what === '' ? 'its encryption header' : `the header ${shown(e.what)}`}, so nobody could decrypt it. ${
      e.removed ? 'It was removed again.' : 'It may still exist: check, and delete it.'
    } Check whether the endpoint is really OSS.`,
  'object-exists': (e) =>
    `${shown(e.key)} already exists in the bucket and was not changed. Choose another name, or Replace.`,
  checksum: () =>
    'The received data differs from the stored data. The file was not saved. Try again; if it happens again, the object is damaged.',
  'size-differs': (e) =>
    e.told === 'server'
      ? `The server sent ${bytes(e.actual)} instead of ${bytes(e.expected)}. Nothing was saved. Download it again.`
      : e.actual < e.expected
        ? `The file is ${bytes(e.expected - e.actual)} shorter than its envelope says. Download it again.`
        : `The file is ${bytes(e.actual - e.expected)} longer than its envelope says. Download it again.`,
  'too-large': (e) =>
    `This is too large: at most ${bytes(e.limit)} are allowed. Choose something smaller.`,
}
