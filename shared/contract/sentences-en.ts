import { bytes, headerWord, permission, shown, type Sentences } from './sentences-words.ts'
import { isDistrust } from './errors.ts'
import { badName, badRequest, fileDamaged, leftOut, oneKeyForTwo, weakPassphrase } from './sentences-input.ts'
import { WRITES } from './write-formats.ts'
import type { AppError, CommandProblem, DescriptionProblem, FormatName, KeyImportProblem, KmsKeyProblem } from './errors.ts'

type Of<C extends AppError['code']> = Extract<AppError, { readonly code: C }>

const WHAT: Readonly<Record<Of<'not-found'>['what'], string>> = {
  object: 'object', bucket: 'bucket', profile: 'profile', 'master-key': 'master key', transfer: 'transfer', grant: 'chosen file or folder', plan: 'upload sheet', upload: 'upload of',
}

const HEADER: Readonly<Record<string, string>> = {
  key: 'the wrapped data key', start: 'the wrapped initial counter', 'cek-alg': 'the content algorithm', 'wrap-alg': 'the wrap algorithm', matdesc: 'the key description',
}

const FORMAT: Readonly<Record<FormatName, string>> = {
  v1: 'format V1', v2: 'format V2', 'v2-kms': 'format V2 with a KMS key', 'v2-oaep': 'format V2 with OAEP wrapping', 'v2-custom': 'format V2 with a wrapping of its own',
  'sdk-split': 'the KMS Encryption SDK', 'sdk-message': 'the KMS Encryption SDK', 'sdk-stream': 'the KMS Encryption SDK',
  'sdk-external': 'the KMS Encryption SDK with its data key in a secret store', 'sdk-sm4': 'the KMS Encryption SDK with SM4',
}

const DAMAGE: Readonly<Record<Of<'message-damaged'>['part'], string>> = {
  header: 'The header of this message was changed: its tag does not fit. Nothing was kept. Restore an earlier version if the bucket keeps them.',
  content: 'The content was changed: its tag does not fit. Nothing was kept. Download it again; if it happens twice, restore an earlier version.',
  ending: 'The content was changed or cut off: it does not end as it must. Nothing was kept. Download it again; if it happens twice, restore an earlier version.',
  shape: 'This is no message of the KMS Encryption SDK, or not any more. Nothing was kept. If it once was, restore an earlier version; else download it without decrypting.',
}

const KMS_KEY: Readonly<Record<KmsKeyProblem, (name: string) => string>> = {
  'not-found': (name) => `KMS does not have the key of ${name} in this region. Check the key’s id, region and endpoint on the Master keys page.`,
  disabled: (name) => `The KMS key of ${name} is disabled. Enable it in the KMS console, then try again.`,
  deleting: (name) => `The KMS key of ${name} is about to be deleted. Cancel that in the KMS console at once: without the key nothing under it can be opened.`,
  'wrong-use': (name) => `The KMS key of ${name} is not one that encrypts and decrypts. Choose a symmetric key.`,
  'cannot-open': (name) => `KMS does not open this envelope for ${name}: it was made with another key, in another region, or with another passphrase or context, or it was changed since. Check these on the Master keys page.`,
}

const COMMAND: Readonly<Record<CommandProblem, (detail: string) => string>> = {
  'not-started': (detail) => `could not be started (${detail}). Check that the file is there and may be run.`,
  'timed-out': (detail) => `did not answer within ${detail} seconds and was ended. Try it in a terminal, or allow it more time.`,
  exited: (detail) => `ended with ${detail} instead of an answer. Try it in a terminal.`,
  'not-json': () => 'did not answer with one JSON object that holds "bytes" in base64. Look at its output in a terminal.',
  'wrong-length': (detail) => `answered with ${detail} bytes, which cannot be right. Try it in a terminal.`,
  'too-much': () => 'wrote more than an answer can be, and was ended. Look at its output in a terminal.',
  'not-wrapped': () => 'gave back the data key unencrypted, so nothing was encrypted with it. Correct the program, then try again.',
  refused: (detail) => `refused: “${detail}”.`,
}

const KINDS: Readonly<Record<Of<'format-not-for-key'>['kind'], string>> = { rsa: 'An RSA key', kms: 'A key in KMS', command: 'A program' }

