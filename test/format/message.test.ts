import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toBase64 } from '../../shared/format/base64.ts'
import { joined, u32 } from '../../shared/format/bytes.ts'
import { der, derStart, OCTET_STRING, SEQUENCE } from '../../shared/format/der.ts'
import { messageAlgorithm } from '../../shared/format/message/message-algorithms.ts'
import {
  endOfMessage,
  lengthOfMessage,
  looksExternal,
  MAX_START_BYTES,
  messageAt,
  serializeHeader,
  startOfMessage,
  tagOfEnd,
  type EncryptedMessage,
} from '../../shared/format/message/message.ts'
import {
  anyMessage,
  inOrder,
  messageBytes,
  messageVectors,
  streamBytes,
  wholeMessage,
  type Message,
} from './messages.ts'
import { bytesOf, hex } from './vectors.ts'

function found(start: Uint8Array, size = start.length): EncryptedMessage {
  const message = messageAt(start, size)
  return message === null || message === 'more'
    ? expect.fail(`no message: ${String(message)}`)
    : message
}
const sizes = ({ header }: Message) =>
  messageAlgorithm(header.algorithm) ?? expect.fail('no such algorithm')
const flip = (bytes: Uint8Array, at: number, change: number) =>
  bytes.map((byte, i) => (i === at ? byte ^ change : byte))

describe('messages of the SDKs', () => {
  for (const vector of messageVectors) {
    test(`${vector.name} (${vector.source})`, () => {
      const bytes = messageBytes(vector)
      const message = found(bytes)
      const { tagBytes } = messageAlgorithm(vector.algorithm) ?? expect.fail('no such algorithm')
      expect(message.form).toBe(vector.form)
      expect(message.header.algorithm).toBe(vector.algorithm)
      expect(Object.fromEntries(message.header.context)).toEqual(vector.context)
      expect(
        Object.fromEntries(
          message.header.dataKeys.map(({ keyId, wrapped }) => [keyId, toBase64(wrapped)]),
        ),
      ).toEqual(Object.fromEntries(vector.keys))
      expect(message.tagAt).toBe(tagBytes === 0 ? null : bytes.length - 16)
      expect(message.tag).toEqual(bytes.slice(bytes.length - tagBytes))

      if (vector.form === 'message') {
        // Written again, it is the same to the byte.
        const { offset, length } = message.content
        const ciphertext = bytes.slice(offset, offset + (length ?? expect.fail('no length')))
        expect(
          hex(
            wholeMessage({
              header: message.header,
              iv: message.iv,
              tag: message.tag ?? expect.fail('no tag'),
              ciphertext,
            }),
          ),
        ).toBe(hex(bytes))
      }
    })
  }
})

describe.each([
  ['one piece of DER', wholeMessage],
  ['a stream', streamBytes],
] as const)('%s', (_form, write) => {
  const streams = write === streamBytes
  const messages = streams
    ? anyMessage.map((message) => ({ ...message, header: { ...message.header, version: 1 } }))
    : anyMessage

  test('comes back, whole and from its first bytes', () => {
    fc.assert(
      fc.property(messages, fc.nat(), (given, cut) => {
        const bytes = write(given)
        const { tagBytes } = sizes(given)
        const message = found(bytes)
        expect(inOrder(message.header)).toEqual(inOrder(given.header))
        expect([hex(message.iv), hex(message.tag ?? expect.fail('no tag'))]).toEqual([
          hex(given.iv),
          hex(given.tag),
        ])
        const { offset, length } = message.content
        expect(hex(bytes.subarray(offset, offset + (length ?? -1)))).toBe(hex(given.ciphertext))

        // Every beginning is too short, or says the same; what says nothing of the tag says where
        // it is.
        const start = bytes.subarray(0, cut % bytes.length)
        const early = messageAt(start, bytes.length)
        if (start.length >= offset) expect(early).not.toBe('more')
        if (early !== 'more')
          expect(early).toEqual({ ...message, tag: tagBytes === 0 ? new Uint8Array() : null })
      }),
      { numRuns: 200 },
    )
  })

  test('every truncation is no message any more, or one that is shorter and has another tag', () => {
    fc.assert(
      fc.property(messages, (given) => {
        const bytes = write(given)
        const whole = found(bytes)
        for (let size = 0; size < bytes.length; size++) {
          const message = messageAt(bytes.subarray(0, size), size)
          expect(message, `cut to ${size}`).not.toBe('more')
          if (!streams) expect(message, `cut to ${size}`).toBeNull()
          if (message !== null && message !== 'more')
            expect(message.content.length).toBeLessThan(whole.content.length ?? -1)
        }
      }),
      { numRuns: 15 },
    )
  })

  test('no change of one byte throws, and none outside of content and tags goes unseen', () => {
    fc.assert(
      fc.property(messages, fc.integer({ min: 1, max: 255 }), (given, change) => {
        const bytes = write(given)
        const whole = found(bytes)
        const { offset, length } = whole.content
        for (let at = 0; at < bytes.length; at++) {
          const changed = flip(bytes, at, change)
          const message = messageAt(changed, changed.length)
          for (const size of [0, at, bytes.length - 1])
            messageAt(changed.subarray(0, size), bytes.length)
          const inContent = at >= offset && at < offset + (length ?? 0)
          if (!inContent && message !== null && message !== 'more') {
            const seen = inOrder(message.header)
            const same =
              JSON.stringify([seen, [...message.iv], [...(message.tag ?? [])]]) ===
              JSON.stringify([inOrder(whole.header), [...whole.iv], [...(whole.tag ?? [])]])
            expect(same && message.content.length === whole.content.length, `byte ${at}`).toBe(
              false,
            )
          }
        }
      }),
      { numRuns: 8 },
    )
  })
})

