import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Practice } from '../tools/practice.ts'
import {
  allInside,
  freshPractice,
  inside,
  md5Base64,
  send,
  sendLate,
  type Given,
} from './harness.ts'

let practice: Practice
beforeAll(async () => void (practice = await freshPractice()))
afterEach(() => practice.reset())
afterAll(() => practice.close())

const put = (key: string, body: string | Uint8Array = 'x', headers: Given['headers'] = {}) =>
  send(practice, { method: 'PUT', key, body, headers })
const get = (key: string, headers: Given['headers'] = {}, query: Given['query'] = {}) =>
  send(practice, { key, headers, query })
const head = (key: string, headers: Given['headers'] = {}) =>
  send(practice, { method: 'HEAD', key, headers })

describe('checksums', () => {
  test('CRC-64/XZ in decimal and MD5, on put, head and get (source: check value of "123456789")', async () => {
    const crc = BigInt('0x995DC9BBDF1939FA').toString()
    for (const got of [await put('n', '123456789'), await head('n'), await get('n')]) {
      expect([got.headers['x-oss-hash-crc64ecma'], got.headers['etag']]).toEqual([
        crc,
        '"25F9E794323B453885F5181F1B624D0B"',
      ])
      expect(got.headers['content-md5']).toBe(md5Base64('123456789'))
    }
  })
  test.each([
    ['right', md5Base64('body'), 200],
    ['of something else', md5Base64('other'), 400],
    ['no digest', 'abc', 400],
    ['hex', '841a2d689ad86bd1611447453c22c6fc', 400],
  ])('Content-MD5 %s', async (_name, digest, status) => {
    const got = await put('m', 'body', { 'content-md5': digest })
    expect([got.status, got.code]).toEqual([status, status === 200 ? '' : 'InvalidDigest'])
    expect(await practice.bytes()).toBe(status === 200 ? 4 : 0)
  })
  test('an empty object', async () => {
    expect((await put('empty', '')).headers['x-oss-hash-crc64ecma']).toBe('0')
    expect([
      (await get('empty')).body.length,
      (await head('empty')).headers['content-length'],
    ]).toEqual([0, '0'])
  })
})

describe('names (source: 1 to 1023 bytes of UTF-8, not starting with a slash or backslash)', () => {
  const good = [
    'a',
    '..',
    '../../etc/passwd',
    'a//b',
    'dir/',
    '🦊/数据',
    "a'b(c)!*~",
    'a?b#c%25',
    ' blank ',
    'line\nbreak',
    '<b>&amp;"',
    'é'.repeat(511),
    'x'.repeat(1023),
    'CON',
    'a\\b',
    '\u0001',
    '+',
    '%',
  ]
  test.each(good.map((key) => [key.slice(0, 20), key]))('%j', async (_short, key) => {
    expect((await put(key, key)).status).toBe(200)
    expect((await get(key)).text).toBe(key)
    expect((await send(practice, { method: 'DELETE', key })).status).toBe(204)
    expect((await head(key)).status).toBe(404)
  })
  test.each([['/a'], ['\\a'], ['x'.repeat(1024)], ['é'.repeat(512)]])(
    '%j is refused',
    async (key) => {
      expect((await put(key)).code).toBe('InvalidObjectName')
    },
  )
  test.each([['ab'], ['Upper'], ['-a-'], ['a_b'], ['a'.repeat(64)]])(
    'bucket %j is refused',
    async (bucket) => {
      expect((await send(practice, { method: 'PUT', bucket })).code).toBe('InvalidBucketName')
    },
  )
  test('missing things', async () => {
    expect([(await get('nope')).code, (await get('nope')).status]).toEqual(['NoSuchKey', 404])
    expect((await send(practice, { bucket: 'no-such-bucket', key: 'a' })).code).toBe('NoSuchBucket')
    expect((await send(practice, { bucket: 'no-such-bucket' })).code).toBe('NoSuchBucket')
    expect((await send(practice, { method: 'DELETE', key: 'nope' })).status).toBe(204)
  })
  test('a HEAD without an answer body carries the error in a header', async () => {
    const { headers } = await head('nope')
    expect(inside(Buffer.from(headers['x-oss-err'] ?? '', 'base64').toString(), 'Code')).toBe(
      'NoSuchKey',
    )
    expect(headers['x-oss-ec']).toBe('0026-00000001')
  })
})