const IMPORT: Readonly<Record<KeyImportProblem, string>> = {
  'not-a-key': 'This file holds no key. Choose a PEM or PKCS#12 file.',
  'not-rsa': 'This key is not RSA. Only RSA keys can be master keys here; choose another file.',
  'needs-passphrase': 'This file is closed with a passphrase. Type it.',
  'wrong-passphrase': 'The passphrase does not open this file. Type it again.',
  'openssh-closed': 'This OpenSSH key is closed with a passphrase in a way that is not read here. Turn a copy of it into PEM: ssh-keygen -p -m PEM -f copy.',
  'halves-differ': 'The public and the private half in this file do not belong together. Choose another copy of the key.',
  'too-short': 'This key is shorter than 1,024 bits and cannot be used. Choose another file.',
  'already-here': 'This key is already here. Nothing has to be imported.',
  'too-large': 'This file is too large to be a key. Choose a PEM or PKCS#12 file.',
}

const DESCRIPTION: Readonly<Record<DescriptionProblem, (detail: string) => string>> = {
  'not-json': () => 'This is not JSON yet. Write pairs of text, such as {"team":"studio"}.',
  'not-an-object': () => 'A description is one JSON object of pairs. Write it as {"team":"studio"}.',
  'value-not-text': (name) => `The value of ${shown(name) || 'a pair'} is not text. Put it in quotes.`,
  'repeated-name': (name) => `The name ${shown(name) || 'of one pair'} stands twice. Keep one of the two.`,
  'too-long': () => 'The description is too long for an object header. Use fewer or shorter words.',
  'not-printable': () => 'The description has characters that no header can carry. Use words only.',
  'used-by': (key) => `${shown(key) || 'Another key'} has the same description. Change one value, so that each object names exactly one key.`,
}

const USABLE: Readonly<Record<Of<'key-not-usable'>['reason'], (name: string) => string>> = {
  'decrypt-only': (name) => `${name} is decrypt-only. Make it active, or choose another master key.`,
  'public-half-only': (name) => `Only the public half of ${name} is here, so it cannot decrypt. Import the private half.`,
  weak: (name) => `${name} is shorter than 2,048 bits, too weak for new uploads. Choose another master key, or confirm this one.`,
  'not-proven': (name) => `${name} has not passed its trial wrap and unwrap. Try the key first, on the Master keys page.`,
  'not-here': (name) => `${name} is kept in KMS or by a program, so there is no key here to save. Whoever runs that keeps it safe.`,
  sample: (name) => `${name} seals practice files only. Generate or import a master key for this profile.`,
}

const CREDENTIALS: Readonly<Record<Of<'bad-credentials'>['reason'], (service: string) => string>> = {
  'unknown-key-id': (service) => `${service} does not know this AccessKey ID. Check it in the profile or key that holds it, or make a new one in the RAM console.`,
  'wrong-secret': () => 'The AccessKey secret does not belong to this AccessKey ID. Type it again where it is kept.',
  expired: () => 'The STS token has expired. Put a new one where the old one is kept.',
}

const serviceOf = (error: { readonly service?: 'kms' }): string => (error.service === 'kms' ? 'KMS' : 'OSS')
/** `kms:Decrypt` and `oss:GetObject` name their service. */
const serviceIn = (action: string): string => (action.startsWith('kms:') ? 'KMS' : 'OSS')

function clock({ minutes, ...error }: Of<'clock'>): string {
  const off = `${Math.abs(minutes)} ${Math.abs(minutes) === 1 ? 'minute' : 'minutes'} ${minutes < 0 ? 'ahead of' : 'behind'}`
  return `This computer’s clock is ${minutes === 0 ? 'too far from that of' : off} ${serviceOf(error)}. Set the clock, then try again.`
}

/** OSS codes that deserve their own words. Source: Alibaba Cloud OSS error reference. */
const OSS: Readonly<Record<string, string>> = {
  InvalidObjectState: 'This object is archived and cannot be read at once. Restore it in the OSS console, wait until that is done, then try again.',
  UserDisable: 'OSS has stopped this account, usually for an unpaid bill. Settle it in the Alibaba Cloud console, then try again.',
  NoSuchUpload: 'OSS no longer knows this upload; someone ended it, or a rule of the bucket did. Start the upload again.',
  EntityTooLarge: 'OSS takes no object or part of this size. Use larger parts, or a smaller file.',
  FileImmutable: 'A retention rule of the bucket protects this object. It can be changed when the rule has run out.',
  BucketAlreadyExists: 'Someone else has a bucket of this name. Choose another name.',
  RequestTimeout: 'OSS waited too long for the bytes. Check the network, then try again.',
}

function oss(error: Of<'oss'>): string {
  const known = OSS[error.ossCode]
  if (known !== undefined) return known
  if (error.status === 429 || error.ossCode === 'SlowDown') return 'OSS asks for fewer requests at a time. Wait a minute, then try again.'
  if (error.status >= 500) return `OSS had a problem of its own (${error.status}). Wait a minute, then try again.`
  return `OSS refused the request (${shown(error.ossCode) || error.status}). Check the profile and the bucket, then try again.`
}

