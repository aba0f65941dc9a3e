import {
  bytes,
  headerWord,
  isBucketDomain,
  permission,
  shown,
  type Sentences,
} from './sentences-words.ts'
import { isDistrust } from '../errors.ts'
import {
  badName,
  badRequest,
  fileDamaged,
  leftOut,
  oneKeyForTwo,
  weakPassphrase,
} from './sentences-input.ts'
import { notSealed, sealRefused, secondKey } from './sentences-seals.ts'
import { recoverySheet } from './sentences-sheet.ts'
import { WRITES } from '../write-formats.ts'
import {
  WHAT,
  HEADER,
  FORMAT,
  DAMAGE,
  KMS_KEY,
  COMMAND,
  KINDS,
  ENVELOPE_FILE,
  IMPORT,
  DESCRIPTION,
  USABLE,
  CREDENTIALS,
  serviceOf,
  serviceIn,
  clock,
  oss,
  kms,
  BAD_ANSWER,
  OBSTACLE,
  PROXY,
  keysTried,
  opens,
  LOST,
  BROKEN_OFF,
  INDEX,
} from './sentence-parts-en.ts'

/** Sentences in English. */
export const englishSentences: Sentences = {
  'bad-request': badRequest[0],
  'bad-name': badName[0],
  'bad-filter': (e) =>
    e.problem === 'invalid'
      ? `The text ${shown(e.regex)} is not a regular expression. Check its brackets and backslashes.`
      : `The regular expression ${shown(e.regex)} takes too long. Write a simpler one.`,
  index: (e) => INDEX[e.problem],
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
    `The encryption headers are damaged: ${HEADER[headerWord(e.header)] ?? shown(e.header)} is ${e.problem === 'missing' ? 'missing' : 'not valid'}. Restore an earlier version if the bucket keeps them, or upload the file again.`,
  'no-envelope': (e) =>
    `The encryption headers are missing${e.file === undefined ? '' : ` in ${shown(e.file)}`}. Choose the .ossenv.json that was saved with the file, or a text with the object’s headers.`,
  'seal-refused': sealRefused[0],
  'not-sealed': notSealed[0],
  'second-key': secondKey[0],
  'not-encrypted': (e) =>
    `${shown(e.key)} is not encrypted, though ${e.why === 'key-named' ? 'a master key was named for it' : 'it was when it was last seen here'}. Nothing was kept: someone may have replaced it.`,
  'too-many-damaged': (e) =>
    `${e.count} objects did not open, so the rest was not tried. Check the master key, then take a smaller part.`,
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
    `${keysTried(e.tried)} ${opens(e.tried.length)} this object${e.bits === undefined ? '' : `, which needs a key of ${e.bits.envelope} bits and not of ${e.bits.keys.join(' or ')}`}. Look for an older key with the same description, or ask the person who uploaded it.`,
  'no-master-key': () =>
    'No master key can encrypt here. Generate or import one, then make it the default.',
  'key-not-usable': (e) => USABLE[e.reason](shown(e.name)),
  'key-import': (e) => IMPORT[e.problem],
  'recovery-sheet': recoverySheet.en,
  'drill-report': (e) =>
    e.problem === 'unreadable'
      ? 'This file is not the report of a drill. Choose the .json or .html that a drill wrote.'
      : 'This report was changed, or another key signed it. Check it with the key that was drilled.',
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
  'key-opens-objects': (e) =>
    `${shown(e.name)} opens objects: ${e.objects}, ${bytes(e.bytes)}. Without the key they are lost. To delete it anyway, confirm the number ${e.objects}.`,
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
    e.reason === 'EFBIG'
      ? `${shown(e.path)} is too large for its disk (EFBIG): a disk in FAT32 format holds files of up to 4 GiB. Choose a folder on another disk.`
      : `${shown(e.path)} cannot be written (${shown(e.reason)}). Choose a folder that you can write to.`,
  'disk-full': (e) =>
    `The disk of ${shown(e.path)} is full${e.needed > 0 ? `: ${bytes(e.needed)} more are needed` : ''}. Free some space, then resume.`,
  'drop-broken-off': (e) =>
    `${BROKEN_OFF[e.why]}, so only ${e.files} of the dropped files were copied. These are uploaded. Drop the folder again for the rest.`,
  'left-out': leftOut[0],
  'not-deleted': (e) =>
    `OSS did not delete ${e.count} of ${e.of} objects, among them ${shown(e.key)}. Check the permission oss:DeleteObject and the retention rules of the bucket.`,
  'one-key-for-two': oneKeyForTwo[0],
  'file-damaged': fileDamaged[0],
  'name-not-local': (e) =>
    `The name ${shown(e.name)} is not possible on this computer. Download the object alone, under another name.`,
  'would-run': (e) =>
    `${shown(e.name)} is a program or a link to one, so it is not opened from here. Download it if you trust it.`,
  'not-opened': (e) =>
    `No program of this computer opened ${shown(e.name)}. Download it and choose a program yourself.`,
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
  proxy: (e) => PROXY[e.problem](shown(e.proxy), shown(e.host), e.detail),
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
  'rewrap-differs': (e) =>
    `OSS stored ${shown(e.key)} under the new master key with a different ${shown(e.what)}. Nothing was removed. Keep the old master key, and check this object.`,
  'source-kept': (e) =>
    e.reason === 'changed'
      ? `The copy is complete, but ${shown(e.key)} was replaced in the meantime, so it was not deleted. Both exist now. Compare them, then delete the one that you do not need.`
      : e.reason === 'not-proven'
        ? `The copy was made, but the server gives no checksum that proves it, so ${shown(e.key)} was not deleted. Both exist now. Compare them, then delete one.`
        : `The copy is complete, but OSS did not delete ${shown(e.key)}. Both exist now. Try again, or ask the owner of the bucket for permission to delete.`,
  'seal-denied': (e) =>
    `${shown(e.key)} cannot get its seal: ${e.why === 'permission' ? `OSS does not allow ${permission(e.action).slice(4)}` : e.why === 'no-room' ? 'it has 10 tags already' : 'OSS did not keep the tag'}. ${e.why === 'permission' ? `Allow ${permission(e.action)} for the account` : e.why === 'no-room' ? 'Remove a tag' : 'Try again'}, or switch off “Seal new uploads” in the profile (command line: --no-seal).`,
  'envelope-lost': (e) =>
    `The server stored ${shown(e.key)} without ${e.what === 'content-length' ? 'all of its bytes' : e.what === '' ? 'its encryption header' : `the header ${shown(e.what)}`}, so nobody could decrypt it. ${
      e.removed ? 'It was removed again.' : 'It may still exist: check, and delete it.'
    } Check whether the endpoint is really OSS.`,
  'object-exists': (e) =>
    e.why === 'changed'
      ? `${shown(e.key)} was changed or deleted in the bucket since it was opened, so nothing was uploaded. Decide what happens to it.`
      : `${shown(e.key)} already exists in the bucket and was not changed. Choose another name, or Replace.`,
  checksum: () =>
    'The received data differs from the stored data. The file was not saved. Try again; if it happens again, the object is damaged.',
  'size-differs': (e) =>
    e.told === 'server'
      ? `The server sent ${bytes(e.actual)} instead of ${bytes(e.expected)}. Nothing was saved. Download it again.`
      : e.actual < e.expected
        ? `The file is ${bytes(e.expected - e.actual)} shorter than its encryption headers say. Download it again.`
        : `The file is ${bytes(e.actual - e.expected)} longer than its encryption headers say. Download it again.`,
  'too-large': (e) =>
    `This is too large: at most ${bytes(e.limit)} are allowed. Choose something smaller.`,
}