describe('metadata', () => {
  test('comes back as it was sent, bytes of values and standard headers; names of user metadata in lower case (source: EC page 0011-00000004)', async () => {
    await put('m', 'x', {
      'X-Oss-Meta-CamelCase': 'a  b',
      'x-oss-meta-latin': 'gr\u00fc\u00dfe',
      'content-type': 'text/x',
      'Cache-Control': 'no-store',
      'Content-Disposition': 'inline',
    })
    const { rawHeaders } = await get('m')
    const pair = (name: string) => rawHeaders[rawHeaders.indexOf(name) + 1]
    expect(
      [
        'x-oss-meta-camelcase',
        'x-oss-meta-latin',
        'content-type',
        'Cache-Control',
        'Content-Disposition',
      ].map(pair),
    ).toEqual(['a  b', 'gr\u00fc\u00dfe', 'text/x', 'no-store', 'inline'])
  })
  test('8 KiB of user metadata in all (source: limits page)', async () => {
    const name = 'x-oss-meta-a'
    expect((await put('m', 'x', { [name]: 'v'.repeat(8192 - name.length) })).status).toBe(200)
    expect((await put('m', 'x', { [name]: 'v'.repeat(8193 - name.length) })).code).toBe(
      'MetadataTooLarge',
    )
  })
  test('without a content type there is one', async () => {
    await put('m')
    expect((await head('m')).headers['content-type']).toBe('application/octet-stream')
  })
  test('GetObjectMeta tells size, ETag and time, no metadata', async () => {
    await put('m', 'four', { 'x-oss-meta-a': 'b' })
    const { headers } = await send(practice, {
      method: 'HEAD',
      key: 'm',
      query: { objectMeta: null },
    })
    expect([
      headers['content-length'],
      headers['etag'] !== undefined,
      headers['x-oss-meta-a'],
    ]).toEqual(['4', true, undefined])
  })
})

describe('PutObject options', () => {
  test('x-oss-forbid-overwrite', async () => {
    const forbid = { 'x-oss-forbid-overwrite': 'true' }
    expect((await put('f', 'one', forbid)).status).toBe(200)
    const again = await put('f', 'two', forbid)
    expect([again.status, again.code]).toEqual([409, 'FileAlreadyExists'])
    expect((await get('f')).text).toBe('one')
    expect((await put('f', 'three')).status).toBe(200)
    expect((await put('f', 'x', { 'x-oss-forbid-overwrite': 'yes' })).ec).toBe('0017-00000279')
  })
  test('x-oss-forbid-overwrite holds against an object that came while the body was on its way', async () => {
    const late = await sendLate(
      practice,
      { method: 'PUT', key: 'race', headers: { 'x-oss-forbid-overwrite': 'true' } },
      'late',
    )
    expect((await put('race', 'first')).status).toBe(200)
    expect((await late()).code).toBe('FileAlreadyExists')
    expect([(await get('race')).text, await practice.bytes()]).toEqual(['first', 5])
  })
  test('storage class, and that archived bytes cannot be read', async () => {
    await put('s', 'x', { 'x-oss-storage-class': 'Archive' })
    expect([(await head('s')).headers['x-oss-storage-class'], (await get('s')).code]).toEqual([
      'Archive',
      'InvalidObjectState',
    ])
    expect((await put('s', 'x', { 'x-oss-storage-class': 'Cheap' })).code).toBe('InvalidArgument')
  })
  test.each([
    ['819199', 400],
    ['819200', 200],
    ['838860800', 200],
    ['838860801', 400],
    ['fast', 400],
  ])('x-oss-traffic-limit %s', async (limit, status) => {
    expect((await put('t', 'x', { 'x-oss-traffic-limit': limit })).status).toBe(status)
  })
  test('a traffic limit is kept, both ways', async () => {
    const body = Buffer.alloc(40 * 1024)
    const limit = { 'x-oss-traffic-limit': '819200' }
    for (const slow of [() => put('t', body, limit), () => get('t', limit)]) {
      const started = performance.now()
      expect((await slow()).status).toBe(200)
      expect(performance.now() - started).toBeGreaterThan(300)
    }
  })
  test('a length must be declared', async () => {
    const got = await send(practice, {
      method: 'PUT',
      key: 'c',
      headers: { 'transfer-encoding': 'chunked' },
      body: 'chunked',
    })
    expect([got.status, (await get('c')).text]).toEqual([200, 'chunked'])
    expect(
      (
        await put('c', 'x', {
          'content-length': String(5 * 1024 ** 3 + 1),
          expect: '100-continue',
        }).catch(() => ({ code: 'cut' }))
      ).code,
    ).toMatch(/EntityTooLarge|cut/)
  })
})

