import fc from 'fast-check'
import { utf8 } from '../../shared/format/bytes.ts'
import { compareBytes, counted, joined, u32 } from '../../shared/format/bytes.ts'
import { toBase64 } from '../../shared/format/base64.ts'
import {
  MESSAGE_ALGORITHMS,
  messageAlgorithm,
} from '../../shared/format/message/message-algorithms.ts'
import {
  contextBytes,
  endOfMessage,
  startOfMessage,
  type MessageHeader,
} from '../../shared/format/message/message.ts'
import { rows } from './vectors.ts'

/** A row of test/vectors/messages.json. */
export interface MessageVector {
  readonly name: string
  readonly source: string
  readonly form: 'message' | 'stream'
  readonly algorithm: number
  /** CMK and CiphertextBlob. */
  readonly keys: readonly (readonly [string, string])[]
  readonly context: Readonly<Record<string, string>>
  /** Hex. */
  readonly dataKey: string
  readonly plaintextBytes: number
  readonly plaintextSha256: string
  /** The whole message, base64. */
  readonly bytes: string
  readonly split?: Readonly<Record<string, string>>
  /** Hex, as the SDK built them. */
  readonly contextBytes?: string
}

export const messageVectors = rows<MessageVector>('messages.json')

export const messageBytes = ({ bytes }: MessageVector): Uint8Array =>
  Uint8Array.from(Buffer.from(bytes, 'base64'))

const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const text = fc.string({ unit: 'grapheme', maxLength: 12 })

/** Any header of any algorithm. */
export const anyHeader: fc.Arbitrary<MessageHeader> = fc.record({
  version: fc.constantFrom(1, 1, 1, 0, 2, 127, 128, 65_536, 2 ** 31 - 1),
  algorithm: fc.constantFrom(...MESSAGE_ALGORITHMS.map(({ id }) => id)),
  dataKeys: fc.uniqueArray(
    fc.record({
      keyId: text.filter((id) => id !== ''),
      wrapped: fc.uint8Array({ minLength: 1, maxLength: 300 }),
    }),
    { minLength: 1, maxLength: 5, selector: ({ keyId }) => keyId },
  ),
  context: fc
    .uniqueArray(fc.tuple(text, text), { maxLength: 5, selector: ([name]) => name })
    .map((pairs) => new Map(pairs)),
  headerIv: exactly(12),
  headerTag: exactly(16),
})

/** A header, and a body that its algorithm allows. */
export const anyMessage = anyHeader.chain((header) => {
  const { ivBytes, tagBytes } = messageAlgorithm(header.algorithm) ?? { ivBytes: 0, tagBytes: 0 }
  return fc.record({
    header: fc.constant(header),
    iv: exactly(ivBytes),
    tag: exactly(tagBytes),
    ciphertext: fc.uint8Array({ maxLength: 400 }),
  })
})

export interface Message {
  readonly header: MessageHeader
  readonly iv: Uint8Array
  readonly tag: Uint8Array
  readonly ciphertext: Uint8Array
}

export function wholeMessage({ header, iv, tag, ciphertext }: Message): Uint8Array {
  return joined(startOfMessage(header, iv, ciphertext.length).prefix, ciphertext, endOfMessage(tag))
}

/** The stream form, which the app only reads. */
export function streamBytes({ header, iv, tag, ciphertext }: Message): Uint8Array {
  const keys = [...header.dataKeys]
    .map(({ keyId, wrapped }) => [utf8(keyId), utf8(toBase64(wrapped))] as const)
    .sort(([a], [b]) => compareBytes(a, b))
  return joined(
    u32(header.version),
    u32(header.algorithm),
    counted(contextBytes(header.context)),
    u32(keys.length),
    ...keys.flatMap(([name, value]) => [counted(name), counted(value)]),
    counted(header.headerIv),
    counted(header.headerTag),
    Uint8Array.from(u32(iv.length)).reverse(),
    iv,
    ciphertext,
    tag,
  )
}

/** The same header whatever the order of its sets. */
export function inOrder({ dataKeys, context, ...rest }: MessageHeader): object {
  const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  return {
    ...rest,
    dataKeys: [...dataKeys].sort((a, b) => byText(a.keyId, b.keyId)),
    context: [...context].sort(([a], [b]) => byText(a, b)),
  }
}
