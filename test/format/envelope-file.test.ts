import { describe, expect, test } from 'vitest'
import { readEnvelopeFile, writeEnvelopeFile } from '../../shared/format/envelope/envelope-file.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import { messageVectors } from './messages.ts'

/** As long as what the shortest key wraps. */
const A = Buffer.alloc(128, 1).toString('base64')
const B = Buffer.alloc(128, 2).toString('base64')

const headers = readHeaders([
  ['x-oss-meta-client-side-encryption-key', A],
  ['x-oss-meta-client-side-encryption-start', B],
  ['x-oss-meta-client-side-encryption-cek-alg', 'AES/CTR/NoPadding'],
  ['x-oss-meta-client-side-encryption-wrap-alg', 'RSA/NONE/PKCS1Padding'],
  ['x-oss-meta-owner', '\u5bc6'],
  ['content-type', 'application/pdf'],
  ['date', 'now'],
  ['set-cookie', 'secret'],
  ['x-oss-request-id', 'A1'],
])
const sealed = { kind: 'encrypted', envelope: { wrapAlgorithm: 'RSA/NONE/PKCS1Padding' } }

test('our file comes back, with the headers an object needs and no others', () => {
  const text = writeEnvelopeFile({
    bucket: 'photos',
    key: 'a/b \u5bc6.pdf',
    size: 42,
    etag: '"E"',
    crc64: '18446744073709551615',
    seal: 'AQEB',
    headers,
  })
  const read = readEnvelopeFile(text)
  if (!read.ok) throw new Error(read.error.code)
  expect(read.value).toMatchObject({
    bucket: 'photos',
    seal: 'AQEB',
    key: 'a/b \u5bc6.pdf',
    size: 42,
    crc64: '18446744073709551615',
  })
  expect([...read.value.headers.keys()].sort()).toEqual(
    [...headers.keys()]
      .filter((name) => name.startsWith('x-oss-meta-') || name === 'content-type')
      .sort(),
  )
  expect(read.value.headers.get('x-oss-meta-owner')).toBe('\u5bc6')
  expect(recognise(read.value.headers)).toMatchObject(sealed)
})

test('our file of an earlier version is read: it names no bucket and no seal', () => {
  const {
    bucket: _bucket,
    seal: _seal,
    ...earlier
  } = JSON.parse(
    writeEnvelopeFile({
      bucket: 'photos',
      key: 'a',
      size: 1,
      etag: 'E',
      crc64: null,
      seal: null,
      headers,
    }),
  ) as Record<string, unknown>
  expect(readEnvelopeFile(JSON.stringify(earlier))).toMatchObject({
    ok: true,
    value: { bucket: null, key: 'a', size: 1, seal: null },
  })
})

const names = ['key', 'start', 'cek-alg', 'wrap-alg'] as const
const values = {
  key: A,
  start: B,
  'cek-alg': 'AES/CTR/NoPadding',
  'wrap-alg': 'RSA/NONE/PKCS1Padding',
}
const dump = (spell: (suffix: string) => string) =>
  Object.fromEntries(names.map((name) => [spell(name), values[name]]))