describe('ranges (source: GetObject; of "0123456789")', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    // range, answer without, answer with x-oss-range-behavior: standard ('' is 416)
    ['bytes=0-0', '0', '0'],
    ['bytes=2-4', '234', '234'],
    ['bytes=7-', '789', '789'],
    ['bytes=-3', '789', '789'],
    ['bytes=0-9', '0123456789', '0123456789'],
    ['bytes=5-10', '0123456789', '56789'],
    ['bytes=-11', '0123456789', '0123456789'],
    ['bytes=10-', '0123456789', ''],
    ['bytes=10-20', '0123456789', ''],
    ['bytes=4-2', '0123456789', ''],
    ['bytes=-0', '0123456789', ''],
    ['bytes=-', '0123456789', ''],
    ['bytes=a-b', '0123456789', ''],
    ['bytes=0-1,3-4', '0123456789', ''],
    ['chars=0-1', '0123456789', ''],
  ]
  const partial = (text: string, range: string) => text !== '0123456789' || range === 'bytes=0-9'
  test.each(rows)('%s', async (range, plain, standard) => {
    await put('r', '0123456789')
    const lax = await get('r', { range })
    expect([lax.status, lax.text]).toEqual([partial(plain, range) ? 206 : 200, plain])
    if (lax.status === 206)
      expect(lax.headers['content-range']).toBe(
        `bytes ${'0123456789'.indexOf(plain)}-${'0123456789'.indexOf(plain) + plain.length - 1}/10`,
      )
    const strict = await get('r', { range, 'x-oss-range-behavior': 'standard' })
    if (standard === '')
      expect([strict.status, strict.code, strict.headers['content-range']]).toEqual([
        416,
        'InvalidRange',
        'bytes */10',
      ])
    else expect([strict.status, strict.text]).toEqual([206, standard])
  })
  test('an empty object has no range', async () => {
    await put('r', '')
    expect((await get('r', { range: 'bytes=0-0' })).status).toBe(200)
    expect(
      (await get('r', { range: 'bytes=0-0', 'x-oss-range-behavior': 'standard' })).status,
    ).toBe(416)
  })
  test('response-* parameters replace headers', async () => {
    await put('r', 'x', { 'content-type': 'text/plain' })
    const { headers } = await get(
      'r',
      {},
      { 'response-content-type': 'image/png', 'response-content-disposition': 'attachment' },
    )
    expect([headers['content-type'], headers['content-disposition']]).toEqual([
      'image/png',
      'attachment',
    ])
  })
})

describe('conditions', () => {
  const past = 'Sat, 01 Jan 2000 00:00:00 GMT'
  const future = new Date(Date.now() + 3_600_000).toUTCString()
  const rows: readonly (readonly [string, string, number])[] = [
    ['if-match', 'right', 200],
    ['if-match', '"wrong"', 412],
    ['if-match', '*', 200],
    ['if-none-match', 'right', 304],
    ['if-none-match', '"wrong"', 200],
    ['if-modified-since', past, 200],
    ['if-modified-since', future, 304],
    ['if-unmodified-since', past, 412],
    ['if-unmodified-since', future, 200],
  ]
  test.each(rows)('%s: %s', async (name, value, status) => {
    const { headers } = await put('c')
    const sent = { [name]: value === 'right' ? headers['etag'] : value }
    const got = await get('c', sent)
    expect([got.status, (await head('c', sent)).status]).toEqual([status, status])
    if (status === 412)
      expect([got.code, inside(got.text, 'Condition')?.toLowerCase()]).toEqual([
        'PreconditionFailed',
        name,
      ])
    if (status === 304) expect(got.text).toBe('')
    const copied = await send(practice, {
      method: 'PUT',
      key: 'd',
      headers: {
        'x-oss-copy-source': '/practice-bucket/c',
        [`x-oss-copy-source-${name}`]: sent[name],
      },
    })
    expect(copied.status).toBe(status)
  })
})

