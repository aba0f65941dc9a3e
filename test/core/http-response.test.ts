import { describe, expect, test } from 'vitest'
import {
  openResponseParser,
  type ResponseParser,
  type TextResponse,
} from '../../electron/core/net/http-response.ts'
import { Failure } from '../../shared/contract/errors.ts'

const LIMIT = 1024

interface Read {
  readonly answer: TextResponse | null
  readonly keep: boolean
}

/** Nobody takes its body, so nobody is busy. */
function fed(told: ReturnType<ResponseParser['feed']>): TextResponse | null {
  if (told instanceof Promise) throw new Error('a wait for nobody')
  return told
}

/** Feeds `bytes` in pieces of `size`, and ends the connection when `closed`. */
function read(bytes: Buffer, size: number, closed: boolean): Read | string {
  const reader = openResponseParser('host', LIMIT)
  try {
    let answer: TextResponse | null = null
    for (let at = 0; at < bytes.length; at += size)
      answer = fed(reader.feed(bytes.subarray(at, at + size))) ?? answer
    if (closed) answer ??= reader.finish()
    return { answer, keep: reader.reusable }
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause
    return cause.error.code === 'unreachable' ? cause.error.reason : cause.error.code
  }
}

/** The same however it is cut. */
function readAll(text: string, closed = false): Read | string {
  const bytes = Buffer.from(text, 'latin1')
  const whole = read(bytes, Math.max(1, bytes.length), closed)
  for (const size of [1, 2, 3, 7]) expect(read(bytes, size, closed)).toEqual(whole)
  return whole
}

const OK = 'HTTP/1.1 200 OK\r\n'
const PLAIN = { status: 200, headers: new Map<string, string>(), body: '' }