describe('no message', () => {
  const header = {
    version: 1,
    algorithm: 2,
    dataKeys: [{ keyId: 'a', wrapped: bytesOf('01') }],
    context: new Map(),
    headerIv: new Uint8Array(12),
    headerTag: new Uint8Array(16),
  }
  const good: Message = {
    header,
    iv: new Uint8Array(12),
    tag: new Uint8Array(16),
    ciphertext: bytesOf('aabbcc'),
  }
  const stream = streamBytes(good)
  /** Lengths of the octet strings in its body. */
  const built = (lengths: readonly number[]) =>
    der(
      SEQUENCE,
      serializeHeader(header),
      der(SEQUENCE, ...lengths.map((length) => der(OCTET_STRING, new Uint8Array(length)))),
    )
  const keysAt = 4 + 4 + 4

  test.each([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('hello')],
    ['a text that begins with 0', Buffer.from('0123456789')],
    [
      'a PKCS#8 key',
      der(
        SEQUENCE,
        bytesOf('020100'),
        der(SEQUENCE, bytesOf('06092a864886f70d010101')),
        der(OCTET_STRING, new Uint8Array(40)),
      ),
    ],
    ['zeros', new Uint8Array(5000)],
    ['a byte more than a message', joined(wholeMessage(good), Uint8Array.of(0))],
    [
      'a body without its header',
      der(
        SEQUENCE,
        der(SEQUENCE),
        der(
          SEQUENCE,
          der(OCTET_STRING, new Uint8Array(12)),
          der(OCTET_STRING),
          der(OCTET_STRING, new Uint8Array(16)),
        ),
      ),
    ],
    ['a tag of 15 bytes', built([12, 3, 15])],
    ['no tag under GCM', built([12, 3, 0])],
    ['an initial vector of 16 bytes under GCM', built([16, 3, 16])],
    ['four octet strings in the body', built([12, 3, 16, 0])],
    ['two octet strings in the body', built([12, 16])],
    [
      'a content that is no octet string',
      der(
        SEQUENCE,
        serializeHeader(header),
        der(
          SEQUENCE,
          der(OCTET_STRING, new Uint8Array(12)),
          der(SEQUENCE),
          der(OCTET_STRING, new Uint8Array(16)),
        ),
      ),
    ],
    ['a stream of version 2', streamBytes({ ...good, header: { ...header, version: 2 } })],
    ['a stream of an algorithm nobody knows', joined(u32(1), u32(13), stream.subarray(8))],
    [
      'a stream with 4 billion data keys',
      joined(stream.subarray(0, keysAt), u32(2 ** 32 - 1), stream.subarray(keysAt + 4)),
    ],
    [
      'a stream with a key of 4 GiB',
      joined(stream.subarray(0, keysAt + 4), u32(2 ** 32 - 1), stream.subarray(keysAt + 8)),
    ],
    [
      'a stream whose data key is no base64',
      joined(stream.subarray(0, keysAt + 13), Buffer.from('!'), stream.subarray(keysAt + 14)),
    ],
    [
      'a stream with an initial vector of 16 bytes under GCM',
      streamBytes({ ...good, iv: new Uint8Array(16) }),
    ],
    [
      'a stream with a context of no pairs that says so',
      joined(stream.subarray(0, 8), u32(4), u32(0), stream.subarray(12)),
    ],
    [
      'a stream that counts more pairs than there are',
      joined(stream.subarray(0, 8), u32(4), u32(9), stream.subarray(12)),
    ],
    ['a stream shorter than its tag', stream.subarray(0, stream.length - 4)],
  ])('%s', (_name, bytes) => {
    expect(messageAt(bytes, bytes.length)).toBeNull()
    for (const size of [1, 2, 5, 20])
      expect([null, 'more']).toContainEqual(messageAt(bytes.subarray(0, size), bytes.length))
  })

  test('the untouched ones are messages', () => {
    expect([
      found(wholeMessage(good)).form,
      found(stream).form,
      found(built([12, 3, 16])).form,
    ]).toEqual(['message', 'stream', 'message'])
    // Its first bytes say the same of the lengths as all of it does.
    for (const lengths of [
      [12, 500, 15],
      [12, 500, 0],
      [16, 500, 16],
      [12, 500, 16, 0],
    ])
      expect(messageAt(built(lengths).subarray(0, -16), built(lengths).length)).toBeNull()
  })

  test('one that was cut off or added to tells its length, once its content begins', () => {
    const whole = wholeMessage(good)
    const contentAt = whole.length - 18 - good.ciphertext.length
    for (const bytes of [
      whole,
      joined(whole, new Uint8Array(9)),
      whole.subarray(0, -1),
      whole.subarray(0, contentAt),
    ])
      expect(lengthOfMessage(bytes)).toBe(whole.length)
    for (const bytes of [
      new Uint8Array(),
      whole.subarray(0, 60),
      stream,
      whole.subarray(1),
      joined(built([12, 500, 15]), u32(0)),
    ])
      expect(lengthOfMessage(bytes)).toBeNull()
  })

  test('nothing of something long asks for more, and 64 KiB never do', () => {
    expect(messageAt(new Uint8Array(), 1000)).toBe('more')
    for (const first of [
      bytesOf('3085ffffffffff'),
      bytesOf('30850140000000' + '3084fffffff0'),
      bytesOf('30850140000000' + '30830fffff'),
    ]) {
      const start = joined(first, new Uint8Array(MAX_START_BYTES - first.length))
      expect(messageAt(start, 5 * 2 ** 30 + 7)).toBeNull()
    }
    const endless = joined(
      u32(1),
      u32(2),
      u32(MAX_START_BYTES - 12),
      new Uint8Array(MAX_START_BYTES - 12),
    )
    expect(messageAt(endless, 2 ** 40)).toBeNull()
    expect(messageAt(endless.subarray(0, 5000), 2 ** 40)).toBe('more')
  })

  test.each([
    ['one piece of DER', wholeMessage],
    ['a stream', streamBytes],
  ] as const)(
    '%s: what stands before the content has 64 KiB at most, and one answer from then on',
    (_name, write) => {
      const fixed = write({ ...good, header: { ...header, context: new Map([['a', '']]) } })
      const offset = found(fixed).content.offset
      for (const spare of [-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 40]) {
        const context = new Map([['a', 'x'.repeat(MAX_START_BYTES - offset - spare)]])
        const head = { ...header, context }
        const { iv, ciphertext, tag } = good
        // As startOfMessage would write it, were it allowed to.
        const bytes =
          write === streamBytes
            ? streamBytes({ ...good, header: head })
            : der(
                SEQUENCE,
                serializeHeader(head),
                der(
                  SEQUENCE,
                  der(OCTET_STRING, iv),
                  der(OCTET_STRING, ciphertext),
                  der(OCTET_STRING, tag),
                ),
              )
        const whole = messageAt(bytes, bytes.length)
        expect(whole).not.toBe('more')
        const start = messageAt(bytes.subarray(0, MAX_START_BYTES), bytes.length)
        expect(start === null, `${spare} to spare`).toBe(whole === null)
        expect(start).not.toBe('more')
        if (whole !== null && whole !== 'more')
          expect(whole.content.offset).toBeLessThanOrEqual(MAX_START_BYTES)
        if (spare < 0 || spare === 40) expect(whole === null).toBe(spare < 0)
      }
    },
  )

  test('what could not be read again is not written', () => {
    expect(() =>
      startOfMessage(
        { ...header, context: new Map([['a', 'x'.repeat(MAX_START_BYTES)]]) },
        new Uint8Array(12),
        1,
      ),
    ).toThrow(RangeError)
  })

  // With work in the square of the length this would not end within the time of a test.
  test('hostile beginnings are read in time', () => {
    const nested = Uint8Array.from({ length: MAX_START_BYTES }, (_, i) =>
      i % 2 === 0 ? 0x30 : 0x00,
    )
    const sets = joined(
      derStart(SEQUENCE, 60_000),
      bytesOf('020101020102'),
      derStart(0x31, 59_000),
      new Uint8Array(59_000).fill(0x30),
    )
    const keys = joined(u32(1), u32(2), u32(0), u32(2 ** 32 - 1), new Uint8Array(60_000))
    for (const bytes of [nested, sets, keys])
      for (let run = 0; run < 20; run++) messageAt(bytes, run === 0 ? bytes.length : 2 ** 40)
  })
})