describe('CopyObject', () => {
  const copy = (source: string, to: string, headers: Given['headers'] = {}, bucket?: string) =>
    send(practice, {
      method: 'PUT',
      key: to,
      ...(bucket !== undefined && { bucket }),
      headers: { 'x-oss-copy-source': source, ...headers },
    })

  test('with COPY takes bytes, metadata, tags and checksum; with REPLACE the metadata of the request', async () => {
    const stored = await put('a b', 'bytes', {
      'x-oss-meta-a': '1',
      'content-type': 'text/a',
      'x-oss-tagging': 'k=v',
    })
    const kept = await copy('/practice-bucket/a%20b', 'kept', { 'x-oss-meta-a': 'ignored' })
    expect([kept.status, inside(kept.text, 'ETag')]).toEqual([
      200,
      stored.headers['etag']?.replaceAll('"', '&quot;'),
    ])
    const { headers } = await head('kept')
    expect([
      headers['x-oss-meta-a'],
      headers['content-type'],
      headers['x-oss-hash-crc64ecma'],
      headers['x-oss-tagging-count'],
    ]).toEqual(['1', 'text/a', stored.headers['x-oss-hash-crc64ecma'], '1'])
    await copy('/practice-bucket/a%20b', 'replaced', {
      'x-oss-metadata-directive': 'REPLACE',
      'x-oss-meta-b': '2',
    })
    const replaced = (await head('replaced')).headers
    expect([replaced['x-oss-meta-a'], replaced['x-oss-meta-b'], replaced['content-type']]).toEqual([
      undefined,
      '2',
      'text/a',
    ])
    await copy('/practice-bucket/a%20b', 'replaced', {
      'x-oss-metadata-directive': 'REPLACE',
      'content-type': 'text/b',
    })
    expect((await head('replaced')).headers['content-type']).toBe('text/b')
    await send(practice, { method: 'DELETE', key: 'a b' })
    expect((await get('kept')).text).toBe('bytes')
  })
  test('onto itself changes metadata in place and keeps the bytes', async () => {
    await put('s', 'bytes', { 'x-oss-meta-a': '1' })
    await copy('/practice-bucket/s', 's', { 'x-oss-meta-b': '2' })
    const got = await get('s')
    expect([got.text, got.headers['x-oss-meta-a'], got.headers['x-oss-meta-b']]).toEqual([
      'bytes',
      undefined,
      '2',
    ])
  })
  test('to another bucket, and never over an existing object when that is forbidden', async () => {
    await put('s', 'bytes')
    await send(practice, { method: 'PUT', bucket: 'other-bucket' })
    expect((await copy('/practice-bucket/s', 's', {}, 'other-bucket')).status).toBe(200)
    expect(
      (await copy('/practice-bucket/s', 's', { 'x-oss-forbid-overwrite': 'true' }, 'other-bucket'))
        .code,
    ).toBe('FileAlreadyExists')
  })
  test.each([
    ['/practice-bucket/nope', 'NoSuchKey'],
    ['/no-such-bucket/a', 'NoSuchBucket'],
    ['practice-bucket/a', 'InvalidArgument'],
    ['/practice-bucket', 'InvalidArgument'],
    ['/practice-bucket/%ff', 'BadRequest'],
  ])('from %s', async (source, code) => expect((await copy(source, 'x')).code).toBe(code))
  test('without a checksum, where a fault says so (it can be absent on copies)', async () => {
    await put('s', 'bytes')
    practice.faults.add({ match: { method: 'PUT', key: 'c' }, do: { kind: 'no-crc' } })
    expect((await copy('/practice-bucket/s', 'c')).headers['x-oss-hash-crc64ecma']).toBeUndefined()
    expect([
      (await head('c')).headers['x-oss-hash-crc64ecma'],
      (await head('s')).headers['x-oss-hash-crc64ecma'] !== undefined,
    ]).toEqual([undefined, true])
  })
})

