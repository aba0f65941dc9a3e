import { createCipheriv, randomBytes, timingSafeEqual } from 'node:crypto'
import { Failure, fail, ok, type Result } from '../../../shared/contract/errors.ts'
import { gcmCounter } from '../../../shared/format/counter.ts'
import {
  algorithmOf,
  headerAuthInput,
  type MessageHeader,
  type EncryptedMessage,
} from '../../../shared/format/message/message-header.ts'
import { DataKey } from '../cipher/data-key.ts'
import { attempted, isSilence, triedAll, type Trouble } from '../base/attempt.ts'
import type { Opened } from './keyring.ts'
import type { MasterKeyHandle, MessageKeys } from './master-key.ts'

const HEADER_IV_BYTES = 12

/**
 * A new data key, and the header of a KMS Encryption SDK message that holds it. The caller disposes
 * of `dataKey`.
 */
export interface NewMessage {
  readonly dataKey: DataKey
  readonly header: MessageHeader
  readonly iv: Uint8Array
  /** The counter block of content byte 0, as in {@link Opened}. */
  readonly counter: Uint8Array
}

/**
 * Makes a new data key and the header of a message under this key. Two calls never give the same
 * data key. `algorithm`: an id of `message-algorithms.ts`, AES only. `context`: written in the
 * clear into the header, with the context that the key itself adds.
 * Errors  'key-not-usable', 'bad-request' for a key that is not in KMS, and those of KMS.
 */
export async function newMessage(
  key: MasterKeyHandle,
  algorithm: number,
  context: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Result<NewMessage>> {
  const { messages } = key
  if (!key.canWrap) return fail({ code: 'key-not-usable', name: key.name, reason: 'decrypt-only' })
  if (messages === null) return fail({ code: 'bad-request', detail: 'format' })
  return attempted(async () => {
    const { keyBytes, ivBytes } = algorithmOf({ algorithm })
    const bound = new Map([...(messages.context ?? []), ...context])
    const { keyId, plain, wrapped } = await messages.generate(
      keyBytes === 16 ? 16 : 32,
      bound,
      signal,
    )
    try {
      const untagged = {
        version: 1,
        algorithm,
        dataKeys: [{ keyId, wrapped }],
        context: bound,
        headerIv: randomBytes(HEADER_IV_BYTES),
        headerTag: new Uint8Array(0),
      }
      const header: MessageHeader = { ...untagged, headerTag: tagOf(untagged, plain) }
      const iv = randomBytes(ivBytes)
      return { dataKey: new DataKey(plain), header, iv, counter: firstCounter({ header, iv }) }
    } finally {
      plain.fill(0)
    }
  })
}

/**
 * The most data keys of one message that are tried. Anybody can write a header with a thousand of
 * them. People have a few CMKs.
 */
const MOST_TRIED = 32

/**
 * Opens a message. Each data key that a candidate allows is tried in the header's order, up to
 * {@link MOST_TRIED}. The first data key under which the tag of the header fits opens the message.
 * The tag is always checked. Otherwise the data key and context of one message could be put before
 * the content of another.
 *
 * Errors  'unsupported-format' for SM4. 'unknown-master-key' (`description`: the CMKs of the
 * header) when no candidate allows one of them. 'message-damaged' when a data key opens and the tag
 * does not fit. Otherwise as `open`.
 */
export async function openMessage(
  message: EncryptedMessage,
  candidates: readonly MasterKeyHandle[],
  signal: AbortSignal,
): Promise<Result<Opened>> {
  const { header } = message
  if (algorithmOf(header).cipher !== 'aes')
    return fail({ code: 'unsupported-format', format: 'sdk-sm4' })
  const asked = header.dataKeys.flatMap((wrapped) =>
    candidates.flatMap((key) =>
      key.messages?.allows(wrapped.keyId) === true
        ? [{ key, name: key.name, wrapped, messages: key.messages }]
        : [],
    ),
  )
  if (asked.length === 0)
    return fail({
      code: 'unknown-master-key',
      description: header.dataKeys.map(({ keyId }) => keyId).join(', '),
    })
  const troubles: Trouble[] = []
  /** Keys whose KMS did not answer. Another data key would wait as long as this one did. */
  const silent = new Set<MasterKeyHandle>()
  for (const { key, wrapped, messages } of asked.slice(0, MOST_TRIED)) {
    if (silent.has(key)) continue
    const dataKey = await attempted(() => authentic(header, wrapped, messages, signal))
    if (dataKey.ok)
      return ok({
        dataKey: dataKey.value,
        counter: firstCounter(message),
        keyId: key.id,
        keyName: key.name,
        keyKind: key.kind,
        oddCounter: false,
      })
    if (dataKey.error.code === 'cancelled') return dataKey
    if (isSilence(dataKey.error)) silent.add(key)
    troubles.push(dataKey.error)
  }
  return fail(triedAll(troubles, asked))
}

/** Decrypts one data key and checks the tag of the header with it. */
async function authentic(
  header: MessageHeader,
  wrapped: MessageHeader['dataKeys'][number],
  messages: MessageKeys,
  signal: AbortSignal,
): Promise<DataKey> {
  const plain = await messages.decrypt(wrapped, header.context, signal)
  try {
    // A key of another length means that the header names another algorithm than it was made with.
    const fits =
      plain.length === algorithmOf(header).keyBytes &&
      timingSafeEqual(tagOf(header, plain), header.headerTag)
    if (!fits) throw new Failure({ code: 'message-damaged', part: 'header' })
    return new DataKey(plain)
  } finally {
    plain.fill(0)
  }
}

/**
 * Computes the tag of a header: AES-GCM over its fields, whatever cipher the content has. Source
 * formats 5.4.
 */
function tagOf(header: MessageHeader, dataKey: Uint8Array): Buffer {
  const cipher = createCipheriv(
    dataKey.length === 16 ? 'aes-128-gcm' : 'aes-256-gcm',
    dataKey,
    header.headerIv,
  )
  cipher.setAAD(headerAuthInput(header))
  cipher.final()
  return cipher.getAuthTag()
}

/** Modes other than GCM begin with the initial vector itself. */
function firstCounter({ header, iv }: Pick<EncryptedMessage, 'header' | 'iv'>): Uint8Array {
  return algorithmOf(header).mode === 'gcm' ? gcmCounter(iv) : Uint8Array.from(iv)
}