test('a message of 40 GiB, from its first bytes', () => {
  const given = {
    version: 1,
    algorithm: 2,
    dataKeys: [{ keyId: 'a', wrapped: bytesOf('01') }],
    context: new Map(),
    headerIv: new Uint8Array(12),
    headerTag: new Uint8Array(16),
  }
  const length = 40 * 2 ** 30
  const { prefix, suffixLength } = startOfMessage(given, new Uint8Array(12), length)
  const size = prefix.length + length + suffixLength
  expect(found(prefix, size)).toMatchObject({
    content: { offset: prefix.length, length },
    tag: null,
    tagAt: size - 16,
  })
  expect(messageAt(prefix, size - 1)).toBeNull()
})

test('the end of a message and its tag', () => {
  const tag = new Uint8Array(16).fill(9)
  expect(hex(endOfMessage(tag))).toBe(`0410${hex(tag)}`)
  expect(tagOfEnd(endOfMessage(tag))).toEqual(tag)
  expect(tagOfEnd(endOfMessage(new Uint8Array()))).toEqual(new Uint8Array())
  for (const bytes of [
    '',
    '04',
    '0410',
    `0410${'00'.repeat(15)}`,
    `0410${'00'.repeat(17)}`,
    `0510${'00'.repeat(16)}`,
    `0400${'00'.repeat(16)}`,
    `048110${'00'.repeat(16)}`,
  ]) {
    expect(tagOfEnd(bytesOf(bytes)), bytes).toBeNull()
  }
})