describe('AppendObject', () => {
  const append = (position: string, body: string) =>
    send(practice, { method: 'POST', key: 'log', query: { append: null, position }, body })
  test('goes on where the object ends', async () => {
    expect((await append('0', '12345')).headers['x-oss-next-append-position']).toBe('5')
    const last = await append('5', '6789')
    expect([
      last.headers['x-oss-next-append-position'],
      last.headers['x-oss-hash-crc64ecma'],
    ]).toEqual(['9', BigInt('0x995DC9BBDF1939FA').toString()])
    const wrong = await append('5', 'x')
    expect([wrong.status, wrong.code, wrong.headers['x-oss-next-append-position']]).toEqual([
      409,
      'PositionNotEqualToLength',
      '9',
    ])
    expect([(await get('log')).text, (await get('log', { range: 'bytes=3-6' })).text]).toEqual([
      '123456789',
      '4567',
    ])
    expect((await append('-1', 'x')).code).toBe('InvalidArgument')
  })
  test('of two at the same position, one wins', async () => {
    const late = await sendLate(
      practice,
      { method: 'POST', key: 'log', query: { append: null, position: '0' } },
      'late',
    )
    expect((await append('0', 'first')).status).toBe(200)
    expect((await late()).code).toBe('PositionNotEqualToLength')
    expect([(await get('log')).text, await practice.bytes()]).toEqual(['first', 5])
  })
  test('an object that was put is not appendable', async () => {
    await put('log', '')
    expect((await append('0', 'x')).code).toBe('ObjectNotAppendable')
  })
})

describe('deleting many', () => {
  const remove = (
    xml: string,
    headers: Given['headers'] = { 'content-md5': md5Base64(xml) },
    query: Given['query'] = {},
  ) => send(practice, { method: 'POST', query: { delete: null, ...query }, headers, body: xml })
  const list = (keys: readonly string[], quiet = false) =>
    `<Delete><Quiet>${quiet}</Quiet>${keys.map((key) => `<Object><Key>${key}</Key></Object>`).join('')}</Delete>`

  test('names them, or is quiet; missing ones count as deleted', async () => {
    await Promise.all(['a', 'b&amp;<', ' c '].map((key) => put(key)))
    const got = await remove(list(['a', 'nope', ' c ']))
    expect(allInside(got.text, 'Key')).toEqual(['a', 'nope', ' c '])
    expect((await head(' c ')).status).toBe(404)
    expect(allInside((await remove(list(['b&amp;amp;&lt;'], true))).text, 'Key')).toEqual([])
    expect((await head('b&amp;<')).status).toBe(404)
  })
  test('character references and url encoding of names', async () => {
    await put('line\nbreak')
    const got = await remove(list(['line&#10;break']), undefined, { 'encoding-type': 'url' })
    expect([inside(got.text, 'Key'), (await head('line\nbreak')).status]).toEqual([
      'line%0Abreak',
      404,
    ])
  })
  test.each([
    ['no digest', list(['a']), {}, 'MissingArgument'],
    ['a wrong digest', list(['a']), { 'content-md5': md5Base64('') }, 'InvalidDigest'],
    ['not XML', '<Delete>', undefined, 'MalformedXML'],
    ['another document', '<Other/>', undefined, 'MalformedXML'],
    ['nothing', '<Delete></Delete>', undefined, 'MalformedXML'],
    [
      'an entity bomb',
      '<!DOCTYPE a [<!ENTITY b "c">]><Delete><Object><Key>&b;</Key></Object></Delete>',
      undefined,
      'MalformedXML',
    ],
    [
      '1,001 names',
      list(Array.from({ length: 1001 }, (_, i) => String(i))),
      undefined,
      'MalformedXML',
    ],
  ])('%s', async (_name, xml, headers, code) =>
    expect((await remove(xml, headers)).code).toBe(code),
  )
})