describe('files of other tools', () => {
  test.each([
    ['bare object', JSON.stringify(dump((s) => `x-oss-meta-client-side-encryption-${s}`))],
    ['without the prefix', JSON.stringify(dump((s) => `client-side-encryption-${s}`))],
    [
      'Go spelling',
      JSON.stringify(dump((s) => `X-Oss-Meta-Client-Side-Encryption-${s.toUpperCase()}`)),
    ],
    [
      'below headers',
      JSON.stringify({ headers: dump((s) => `x-oss-meta-client-side-encryption-${s}`) }),
    ],
    [
      'below metadata, with other things',
      JSON.stringify({ status: 200, metadata: dump((s) => `Client-Side-Encryption-${s}`) }),
    ],
    [
      'values in arrays',
      JSON.stringify(
        Object.fromEntries(
          Object.entries(dump((s) => `X-Oss-Meta-Client-Side-Encryption-${s}`)).map(([k, v]) => [
            k,
            [v],
          ]),
        ),
      ),
    ],
    ['byte order mark', `\ufeff${JSON.stringify(dump((s) => `client-side-encryption-${s}`))}`],
    [
      'lines, as of an HTTP answer',
      `HTTP/1.1 200 OK\r\n${names.map((s) => `x-oss-meta-client-side-encryption-${s}: ${values[s]}`).join('\r\n')}\r\n`,
    ],
    [
      'lines in columns',
      names.map((s) => `X-Oss-Meta-Client-Side-Encryption-${s}         : ${values[s]}`).join('\n'),
    ],
  ])('%s', (_name, text) => {
    const read = readEnvelopeFile(text)
    if (!read.ok) throw new Error(read.error.code)
    expect(recognise(read.value.headers)).toMatchObject(sealed)
    expect(read.value.key).toBeNull()
  })

  test('checksum out of the headers; a length only for guessing', () => {
    const read = readEnvelopeFile(
      '{"Content-Length": "21839", "x-oss-hash-crc64ecma": "123", "x-oss-meta-a": "b"}',
    )
    expect(read.ok && [read.value.size, read.value.likelySize, read.value.crc64]).toEqual([
      null,
      21_839,
      '123',
    ])
  })

  // RFC 9110 §14.4: the total, an unknown total, a range that was refused.
  test.each([
    ['bytes 0-9/292', 292],
    ['bytes */292', 292],
    ['bytes 0-9/*', null],
    ['bytes 0-9', null],
    ['pages 0-9/292', null],
  ])('the total of Content-Range %s is the size', (range, size) => {
    const read = readEnvelopeFile(`content-range: ${range}\ncontent-length: 10\nx-oss-meta-a: b\n`)
    expect(read.ok && [read.value.size, read.value.likelySize]).toEqual([size, 10])
  })

  test('two answers that do not agree on the checksum are not believed', () => {
    const one = names.map((s) => `x-oss-meta-client-side-encryption-${s}: ${values[s]}`).join('\n')
    const read = (second: string) =>
      readEnvelopeFile(
        `HTTP/1.1 200 OK\nx-oss-hash-crc64ecma: 1\n${one}\n\nHTTP/1.1 200 OK\nx-oss-hash-crc64ecma: ${second}\n${one}\n`,
      )
    expect([read('1'), read('2')].map((result) => result.ok && result.value.crc64)).toEqual([
      '1',
      null,
    ])
  })

  test('numbers are values too, everything else is not', () => {
    const read = readEnvelopeFile(
      JSON.stringify({
        ...dump((s) => `x-oss-meta-client-side-encryption-${s}`),
        'x-oss-meta-client-side-encryption-data-size': 12,
        a: null,
        b: {},
        c: true,
      }),
    )
    expect(read.ok && recognise(read.value.headers)).toMatchObject({
      kind: 'encrypted',
      envelope: { dataSize: 12 },
    })
    expect(read.ok && [read.value.headers.has('a'), read.value.headers.has('c')]).toEqual([
      false,
      false,
    ])
  })

  // A description with quotes and letters that are not ASCII comes out of a dump in several ways.
  test('one data key is one envelope, however its description was printed', () => {
    const printed = ['{"a":"b\\"c\\\\d","zone":"é"}', '{"a":"b"c\\d","zone":"Ã©"}'].map(
      (matdesc) => ({
        ...dump((s) => `client-side-encryption-${s}`),
        'client-side-encryption-matdesc': matdesc,
      }),
    )
    for (const value of [printed, printed[0]])
      expect(readEnvelopeFile(JSON.stringify(value))).toMatchObject({ ok: true })
  })

  test.each([
    [
      'two spellings of one name',
      { ...dump((s) => `x-oss-meta-client-side-encryption-${s}`), 'Client-Side-Encryption-Key': B },
      2,
    ],
    [
      'two objects',
      [
        dump((s) => `x-oss-meta-client-side-encryption-${s}`),
        { ...dump((s) => `client-side-encryption-${s}`), 'client-side-encryption-key': B },
      ],
      2,
    ],
    [
      'three',
      [A, B, Buffer.alloc(128, 3).toString('base64'), A].map((key) => ({
        ...dump((s) => `client-side-encryption-${s}`),
        'client-side-encryption-key': key,
      })),
      3,
    ],
  ])('different envelopes are counted: %s', (_name, value, count) => {
    expect(readEnvelopeFile(JSON.stringify(value))).toEqual({
      ok: false,
      error: { code: 'envelope-file', file: '', problem: 'several', header: '', count },
    })
  })

  test('a name that comes twice in one JSON object does not hide the other', () => {
    const text = JSON.stringify(dump((s) => `x-oss-meta-client-side-encryption-${s}`))
    expect(
      readEnvelopeFile(text.replace('{', `{"x-oss-meta-client-side-encryption-key":"${B}",`)),
    ).toMatchObject({ ok: false, error: { problem: 'several', count: 2 } })
  })

  test.each([
    ['the same', [A, A], true],
    ['another layout of the description', ['{"a":"b","c":"d"}', '{ "c": "d", "a": "b" }'], true],
  ])('the same envelope twice is one: %s', (_name, [first, second], same) => {
    const whole = (matdesc: string | undefined) => ({
      ...dump((s) => `client-side-encryption-${s}`),
      'client-side-encryption-matdesc': matdesc,
    })
    expect(readEnvelopeFile(JSON.stringify([whole(first), { a: { b: whole(second) } }])).ok).toBe(
      same,
    )
  })

  const cut = (length: number) =>
    Object.fromEntries(
      Object.entries(dump((s) => `x-oss-meta-client-side-encryption-${s}`)).map(([name, value]) => [
        name,
        value.length > 100 ? value.slice(0, length) : value,
      ]),
    )
  test.each([
    ['both cut to 60 letters', JSON.stringify(cut(60)), { problem: 'cut', header: '' }],
    [
      'both cut to 61',
      JSON.stringify(cut(61)),
      { problem: 'unreadable', header: 'client-side-encryption-key' },
    ],
    [
      'one cut',
      JSON.stringify({ ...cut(172), 'x-oss-meta-client-side-encryption-start': B.slice(0, 80) }),
      { problem: 'unreadable', header: 'client-side-encryption-start' },
    ],
    [
      'cut with dots',
      names
        .map(
          (s) =>
            `x-oss-meta-client-side-encryption-${s}: ${values[s].length > 100 ? `${values[s].slice(0, 80)}...` : values[s]}`,
        )
        .join('\n'),
      { problem: 'unreadable', header: 'client-side-encryption-key' },
    ],
    [
      'no start',
      JSON.stringify({
        ...dump((s) => `client-side-encryption-${s}`),
        'client-side-encryption-start': undefined,
      }),
      { problem: 'missing', header: 'client-side-encryption-start' },
    ],
    [
      'names only',
      names.map((s) => `x-oss-meta-client-side-encryption-${s}:`).join('\n'),
      { problem: 'unreadable', header: 'client-side-encryption-key' },
    ],
    [
      'no base64',
      JSON.stringify({
        ...dump((s) => `client-side-encryption-${s}`),
        'client-side-encryption-key': '***',
      }),
      { problem: 'unreadable', header: 'client-side-encryption-key' },
    ],
    [
      'a value and another one, as HTTP joins them',
      `${names.map((s) => `x-oss-meta-client-side-encryption-${s}: ${values[s]}${s === 'key' ? `, ${B}` : ''}`).join('\n')}\n`,
      { problem: 'unreadable', header: 'client-side-encryption-key' },
    ],
  ])('the text is at fault, not the object: %s', (_name, text, expected) => {
    expect(readEnvelopeFile(text)).toEqual({
      ok: false,
      error: { code: 'envelope-file', file: '', count: 1, ...expected },
    })
  })

  test('our own file counts, at any depth, and its values are taken as they are', () => {
    const own = {
      format: 'cipherbucket-envelope-1',
      key: 'k',
      size: 7,
      etag: 'E',
      crc64: '5',
      headers: {
        ...dump((s) => `x-oss-meta-client-side-encryption-${s}`),
        'x-oss-meta-client-side-encryption-matdesc': '[ {"a":"b"} ]',
      },
    }
    for (const value of [
      own,
      { saved: [own] },
      JSON.stringify(own),
      { a: JSON.stringify({ b: own }) },
    ]) {
      const read = readEnvelopeFile(JSON.stringify(value))
      expect(read).toMatchObject({ ok: true, value: { key: 'k', size: 7, crc64: '5' } })
      expect(read.ok && recognise(read.value.headers)).toMatchObject({
        envelope: { keyDescription: '[ {"a":"b"} ]' },
      })
    }
  })
})

