import { createCipheriv, randomBytes, timingSafeEqual } from 'node:crypto'
import { Failure, fail, ok, type Result } from '../../../shared/contract/errors.ts'
import { gcmCounter } from '../../../shared/format/counter.ts'
import {
  algorithmOf,
  headerAuthInput,
  type MessageHeader,
  type SealedMessage,
} from '../../../shared/format/message/message-header.ts'
import { DataKey } from '../cipher/data-key.ts'
import { attempted, isSilence, triedAll, type Trouble } from '../base/attempt.ts'
import type { Opened } from './keyring.ts'
import type { MasterKeyHandle, MessageKeys } from './master-key.ts'

const HEADER_IV_BYTES = 12

/**
 * A new data key, and the header that keeps it for a message of the KMS Encryption SDK. The caller
 * disposes of `dataKey`.
 */
export interface NewMessage {
  readonly dataKey: DataKey
  readonly header: MessageHeader
  readonly iv: Uint8Array
  /** Counter block of content byte 0, as in {@link Opened}. */
  readonly counter: Uint8Array
}

/**
 * Never the same data key twice. `algorithm`: an id of `message-algorithms.ts`, AES only.
 * `context`: goes into the header in the clear, together with what the key itself binds messages
 * to.
 * Errors 'key-not-usable', 'bad-request' for a key that is not in KMS, and those of KMS.
 */
export async function sealMessage(
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
 * Data keys of one message that are tried. A header has room for a thousand, and anybody may have
 * written it; people have a few CMKs.
 */
const MOST_TRIED = 32

/**
 * Tries each data key that one of the candidates allows, in the header's order, up to
 * {@link MOST_TRIED}; the first under which the header's own tag fits opens the message. That tag
 * is looked at always: without it, a data key and a context of one message could stand before
 * another.
 *
 * Errors 'unsupported-format' for SM4, 'unknown-master-key' (`description`: the CMKs named) when no
 * candidate may be asked, 'message-damaged' when a data key opens and the tag does not fit; else as
 * `open`.
 */
export async function openMessage(
  message: SealedMessage,
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
  /** With their KMS out of reach: the next data key would wait for it as long as this one did. */
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

/** The data key under which the header's tag fits. */
async function authentic(
  header: MessageHeader,
  wrapped: MessageHeader['dataKeys'][number],
  messages: MessageKeys,
  signal: AbortSignal,
): Promise<DataKey> {
  const plain = await messages.decrypt(wrapped, header.context, signal)
  try {
    // A key of the other length: the header no longer names the algorithm that it was made with.
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
 * AES-GCM over what the header says, whatever the content is encrypted with. Source formats 5.4.
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
function firstCounter({ header, iv }: Pick<SealedMessage, 'header' | 'iv'>): Uint8Array {
  return algorithmOf(header).mode === 'gcm' ? gcmCounter(iv) : Uint8Array.from(iv)
}
