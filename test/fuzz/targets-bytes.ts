import { createDecipheriv, createHash } from 'node:crypto'
import { openMessage } from '../../electron/core/keys/keyring-messages.ts'
import type { MasterKeyHandle } from '../../electron/core/keys/master-key.ts'
import { openCipher } from '../../electron/core/cipher/content-cipher.ts'
import { Failure } from '../../shared/contract/errors.ts'
import type { MasterKeyId } from '../../shared/contract/models.ts'
import { toBase64 } from '../../shared/format/base64.ts'
import {
  contextBytes,
  headerAuthInput,
  messageAt,
  parseHeader,
  serializeHeader,
  type EncryptedMessage,
} from '../../shared/format/message/message.ts'
import { algorithmOf } from '../../shared/format/message/message-header.ts'
import { must, mustEqual, SECOND, vectors, type Target } from './target.ts'

interface MessageRow {
  readonly dataKey: string
  readonly bytes: string
  readonly plaintextSha256: string
}
const rowsIn = (root: URL): readonly MessageRow[] => vectors(root, 'messages.json')
const bytesOf = ({ bytes }: MessageRow): Uint8Array => Uint8Array.from(Buffer.from(bytes, 'base64'))
const WORDS = [
  'acs:kms:cn-hangzhou:1:key/2',
  '\x30\x80',
  '\x30\x84\xff\xff\xff\xff',
  '\x04\x00',
  '\x31\x00',
  '\x02\x01\x02',
  '\x00\x00\x00\x01',
  '\x02\x05\x00\x80\x00\x00\x00',
]

const messages: Target = {
  name: 'message',
  words: WORDS,
  limitMs: SECOND,
  seeds: (root) =>
    rowsIn(root).flatMap((row) => {
      const found = messageAt(bytesOf(row), bytesOf(row).length)
      return found === null || found === 'more' ? [] : [bytesOf(row), serializeHeader(found.header)]
    }),
  check(input) {
    const header = parseHeader(input)
    if (header !== null) {
      const written = serializeHeader(header)
      const back = parseHeader(written)
      must(
        back !== null && Buffer.compare(serializeHeader(back), written) === 0,
        'a header is another one once it was written and read',
      )
      mustEqual(
        headerAuthInput(back),
        headerAuthInput(header),
        'the tag of a header is over something else once it was written and read',
      )
    }
    const whole = messageAt(input, input.length)
    must(whole !== 'more', 'a message that is all there is not told')
    if (whole !== null) mustFit(whole, input.length)
    // The whole must agree with the result of its start.
    for (const length of [0, 1, 7, 64, input.length >> 1, input.length - 1]) {
      const early = messageAt(input.subarray(0, Math.max(0, length)), input.length)
      if (early === null) must(whole === null, 'the beginning of a message is taken for none')
      else if (early !== 'more' && whole !== null)
        mustEqual(
          { ...early, tag: whole.tag },
          whole,
          'the beginning of a message tells of another one',
        )
    }
    const longer = messageAt(input, input.length + 1_000_000)
    if (longer !== null && longer !== 'more') mustFit(longer, input.length + 1_000_000)
  },
}

function mustFit(
  { content: { offset, length }, header, iv, tagAt }: EncryptedMessage,
  size: number,
): void {
  const { ivBytes, tagBytes } = algorithmOf(header)
  must(
    iv.length === ivBytes &&
      length !== null &&
      length >= 0 &&
      offset + length + tagBytes <= size &&
      (tagAt === null || tagAt + tagBytes === size),
    'a message lies outside of itself',
  )
}

/**
 * All that was ever made with a data key. `wholes`: what the tags of a message protect, and they
 * themselves.
 */
interface Made {
  readonly dataKey: Uint8Array
  /** In base64. */
  readonly blobs: Set<string>
  readonly headers: Set<string>
  readonly wholes: Set<string>
}
/**
 * Data key in hex → what was made with it. The stands-in for KMS that the vectors are from gave one
 * blob for several of them.
 */
const made = new Map<string, Made>()
/** Messages that must be accepted, or nothing else here would mean much. */
const originals = new Set<string>()

/**
 * A KMS that knows one data key, and binds it to no context: nothing but the tags stands between a
 * mangled message and its reader.
 */
