import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toBase64 } from '../../shared/format/base64.ts'
import { der, derInteger, OCTET_STRING, SEQUENCE, SET } from '../../shared/format/der.ts'
import {
  MESSAGE_ALGORITHMS,
  messageAlgorithm,
  WRITTEN_ALGORITHM,
} from '../../shared/format/message/message-algorithms.ts'
import {
  contextBytes,
  headerAuthInput,
  MAX_START_BYTES,
  parseHeader,
  serializeHeader,
  type MessageHeader,
} from '../../shared/format/message/message.ts'
import { headerTag } from './opening.ts'
import { anyHeader, inOrder, messageVectors } from './messages.ts'
import { bytesOf, hex } from './vectors.ts'

describe('the algorithms', () => {
  // Source: CryptoAlgorithm.java and model.py: name, key, iv, tag and block bytes, id, with AAD.
  test.each([
    [1, 'AES-128-GCM', 16, 12, 16, 'AES_128'],
    [2, 'AES-256-GCM', 32, 12, 16, 'AES_256'],
    [3, 'AES-128-CBC without padding', 16, 16, 0, 'AES_128'],
    [4, 'AES-256-CBC without padding', 32, 16, 0, 'AES_256'],
    [5, 'AES-128-CBC with padding', 16, 16, 0, 'AES_128'],
    [6, 'AES-256-CBC with padding', 32, 16, 0, 'AES_256'],
    [7, 'AES-128-CTR', 16, 16, 0, 'AES_128'],
    [8, 'AES-256-CTR', 32, 16, 0, 'AES_256'],
    [9, 'SM4-GCM', 16, 12, 16, 'SM4_128'],
    [10, 'SM4-CBC without padding', 16, 16, 0, 'SM4_128'],
    [11, 'SM4-CBC with padding', 16, 16, 0, 'SM4_128'],
    [12, 'SM4-CTR', 16, 16, 0, 'SM4_128'],
  ] as const)('%i is %s', (id, name, keyBytes, ivBytes, tagBytes, keySpec) => {
    expect(messageAlgorithm(id)).toEqual({
      id,
      name,
      keyBytes,
      ivBytes,
      tagBytes,
      keySpec,
      cipher: id < 9 ? 'aes' : 'sm4',
      padded: name.endsWith('with padding'),
      mode: name.includes('GCM') ? 'gcm' : name.includes('CTR') ? 'ctr' : 'cbc',
    })
  })

  test('there are no others, and we write the default of the SDKs', () => {
    expect(MESSAGE_ALGORITHMS.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    for (const id of [-1, 0, 13, 1.5, NaN]) expect(messageAlgorithm(id)).toBeNull()
    expect(messageAlgorithm(WRITTEN_ALGORITHM)?.name).toBe('AES-256-GCM')
  })
})

describe('headers of the SDKs', () => {
  for (const vector of messageVectors.filter(({ split }) => split !== undefined)) {
    const bytes = Uint8Array.from(
      Buffer.from(vector.split?.['x-oss-meta-x-oss-meta-header'] ?? '', 'base64'),
    )

    test(`${vector.name} (${vector.source})`, () => {
      const header = parseHeader(bytes) ?? expect.fail('not a header')
      expect([header.version, header.algorithm]).toEqual([1, vector.algorithm])
      expect(Object.fromEntries(header.context)).toEqual(vector.context)
      expect(
        Object.fromEntries(header.dataKeys.map(({ keyId, wrapped }) => [keyId, toBase64(wrapped)])),
      ).toEqual(Object.fromEntries(vector.keys))
      if (vector.contextBytes !== undefined)
        expect(hex(contextBytes(header.context))).toBe(vector.contextBytes)
      expect(headerTag(header, bytesOf(vector.dataKey))).toBe(toBase64(header.headerTag))
      // Both SDKs write the order of DER, and so do we.
      expect(hex(serializeHeader(header))).toBe(hex(bytes))
    })
  }

  test('there are some with several keys and with a context', () => {
    expect(messageVectors.some(({ keys }) => keys.length > 2)).toBe(true)
    expect(messageVectors.some(({ context }) => Object.keys(context).length > 3)).toBe(true)
  })
})

const header: MessageHeader = {
  version: 1,
  algorithm: 2,
  dataKeys: [
    { keyId: 'b', wrapped: bytesOf('01') },
    { keyId: 'a', wrapped: bytesOf('0203') },
  ],
  context: new Map([
    ['\uff5e', '3'],
    ['\u{1f511}', '2'],
    ['Z', ''],
  ]),
  headerIv: new Uint8Array(12),
  headerTag: new Uint8Array(16).fill(7),
}

test('context and authenticated fields, to the byte', () => {
  // Sorted by the bytes of UTF-8, where U+FF5E comes before U+1F511; as UTF-16 they would change
  // places.
  const context =
    '00000003' +
    '00000001' +
    '5a' +
    '00000000' +
    '00000003' +
    'efbd9e' +
    '00000001' +
    '33' +
    '00000004' +
    'f09f9491' +
    '00000001' +
    '32'
  expect(hex(contextBytes(header.context))).toBe(context)
  const keys =
    '00000002' +
    '00000001' +
    '61' +
    '00000004' +
    hex(Buffer.from('AgM=')) +
    '00000001' +
    '62' +
    '00000004' +
    hex(Buffer.from('AQ=='))
  expect(hex(headerAuthInput(header))).toBe('00000001' + '00000002' + '00000003' + context + keys)
  expect(hex(contextBytes(new Map()))).toBe('')
  expect(hex(headerAuthInput({ ...header, context: new Map() }))).toBe(
    '00000001' + '00000002' + '00000000' + keys,
  )
})

describe('what is a header', () => {
  const pair = (...parts: readonly string[]) =>
    der(SEQUENCE, ...parts.map((part) => der(OCTET_STRING, Buffer.from(part))))
  const fields = {
    version: derInteger(1),
    algorithm: derInteger(2),
    keys: der(SET, pair('a', '1')),
    context: der(SET),
    iv: der(OCTET_STRING, new Uint8Array(12)),
    tag: der(OCTET_STRING, new Uint8Array(16)),
  }
  const built = (change: Partial<typeof fields> = {}) =>
    der(SEQUENCE, ...Object.values({ ...fields, ...change }))

  test.each([
    ['as it should be', built()],
    ['keys in the other order', built({ keys: der(SET, pair('b', '1'), pair('a', '2')) })],
    ['keys in the order of DER', built({ keys: der(SET, pair('a', '2'), pair('b', '1')) })],
    ['context in any order', built({ context: der(SET, pair('long name', '1'), pair('a', '')) })],
    ['an empty name in the context', built({ context: der(SET, pair('', '1')) })],
    ['a key that is no ARN', built({ keys: der(SET, pair('alias/my key', '1')) })],
    ['another version: nobody checks it, the tag covers it', built({ version: derInteger(3) })],
    ['SM4, which is named', built({ algorithm: derInteger(12) })],
  ])('%s', (_name, bytes) => {
    expect(parseHeader(bytes)).not.toBeNull()
  })

  test.each([
    ['nothing', new Uint8Array()],
    ['an empty sequence', der(SEQUENCE)],
    ['another tag', der(SET, ...Object.values(fields))],
    ['a byte behind it', Buffer.concat([built(), Buffer.of(0)])],
    ['five fields', der(SEQUENCE, ...Object.values(fields).slice(0, 5))],
    ['seven fields', der(SEQUENCE, ...Object.values(fields), der(OCTET_STRING))],
    ['an algorithm that nobody knows', built({ algorithm: derInteger(13) })],
    ['algorithm 0', built({ algorithm: derInteger(0) })],
    ['a negative version', built({ version: bytesOf('0201ff') })],
    ['a version that is not in its shortest form', built({ version: bytesOf('02020001') })],
    ['no data key', built({ keys: der(SET) })],
    ['a data key without an id', built({ keys: der(SET, pair('', '1')) })],
    ['a data key of no bytes', built({ keys: der(SET, pair('a', '')) })],
    ['a data key of three parts', built({ keys: der(SET, pair('a', '1', '2')) })],
    ['a data key of one part', built({ keys: der(SET, pair('a')) })],
    [
      'one CMK twice: the SDKs disagree on the tag',
      built({ keys: der(SET, pair('a', '1'), pair('a', '2')) }),
    ],
    [
      'one name of the context twice: they would see different ones',
      built({ context: der(SET, pair('a', '1'), pair('a', '2')) }),
    ],
    [
      'an id that is no UTF-8',
      built({
        keys: der(
          SET,
          der(SEQUENCE, der(OCTET_STRING, bytesOf('ff')), der(OCTET_STRING, bytesOf('01'))),
        ),
      }),
    ],
    [
      'a context that is no UTF-8',
      built({
        context: der(
          SET,
          der(SEQUENCE, der(OCTET_STRING, bytesOf('41')), der(OCTET_STRING, bytesOf('c0'))),
        ),
      }),
    ],
    ['a sequence where a set should be', built({ context: der(SEQUENCE) })],
    ['an initial vector of 16 bytes', built({ iv: der(OCTET_STRING, new Uint8Array(16)) })],
    ['a tag of 12 bytes', built({ tag: der(OCTET_STRING, new Uint8Array(12)) })],
    ['no tag', built({ tag: der(OCTET_STRING) })],
    ['a length in another form (BER)', Buffer.concat([bytesOf('3081'), built().subarray(1)])],
    [
      'of unknown length (BER)',
      Buffer.concat([bytesOf('3080'), built().subarray(2), bytesOf('0000')]),
    ],
    [
      'larger than any header',
      built({ context: der(SET, pair('a', 'x'.repeat(MAX_START_BYTES))) }),
    ],
  ])('not: %s', (_name, bytes) => {
    expect(parseHeader(bytes)).toBeNull()
  })
})

test('one order of bytes, whatever order the members come in', () => {
  // Where one name begins with another, the shorter comes first in the tags; DER sorts by encoding,
  // where lengths come before names.
  const names = ['b', 'a', 'ab', 'aa', 'abc']
  const given: MessageHeader = {
    ...header,
    context: new Map(names.map((name) => [name, name])),
    dataKeys: names.map((keyId) => ({ keyId, wrapped: bytesOf('01') })),
  }
  const counts = (text: string) => `0000000${text.length}${hex(Buffer.from(text))}`
  expect(hex(contextBytes(given.context))).toBe(
    `00000005${['a', 'aa', 'ab', 'abc', 'b'].map((name) => counts(name) + counts(name)).join('')}`,
  )
  const order = (parsed: MessageHeader | null) => [
    parsed?.dataKeys.map(({ keyId }) => keyId),
    [...(parsed?.context.keys() ?? [])],
  ]
  expect(order(parseHeader(serializeHeader(given)))).toEqual([
    ['a', 'b', 'aa', 'ab', 'abc'],
    ['a', 'b', 'aa', 'ab', 'abc'],
  ])
  const turned = {
    ...given,
    context: new Map([...given.context].reverse()),
    dataKeys: [...given.dataKeys].reverse(),
  }
  expect([hex(serializeHeader(turned)), hex(headerAuthInput(turned))]).toEqual([
    hex(serializeHeader(given)),
    hex(headerAuthInput(given)),
  ])
})

test('any header comes back', () => {
  fc.assert(
    fc.property(anyHeader, (given) => {
      const bytes = serializeHeader(given)
      const read = parseHeader(bytes) ?? expect.fail('not read')
      expect(inOrder(read)).toEqual(inOrder(given))
      expect(hex(serializeHeader(read))).toBe(hex(bytes))
      expect(hex(headerAuthInput(read))).toBe(hex(headerAuthInput(given)))
    }),
  )
})

test('no truncation is a header, and no change of one byte throws', () => {
  fc.assert(
    fc.property(anyHeader, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, place, change) => {
      const bytes = serializeHeader(given)
      for (let length = 0; length < bytes.length; length++)
        expect(parseHeader(bytes.subarray(0, length))).toBeNull()
      const at = place % bytes.length
      const read = parseHeader(bytes.map((byte, i) => (i === at ? byte ^ change : byte)))
      // A header that still reads has another content, so its tag differs too.
      if (read !== null) expect(inOrder(read)).not.toEqual(inOrder(given))
    }),
    { numRuns: 60 },
  )
})