function kms({ status, kmsCode }: Of<'kms'>): string {
  if (status === 0) return 'Something other than KMS answered. Check the KMS endpoint and the network, then try again.'
  if (status === 429 || kmsCode.includes('Throttling')) return 'KMS asks for fewer requests at a time. Wait a minute, then try again.'
  if (status >= 500) return `KMS had a problem of its own (${status}). Wait a minute, then try again.`
  return `KMS refused the request (${shown(kmsCode) || status}). Check the key on the Master keys page, then try again.`
}

const keysTried = (names: readonly string[]): string => (names.length === 0 ? 'No master key here' : names.map(shown).join(', '))
const opens = (count: number): string => (count > 1 ? 'do not open' : count === 1 ? 'does not open' : 'opens')

const LOST = {
  keychain: (name: string) => `The keychain works, but the secret of ${name} is no longer in it.`,
  'passphrase-file': (name: string) => `The file that keeps your secrets opens, but the secret of ${name} is no longer in it.`,
  'data-folder': (name: string) => `What this computer keeps of ${name} is damaged or gone.`,
} as const

const BROKEN_OFF = {
  page: 'The page was closed or loaded anew before everything was copied', app: 'The page or the app was closed before everything was copied',
  'disk-full': 'The disk of this computer is full', unwritable: 'The copies of the dropped files could not be written',
} as const

