import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { takeCrc64 } from '../../electron/core/cipher/crc64-sum.ts'
import { openPace } from './pace.ts'
import type { Asked } from './sink-replies.ts'
import { converse, openSink, type Sink } from './sink.ts'

const SIZE = 3_000_017

async function sumOf(bytes: Uint8Array): Promise<string> {
  const crc = await takeCrc64()
  crc.update(bytes)
  const value = crc.value()
  crc.release()
  return String(value)
}

describe('the sink', () => {
  let sink: Sink
  beforeAll(async () => {
    sink = await openSink(null)
    const headers = {
      'x-oss-meta-client-side-encryption-data-size': String(SIZE),
      'x-oss-meta-client-side-encryption-key': 'wrapped',
    }
    const answer = await fetch(`${sink.url}/some-bucket/a%20%26%20b?uploads`, {
      method: 'POST',
      headers,
    })
    expect(await answer.text()).toContain(
      '<Bucket>some-bucket</Bucket><Key>a &amp; b</Key><UploadId>1</UploadId>',
    )
  })
  afterAll(() => sink.close())

  test('answers a part with an ETag and a completed upload with XML', async () => {
    const part = await fetch(`${sink.url}/some-bucket/key?partNumber=1&uploadId=1`, {
      method: 'PUT',
      body: new Uint8Array(SIZE),
    })
    expect([part.status, part.headers.get('etag'), await part.text()]).toEqual([200, '"sink"', ''])
    const done = await fetch(`${sink.url}/some-bucket/key?uploadId=1`, {
      method: 'POST',
      body: '<CompleteMultipartUpload/>',
    })
    expect(await done.text()).toContain('<ETag>"sink"</ETag>')
  })

  test('has no parts of an upload', async () => {
    expect(
      await (await fetch(`${sink.url}/some-bucket/key?uploadId=1&max-parts=1000`)).text(),
    ).toContain('<IsTruncated>false</IsTruncated></ListPartsResult>')
  })

  test('serves what was announced, whole and in ranges, with its envelope and its true sum', async () => {
    const whole = await fetch(`${sink.url}/some-bucket/key`)
    const bytes = new Uint8Array(await whole.arrayBuffer())
    expect(bytes.length).toBe(SIZE)
    expect(bytes.every((byte) => byte === 0)).toBe(true)
    expect(whole.headers.get('x-oss-hash-crc64ecma')).toBe(await sumOf(bytes))
    expect(whole.headers.get('x-oss-meta-client-side-encryption-key')).toBe('wrapped')
    for (const [range, first, last] of [
      ['bytes=10-19', 10, 19],
      ['bytes=3000000-', 3_000_000, SIZE - 1],
      ['bytes=3000000-9999999', 3_000_000, SIZE - 1],
    ] as const) {
      const part = await fetch(`${sink.url}/some-bucket/key`, { headers: { range } })
      expect([part.status, part.headers.get('content-range')]).toEqual([
        206,
        `bytes ${first}-${last}/${SIZE}`,
      ])
      expect((await part.arrayBuffer()).byteLength).toBe(last - first + 1)
    }
    const head = await fetch(`${sink.url}/some-bucket/key`, { method: 'HEAD' })
    expect(head.headers.get('content-length')).toBe(String(SIZE))
  })
})

describe('requests of one connection', () => {
  const WIRE =
    'PUT /b/one HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe\r\n\r' +
    'GET /b/two?a=b HTTP/1.1\r\nRange: bytes=0-1\r\n\r\n' +
    'POST /b/three HTTP/1.1\r\ncontent-length: 2\r\nExpect: 100-continue\r\n\r\nok' +
    'PUT /b/four HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n0\r\n\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n' +
    'HEAD /b/five HTTP/1.1\r\n\r\n'

  for (const step of [1, 2, 3, 7, 50, 1000]) {
    test(`are the same when they come ${step} bytes at a time`, () => {
      const heard: Asked[] = []
      let continued = 0
      const take = converse(
        (asked) => heard.push(asked),
        () => (continued += 1),
      )
      for (let at = 0; at < WIRE.length; at += step) take(Buffer.from(WIRE.slice(at, at + step)))
      expect(heard.map(({ method, target }) => `${method} ${target}`)).toEqual([
        'PUT /b/one',
        'GET /b/two?a=b',
        'POST /b/three',
        'PUT /b/four',
        'HEAD /b/five',
      ])
      expect(heard[1]?.headers.get('range')).toBe('bytes=0-1')
      expect(continued).toBe(1)
    })
  }
})

test('a limited sink takes its bytes no faster than its line, from all connections together', async () => {
  const sink = await openSink(80_000_000)
  try {
    const began = performance.now()
    await Promise.all(
      [1, 2, 3, 4].map((number) =>
        fetch(`${sink.url}/b/k?partNumber=${number}&uploadId=1`, {
          method: 'PUT',
          body: new Uint8Array(1_000_000),
        }),
      ),
    )
    // 4 MB at 10 MB/s, less what may come at once.
    expect(performance.now() - began).toBeGreaterThan(380)
  } finally {
    await sink.close()
  }
})

describe('pace', () => {
  test('who takes must wait for what all have taken', () => {
    const pace = openPace(1000)
    // 5 ms are a gift at first.
    expect(pace.take(105, 0)).toBeCloseTo(100)
    expect(pace.take(100, 0)).toBeCloseTo(200)
    expect(pace.take(0, 150)).toBeCloseTo(50)
  })

  test('time that nobody used is gone but for a timer that came late', () => {
    const pace = openPace(1000)
    pace.take(5, 0)
    expect(pace.take(100, 10_000)).toBeCloseTo(95)
  })

  test('a line is used to the full by those who wait as told, late timers and all', () => {
    const pace = openPace(1_000_000)
    let now = 0
    for (let chunk = 0; chunk < 1000; chunk++) {
      const wait = pace.take(10_000, now)
      now += wait < 1 ? 0 : Math.ceil(wait) + (chunk % 3)
    }
    expect(now).toBeGreaterThan(9_990)
    expect(now).toBeLessThan(10_100)
  })
})