describe('answers', () => {
  const rows: readonly (readonly [
    name: string,
    text: string,
    answer: Partial<TextResponse>,
    keep: boolean,
  ])[] = [
    ['no body', `${OK}Content-Length: 0\r\n\r\n`, { body: '' }, true],
    ['a counted body', `${OK}content-length: 5\r\n\r\nhello`, { body: 'hello' }, true],
    ['UTF-8', `${OK}content-length: 6\r\n\r\n\xe4\xbd\xa0\xe5\xa5\xbd`, { body: '你好' }, true],
    [
      'blanks around a value',
      `${OK}ETag:  "x" \t\r\ncontent-length:0\r\n\r\n`,
      {
        headers: new Map([
          ['etag', '"x"'],
          ['content-length', '0'],
        ]),
      },
      true,
    ],
    [
      'a header twice',
      `${OK}a: 1\r\nA: 2\r\ncontent-length: 0\r\n\r\n`,
      {
        headers: new Map([
          ['a', '1, 2'],
          ['content-length', '0'],
        ]),
      },
      true,
    ],
    [
      'an empty value',
      `${OK}a:\r\ncontent-length: 0\r\n\r\n`,
      {
        headers: new Map([
          ['a', ''],
          ['content-length', '0'],
        ]),
      },
      true,
    ],
    ['no reason', 'HTTP/1.1 503\r\ncontent-length: 0\r\n\r\n', { status: 503 }, true],
    [
      'chunks',
      `${OK}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n`,
      { body: 'abc0123456789' },
      true,
    ],
    [
      'trailers',
      `${OK}transfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx: y\r\n\r\n`,
      { body: 'a' },
      true,
    ],
    ['no chunk at all', `${OK}transfer-encoding: Chunked\r\n\r\n0\r\n\r\n`, { body: '' }, true],
    ['204 has no body', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, body: '' }, true],
    [
      'go on, and then',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Wait\r\nx: y\r\n\r\n${OK}content-length: 1\r\n\r\na`,
      { body: 'a' },
      true,
    ],
    [
      'the server closes',
      `${OK}connection: Close\r\ncontent-length: 1\r\n\r\na`,
      { body: 'a' },
      false,
    ],
    ['an older server', 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\na', { body: 'a' }, false],
    [
      'an older server that keeps',
      'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\na',
      { body: 'a' },
      true,
    ],
    [
      'more than was announced',
      `${OK}content-length: 1\r\n\r\naHTTP/1.1 200 OK\r\n`,
      { body: 'a' },
      false,
    ],
  ]
  for (const [name, text, answer, keep] of rows) {
    test(name, () => {
      const found = readAll(text)
      expect(found).toMatchObject({ answer, keep })
      expect((found as Read).answer?.status).toBe(answer.status ?? PLAIN.status)
    })
  }

  test('a body that ends with the connection', () => {
    expect(readAll(`${OK}\r\nto the end`, true)).toEqual({
      answer: { ...PLAIN, body: 'to the end' },
      keep: false,
    })
    expect(readAll(`${OK}\r\nto the end`)).toEqual({ answer: null, keep: false })
  })
})

describe('what is cut short is no answer', () => {
  const full = `${OK}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`
  test.each([full, `${OK}content-length: 5\r\n\r\nhello`, 'HTTP/1.1 100 Continue\r\n\r\n'])(
    '%j',
    (text) => {
      for (let length = 0; length < text.length; length++)
        expect((read(Buffer.from(text.slice(0, length)), LIMIT, true) as Read).answer).toBe(null)
    },
  )
})

describe('hostile answers', () => {
  const rows: readonly (readonly [name: string, text: string])[] = [
    ['noise', 'no such thing\r\n\r\n'],
    ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['another version', 'HTTP/1.2 200 OK\r\n\r\n'],
    ['a blank before the version', ' HTTP/1.1 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n'],
    ['a status above 599', 'HTTP/1.1 600 OK\r\n\r\n'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['lines that end in a line feed alone', 'HTTP/1.1 200 OK\ncontent-length: 0\n\r\n\r\n'],
    ['a folded header', `${OK}a: b\r\n c\r\ncontent-length: 0\r\n\r\n`],
    ['a header without a colon', `${OK}nothing\r\n\r\n`],
    ['a header without a name', `${OK}: x\r\n\r\n`],
    ['a blank before the colon', `${OK}content-length : 5\r\n\r\n`],
    ['a carriage return inside a value', `${OK}a: b\rc: d\r\n\r\n`],
    ['a zero byte inside a value', `${OK}a: b\0c\r\n\r\n`],
    ['a control character in the reason', 'HTTP/1.1 200 O\x07K\r\n\r\n'],
    ['two lengths', `${OK}content-length: 5\r\ncontent-length: 5\r\n\r\nhello`],
    ['two different lengths', `${OK}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`],
    ['a length below nothing', `${OK}content-length: -1\r\n\r\n`],
    ['a length with a sign', `${OK}content-length: +5\r\n\r\nhello`],
    ['a length in hex', `${OK}content-length: 0x5\r\n\r\nhello`],
    ['no length', `${OK}content-length:\r\n\r\n`],
    ['a length beyond any number', `${OK}content-length: 99999999999999999999\r\n\r\n`],
    [
      'a length and chunks',
      `${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['chunks inside something else', `${OK}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['another coding', `${OK}transfer-encoding: identity\r\n\r\nhello`],
    [
      'chunks twice',
      `${OK}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['a chunk without a length', `${OK}transfer-encoding: chunked\r\n\r\n\r\nabc\r\n`],
    ['a chunk below nothing', `${OK}transfer-encoding: chunked\r\n\r\n-1\r\n`],
    ['a chunk length beyond any number', `${OK}transfer-encoding: chunked\r\n\r\nfffffffff\r\n`],
    [
      'a chunk that is longer than it says',
      `${OK}transfer-encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n`,
    ],
    ['a trailer that is none', `${OK}transfer-encoding: chunked\r\n\r\n0\r\nnothing\r\n\r\n`],
    ['a head without an end', `${OK}${'a: b\r\n'.repeat(4000)}`],
    ['one header without an end', `${OK}a: ${'b'.repeat(20_000)}`],
    ['interim answers without an end', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000)],
    [
      'a chunk extension without an end',
      `${OK}transfer-encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}`,
    ],
    [
      'trailers without an end',
      `${OK}transfer-encoding: chunked\r\n\r\n0\r\n${'a: b\r\n'.repeat(4000)}`,
    ],
  ]
  for (const [name, text] of rows) test(name, () => expect(readAll(text)).toBe('EPROTO'))

  const large: readonly (readonly [name: string, text: string])[] = [
    ['counted', `${OK}content-length: 1025\r\n\r\n${'x'.repeat(1025)}`],
    [
      'in chunks',
      `${OK}transfer-encoding: chunked\r\n\r\n${'200\r\n' + 'x'.repeat(512) + '\r\n'}${'201\r\n' + 'x'.repeat(513) + '\r\n'}`,
    ],
    ['to the end', `${OK}\r\n${'x'.repeat(1025)}`],
  ]
  for (const [name, text] of large)
    test(`a body that is too long, ${name}`, () => expect(readAll(text)).toBe('too-large'))
})