function kmsOf({ dataKey, blobs }: Made): MasterKeyHandle {
  const unused = () => Promise.reject(new Error('messages are only opened here'))
  return {
    id: Buffer.from(dataKey).toString('hex') as MasterKeyId,
    name: 'fuzz',
    kind: 'kms',
    writes: 'sdk-split',
    wrapAlgorithm: 'KMS/ALICLOUD',
    description: '',
    canWrap: false,
    canUnwrap: true,
    fits: () => true,
    wrap: unused,
    unwrap: unused,
    messages: {
      allows: () => true,
      generate: unused,
      async decrypt({ wrapped }) {
        if (!blobs.has(toBase64(wrapped)))
          throw new Failure({
            code: 'kms-key',
            name: 'fuzz',
            problem: 'cannot-open',
            requestId: '',
          })
        return Uint8Array.from(dataKey)
      },
    },
    [Symbol.dispose]: () => undefined,
  }
}
const never = new AbortController().signal
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
/** In the one order that is written, whatever order was read. */
const headerOf = ({ header }: EncryptedMessage) => hashOf(serializeHeader(header))
const wholeOf = (message: EncryptedMessage, plaintextSha256: string) =>
  [
    headerOf(message),
    hashOf(message.iv),
    hashOf(message.tag ?? new Uint8Array()),
    plaintextSha256,
  ].join()

const mangled: Target = {
  name: 'mangled-message',
  words: WORDS,
  limitMs: SECOND,
  seeds: (root) => rowsIn(root).map(bytesOf),
  async check(input) {
    if (made.size === 0) for (const row of rowsIn(ROOT)) remember(row)
    const message = messageAt(input, input.length)
    if (message === null || message === 'more') return
    const opened = await openMessage(message, [...made.values()].map(kmsOf), never)
    must(
      opened.ok || !originals.has(hashOf(input)),
      'the header of a message that was not changed is refused',
    )
    if (!opened.ok) return
    using dataKey = opened.value.dataKey
    const origin = made.get(opened.value.keyId)
    must(
      origin?.headers.has(headerOf(message)) === true,
      'the header of a message was changed, and its tag fits',
    )
    if (algorithmOf(message.header).mode !== 'gcm') return
    const { offset, length } = message.content
    const content = input.subarray(offset, offset + (length ?? 0))
    const key = () => Uint8Array.from(dataKey.bytes)
    const plain = openCipher({
      kind: 'ctr',
      dataKey: key(),
      counter: opened.value.counter,
      at: 0,
      resplit: null,
    }).update(content)
    const cipher = openCipher({
      kind: 'gcm',
      dataKey: key(),
      iv: message.iv,
      associated: contextBytes(message.header.context),
    })
    cipher.update(plain)
    const accepted =
      Buffer.compare(cipher.end().tag ?? new Uint8Array(), message.tag ?? new Uint8Array(1)) === 0
    mustEqual(accepted, nodeAccepts(message, content, key()), 'we and Node do not agree on a tag')
    must(
      accepted || !originals.has(hashOf(input)),
      'the content of a message that was not changed is refused',
    )
    must(
      !accepted || origin.wholes.has(wholeOf(message, hashOf(plain))),
      'the content of a message was changed, and its tag fits',
    )
  },
}

function nodeAccepts(
  { header, iv, tag }: EncryptedMessage,
  content: Uint8Array,
  dataKey: Uint8Array,
): boolean {
  const decipher = createDecipheriv(
    dataKey.length === 16 ? 'aes-128-gcm' : 'aes-256-gcm',
    dataKey,
    iv,
    { authTagLength: 16 },
  )
  decipher.setAAD(contextBytes(header.context)).setAuthTag(tag ?? new Uint8Array(16))
  try {
    decipher.update(content)
    decipher.final()
    return true
  } catch {
    return false
  }
}

/** For the thread, which is bundled into out/. */
const ROOT = new URL('..', import.meta.url)

function remember(row: MessageRow): void {
  const message = messageAt(bytesOf(row), bytesOf(row).length)
  if (message === null || message === 'more') return
  if (algorithmOf(message.header).cipher === 'aes') originals.add(hashOf(bytesOf(row)))
  const about: Made = made.get(row.dataKey) ?? {
    dataKey: Uint8Array.from(Buffer.from(row.dataKey, 'hex')),
    blobs: new Set(),
    headers: new Set(),
    wholes: new Set(),
  }
  made.set(row.dataKey, about)
  for (const { wrapped } of message.header.dataKeys) about.blobs.add(toBase64(wrapped))
  about.headers.add(headerOf(message))
  about.wholes.add(wholeOf(message, row.plaintextSha256))
}

export const byteTargets: readonly Target[] = [messages, mangled]