/** Sentences in English. */
export const english: Sentences = {
  'bad-request': badRequest[0],
  'bad-name': badName[0],
  cancelled: () => 'Cancelled. Nothing half-done was kept.',
  unexpected: (e) => `Something failed that should not. Report it with the reference ${e.reference}; the log on this computer has the rest.`,
  'not-found': (e) => `The ${WHAT[e.what]} ${shown(e.name)} is not there. Check the name, or refresh: it may be gone.`.replace('  ', ' '),
  'already-open': (e) => `Cipherbucket is already open on ${shown(e.folder)}. Use that window, or close it first. Nothing was changed.`,
  'name-taken': (e) => `The name ${shown(e.name)} is taken. Choose another one.`,
  'not-an-envelope': (e) => `The envelope is damaged: ${HEADER[headerWord(e.header)] ?? shown(e.header)} is ${e.problem === 'missing' ? 'missing' : 'not valid'}. Restore an earlier version if the bucket keeps them, or upload the file again.`,
  'no-envelope': () => 'There is no envelope: no headers of an encrypted object were found. Choose the .ossenv.json that was saved with the file, or its headers as JSON.',
  'unsupported-format': (e) => `This object was encrypted with ${FORMAT[e.format]}, which this version does not read. Download it raw, or open it with the tool that wrote it.`,
  'message-damaged': (e) => DAMAGE[e.part],
  'unknown-master-key': (e) => e.description.startsWith('acs:kms:')
    ? `None of your KMS keys may open this. Add the key ${shown(e.description)}, with its region and endpoint.`
    : e.description === ''
    ? 'The object names no master key, and none of yours is without a description. Import the key it was encrypted with.'
    : `None of your master keys has this description. Import the key described as ${shown(e.description)}.`,
  'wrong-master-key': (e) => `${keysTried(e.tried)} ${opens(e.tried.length)} this envelope. Look for an older key of the same description, or ask whoever uploaded it.`,
  'no-master-key': () => 'There is no master key to encrypt with. Generate or import one, then make it the default.',
  'key-not-usable': (e) => USABLE[e.reason](shown(e.name)),
  'key-import': (e) => IMPORT[e.problem],
  'key-proof-failed': (e) => `The two halves of ${shown(e.name)} do not undo each other, so nothing was encrypted with it. Import the key again from its backup.`,
  'key-description': (e) => DESCRIPTION[e.problem](e.detail),
  'format-not-for-key': (e) => `${KINDS[e.kind]} does not write ${e.format}. It writes ${WRITES[e.kind].join(', ')}.`,
  'kms-key': (e) => KMS_KEY[e.problem](shown(e.name)),
  kms,
  'command-failed': (e) => `The program of ${shown(e.name)} ${COMMAND[e.problem](shown(e.detail))}`,
  'confirmation-differs': (e) => `The name typed is not ${shown(e.name)}. Type it exactly, capitals too.`,
  'key-is-default': (e) => `This key is the default for ${e.places.map(shown).join(', ')}. Choose the key that takes its place first.`,
  'source-changed': (e) => `${shown(e.path)} changed during the upload, so nothing was stored. Try again.`,
  'source-differs': (e) => `${shown(e.path)} is not the file this upload was begun with, or nothing of it was sent yet that could tell. Choose the right file, or upload it anew.`,
  'source-unreadable': (e) => `${shown(e.path)} cannot be read (${shown(e.reason)}). Check that it is there and that you may open it, then try again.`,
  'target-exists': (e) => `${shown(e.path)} is there already and was left as it is. Choose another name or folder.`,
  'target-unwritable': (e) => `${shown(e.path)} cannot be written (${shown(e.reason)}). Choose a folder you may write to.`,
  'disk-full': (e) => `The disk of ${shown(e.path)} is full${e.needed > 0 ? `: ${bytes(e.needed)} more are needed` : ''}. Free some space, then resume.`,
  'drop-broken-off': (e) => `${BROKEN_OFF[e.why]}, so only ${e.files} of the dropped files came. What came is uploaded. Drop the folder again for the rest.`,
  'left-out': leftOut[0],
  'one-key-for-two': oneKeyForTwo[0],
  'file-damaged': fileDamaged[0],
  'name-not-local': (e) => `No file here can have the name ${shown(e.name)}. Download it alone, under another name.`,
  'keychain-locked': () => 'The keychain is locked. Unlock it with your system password. Nothing is lost, and nothing is replaced.',
  'keychain-missing': () => 'The system keychain cannot be reached. Start it, then check it again in Settings. Nothing is lost, and nothing is replaced.',
  'secret-lost': (e) => `${LOST[e.place ?? 'keychain'](shown(e.name))} Import the key from its backup, or type the secret again.`,
  'passphrase-needed': (e) => e.exists
    ? 'The file that keeps your secrets is closed. Type its passphrase in Settings. Nothing is lost, and nothing is replaced.'
    : 'This system has no keychain, and no passphrase has been chosen yet. Choose one in Settings, then try again.',
  'wrong-passphrase': () => 'The passphrase does not open the file. Type it again; capitals count.',
  'weak-passphrase': weakPassphrase[0],
  oss,
  'access-denied': (e) => `${serviceIn(e.action)} does not allow ${permission(e.action) === '' ? 'this' : permission(e.action).slice(4)} here. Ask the owner of the ${e.action.startsWith('kms:') ? 'key' : 'bucket'} for ${permission(e.action) || 'the permission'}, or use another profile.`,
  'bad-credentials': (e) => CREDENTIALS[e.reason](serviceOf(e)),
  clock,
  unreachable: (e) => e.host === 'core'
    ? 'The window lost its connection to the app. Reload the window; running transfers go on.'
    : isDistrust(e.reason) ? `This computer does not trust the certificate of ${shown(e.host)}, so nothing was sent. Check the endpoint; for a dedicated instance with a root of its own, start the app with NODE_EXTRA_CA_CERTS naming that certificate.`
    : `${shown(e.host)} did not answer. Check the network or the proxy, then try again.`,
  'insecure-endpoint': (e) => `${shown(e.endpoint)} is not HTTPS, so nothing was sent. Write the endpoint with https://.`,
  'bad-endpoint': (e) => e.problem === 'no-region' ? `${shown(e.endpoint)} does not say in which region it is. Name the region too, such as cn-hangzhou.` : `${shown(e.endpoint) || 'An empty text'} is no endpoint. Write it like https://oss-cn-hangzhou.aliyuncs.com.`,
  'object-changed': (e) => `${shown(e.key)} was replaced while it was being read, so nothing was kept. Try again for the new version.`,
  'copy-differs': (e) => `The copy of ${shown(e.key)} was removed: OSS stored it with another ${shown(e.what)}. The original is untouched. Try again.`,
  'source-kept': (e) =>
    e.reason === 'changed'
      ? `The copy is whole, but ${shown(e.key)} was replaced meanwhile, so it was not deleted. Both are there now. Look at both, then delete the one you do not need.`
      : `The copy is whole, but OSS did not delete ${shown(e.key)}. Both are there now. Try again, or ask the owner of the bucket for leave to delete.`,
  'object-exists': (e) => `${shown(e.key)} is in the bucket already and was left as it is. Choose another name, or Replace.`,
  checksum: () => 'The stored bytes differ from those received. The file was not kept. Try again; if it happens twice, the object is damaged.',
  'size-differs': (e) => e.actual < e.expected
    ? `The file is ${bytes(e.expected - e.actual)} shorter than its envelope says. Download it again.`
    : `The file is ${bytes(e.actual - e.expected)} longer than its envelope says. Download it again.`,
  'too-large': (e) => `This is larger than allowed here: at most ${bytes(e.limit)}. Choose something smaller.`,
}