describe('tags (source: limits page: 10 tags, keys of 128, values of 256 characters out of a small set)', () => {
  const tagging = (tags: readonly (readonly [string, string])[]) =>
    `<Tagging><TagSet>${tags.map(([k, v]) => `<Tag><Key>${k}</Key><Value>${v}</Value></Tag>`).join('')}</TagSet></Tagging>`
  const putTags = (tags: readonly (readonly [string, string])[]) =>
    send(practice, { method: 'PUT', key: 't', query: { tagging: null }, body: tagging(tags) })
  const many = (count: number) => Array.from({ length: count }, (_, i) => [`k${i}`, 'v'] as const)
  test.each([
    ['ten', many(10), 200],
    ['eleven', many(11), 400],
    ['long ones', [['k'.repeat(128), 'v'.repeat(256)]], 200],
    ['a long key', [['k'.repeat(129), '']], 400],
    ['a long value', [['k', 'v'.repeat(257)]], 400],
    ['all characters', [['a +-=._:/9', 'Ü +-=._:/9']], 200],
    ['a bad character', [['k', 'a,b']], 400],
    ['no key', [['', 'v']], 400],
    [
      'a key twice',
      [
        ['k', '1'],
        ['k', '2'],
      ],
      400,
    ],
  ] as const)('%s', async (_name, tags, status) => {
    await put('t')
    expect((await putTags(tags)).status).toBe(status)
  })
  test('change neither time nor metadata, and come and go', async () => {
    await put('t', 'x', { 'x-oss-meta-a': 'b', 'x-oss-tagging': 'one=1&two=a%20b' })
    const before = await head('t')
    const read = async () => allInside((await get('t', {}, { tagging: null })).text, 'Value')
    expect(await read()).toEqual(['1', 'a b'])
    await putTags([['three', '3']])
    const after = await head('t')
    expect([
      after.headers['last-modified'],
      after.headers['x-oss-meta-a'],
      after.headers['etag'],
    ]).toEqual([before.headers['last-modified'], 'b', before.headers['etag']])
    expect(await read()).toEqual(['3'])
    expect(
      (await send(practice, { method: 'DELETE', key: 't', query: { tagging: null } })).status,
    ).toBe(204)
    expect([await read(), (await get('t')).text]).toEqual([[], 'x'])
    expect((await put('t', 'x', { 'x-oss-tagging': 'a=,' })).code).toBe('InvalidTag')
  })
})

describe('buckets', () => {
  test('are made, listed, described and deleted when empty', async () => {
    expect(
      (
        await send(practice, {
          method: 'PUT',
          bucket: 'second',
          headers: { 'x-oss-acl': 'public-read' },
        })
      ).status,
    ).toBe(200)
    expect((await send(practice, { method: 'PUT', bucket: 'second' })).status).toBe(200)
    const names = async (query: Given['query'] = {}) =>
      allInside((await send(practice, { bucket: '', query })).text, 'Name')
    expect([await names(), await names({ prefix: 's' }), await names({ 'max-keys': '1' })]).toEqual(
      [['practice-bucket', 'second'], ['second'], ['practice-bucket']],
    )
    expect(await names({ marker: 'practice-bucket' })).toEqual(['second'])
    expect((await send(practice, { bucket: 'second', query: { location: null } })).text).toContain(
      '<LocationConstraint>oss-cn-hangzhou</LocationConstraint>',
    )
    expect(
      inside(
        (await send(practice, { bucket: 'second', query: { bucketInfo: null } })).text,
        'Grant',
      ),
    ).toBe('public-read')
    expect(
      inside((await send(practice, { bucket: 'second', query: { acl: null } })).text, 'Grant'),
    ).toBe('public-read')
    await send(practice, { method: 'PUT', bucket: 'second', key: 'a', body: 'abc' })
    expect(
      inside((await send(practice, { bucket: 'second', query: { stat: null } })).text, 'Storage'),
    ).toBe('3')
    expect((await send(practice, { method: 'DELETE', bucket: 'second' })).code).toBe(
      'BucketNotEmpty',
    )
    await send(practice, { method: 'DELETE', bucket: 'second', key: 'a' })
    await send(practice, { method: 'POST', bucket: 'second', key: 'a', query: { uploads: null } })
    expect((await send(practice, { method: 'DELETE', bucket: 'second' })).code).toBe(
      'BucketNotEmpty',
    )
  })
  test.each([
    ['GET', { lifecycle: null }, 'NotImplemented'],
    ['PUT', { cors: null }, 'NotImplemented'],
    ['POST', {}, 'MethodNotAllowed'],
    ['PATCH', {}, 'MethodNotAllowed'],
  ] as const)('%s %j is not offered', async (method, query, code) =>
    expect((await send(practice, { method, query })).code).toBe(code),
  )
  test('an object process is not offered: it would hand out what is not the object', async () => {
    await put('p')
    expect((await get('p', {}, { 'x-oss-process': 'image/resize,w_1' })).status).toBe(501)
  })
})