describe('content whose header is in a store of secrets', () => {
  const body = (iv: number, tag: number, content = 300) =>
    der(
      SEQUENCE,
      der(OCTET_STRING, new Uint8Array(iv)),
      der(OCTET_STRING, new Uint8Array(content)),
      der(OCTET_STRING, new Uint8Array(tag)),
    )
  test.each([
    [12, 16, true],
    [16, 0, true],
    [12, 0, false],
    [16, 16, false],
    [13, 16, false],
  ])('initial vector of %i and tag of %i bytes: %s', (iv, tag, external) => {
    const bytes = body(iv, tag)
    expect(looksExternal(bytes, bytes.length)).toBe(external)
    expect(looksExternal(bytes.subarray(0, 40), bytes.length)).toBe(external)
    expect(looksExternal(bytes, bytes.length + 1)).toBe(false)
    for (let size = 0; size < bytes.length; size++)
      expect(looksExternal(bytes.subarray(0, size), size)).toBe(false)
    expect(messageAt(bytes, bytes.length)).toBeNull()
  })

  test('a message is none, nor is anything else', () => {
    for (const vector of messageVectors)
      expect(looksExternal(messageBytes(vector), messageBytes(vector).length)).toBe(false)
    for (const bytes of [new Uint8Array(), Buffer.from('0 is a text'), der(SEQUENCE)])
      expect(looksExternal(bytes, bytes.length)).toBe(false)
  })
})

test('random bytes are nothing, and nothing throws', () => {
  const bytes = fc.tuple(
    fc.constantFrom('', '30', '3080', '308201', '0000000100000002', '0000000100000006'),
    fc.uint8Array({ maxLength: 120 }),
  )
  fc.assert(
    fc.property(bytes, fc.nat(400), ([first, rest], beyond) => {
      const start = joined(bytesOf(first), rest)
      expect(messageAt(start, start.length)).toBeNull()
      const message = messageAt(start, start.length + beyond)
      expect(message === null || message === 'more').toBe(true)
      looksExternal(start, start.length + beyond)
    }),
    { numRuns: 3000 },
  )
})