describe('every format, as tools dump it', () => {
  const older = {
    'oss-crypto-key': A,
    'oss-crypto-start': B,
    'oss-cek-alg': 'AES/GCM/NoPadding',
    'oss-wrap-alg': 'rsa',
  }
  const split = messageVectors[0]?.split ?? expect.fail('no vectors')
  const spelt = (given: Readonly<Record<string, string>>, spell: (name: string) => string) =>
    JSON.stringify(
      Object.fromEntries(Object.entries(given).map(([name, value]) => [spell(name), value])),
    )
  const stripped = (times: number) => (name: string) => name.slice('x-oss-meta-'.length * times)

  test.each([
    ['V1', spelt(older, (name) => `x-oss-meta-${name}`), 'v1'],
    ['V1 without the prefix', spelt(older, (name) => name), 'v1'],
    ['V1 in another case', spelt(older, (name) => name.toUpperCase()), 'v1'],
    ['V1 with the prefix twice', spelt(older, (name) => `x-oss-meta-x-oss-meta-${name}`), 'v1'],
    [
      'V2 with the prefix twice',
      spelt(
        dump((s) => `client-side-encryption-${s}`),
        (name) => `X-Oss-Meta-x-oss-meta-${name}`,
      ),
      'v2',
    ],
    ['a message, as OSS gives it', spelt(split, (name) => name), 'sdk-split'],
    ['a message from a tool that takes one prefix away', spelt(split, stripped(1)), 'sdk-split'],
    ['a message from a tool that takes all prefixes away', spelt(split, stripped(2)), 'sdk-split'],
    [
      'a message as lines of such a tool',
      Object.entries(split)
        .map(([name, value]) => `${stripped(2)(name)}: ${value}`)
        .join('\n'),
      'sdk-split',
    ],
    [
      'a message below metadata, in the case of the sample',
      JSON.stringify({
        metadata: {
          header: split['x-oss-meta-x-oss-meta-header'],
          iv: split['x-oss-meta-x-oss-meta-iv'],
          authTag: split['x-oss-meta-x-oss-meta-authtag'],
        },
      }),
      'sdk-split',
    ],
  ])('%s', (_name, text, format) => {
    const read = readEnvelopeFile(text)
    if (!read.ok) throw new Error(read.error.code)
    expect(recognise(read.value.headers)).toMatchObject({ format })
  })

  test.each([
    [
      'V1',
      Object.fromEntries(
        Object.entries(older).map(([name, value]) => [`x-oss-meta-${name}`, value]),
      ),
    ],
    ['a message', split],
  ])('%s comes back out of our file', (_name, given) => {
    const before = recognise(readHeaders(Object.entries(given)))
    const read = readEnvelopeFile(
      writeEnvelopeFile({
        bucket: 'b',
        key: 'a',
        size: 1,
        etag: 'E',
        crc64: null,
        seal: null,
        headers: readHeaders(Object.entries(given)),
      }),
    )
    expect(read.ok && recognise(read.value.headers)).toEqual(before)
    expect(['encrypted', 'message']).toContain(before.kind)
  })

  test("a lone header or iv of another tool is nobody's message", () => {
    for (const text of ['{"header": "x", "content-type": "a"}', 'iv: 5\nauthtag: 6\n']) {
      const read = readEnvelopeFile(text)
      expect(
        read.ok && [...read.value.headers.keys()].filter((name) => name.startsWith('x-oss-meta-')),
      ).toEqual([])
    }
  })
})

test.each([
  '',
  '{}',
  '[]',
  'null',
  '12',
  '"text"',
  '\u0000\u0001\u0002',
  '{"headers": {}}',
  '{"x": {}}',
  'no headers here',
])('%j holds no headers', (text) => {
  expect(readEnvelopeFile(text)).toEqual({ ok: false, error: { code: 'no-envelope' } })
})

test('every truncation of our file is refused, or is no whole envelope', () => {
  const text = writeEnvelopeFile({
    bucket: 'b',
    key: 'a',
    size: 1,
    etag: 'E',
    crc64: null,
    seal: null,
    headers,
  }).trimEnd()
  for (let length = 0; length < text.length; length++) {
    const read = readEnvelopeFile(text.slice(0, length))
    if (read.ok)
      expect(recognise(read.value.headers).kind, `cut to ${length}`).not.toBe('encrypted')
  }
})

test.each([
  ['size', '-1'],
  ['size', '1.5'],
  ['size', '"9"'],
  ['crc64', '"x"'],
  ['crc64', '5'],
  ['key', '""'],
  ['key', '7'],
])('%s of %s is not believed', (name, value) => {
  const read = readEnvelopeFile(`{"${name}": ${value}, "headers": {"x-oss-meta-a": "b"}}`)
  expect(read.ok && read.value[name as 'size']).toBeNull()
})
