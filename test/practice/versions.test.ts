import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Practice } from '../tools/practice.ts'
import { allInside, freshPractice, inside, md5Base64, type Got } from './harness.ts'
import { idOf, rowsOf, UNKNOWN, versionCalls } from './versions-kit.ts'

let practice: Practice
beforeAll(async () => void (practice = await freshPractice()))
afterEach(() => practice.reset())
afterAll(() => practice.close())

type Status = 'Enabled' | 'Suspended'

const { ask, setVersioning, put, remove, read, list } = versionCalls(() => practice)

describe('the state of a bucket', () => {
  test.each<readonly [string, number, string | undefined, string]>([
    // [what is asked, status of the answer, Status afterwards, source]
    ['', 400, undefined, 'oss2 test_bucket_versioning_wrong'],
    ['<Status>Disabled</Status>', 400, undefined, 'oss2 test_bucket_versioning_wrong'],
    ['<Status>Enabled</Status>', 200, 'Enabled', 'PutBucketVersioning'],
    ['<Status>Suspended</Status>', 200, 'Suspended', 'PutBucketVersioning'],
  ])(
    'PutBucketVersioning %s answers %i, GetBucketVersioning says %s (%s)',
    async (xml, status, now) => {
      const body = `<VersioningConfiguration>${xml}</VersioningConfiguration>`
      const got = await ask({ method: 'PUT', query: { versioning: null }, body })
      expect([got.status, got.code]).toEqual([status, status === 200 ? '' : 'MalformedXML'])
      const { text } = await ask({ query: { versioning: null } })
      expect(inside(text, 'Status')).toBe(now)
      expect(inside((await ask({ query: { bucketInfo: null } })).text, 'Versioning')).toBe(now)
    },
  )

  test('a bucket that never had versioning answers without ids, and lists its objects as null', async () => {
    const got = await ask({ method: 'PUT', key: 'a', body: 'x' })
    const [head, gone] = [await read('a', 'null'), await remove('b')]
    expect([idOf(got), idOf(head), head.text, idOf(gone)]).toEqual(['', '', 'x', ''])
    expect(rowsOf(await list())).toEqual(['a null true Version'])
    const deleted = await remove('a', 'null')
    expect([deleted.status, idOf(deleted), (await read('a')).status]).toEqual([204, '', 404])
  })

  test('a bucket with a version or a delete marker cannot be deleted', async () => {
    await setVersioning('Enabled')
    const first = await put('a', 'x')
    const marker = idOf(await remove('a'))
    await remove('a', first)
    expect((await ask({ method: 'DELETE' })).code).toBe('BucketNotEmpty')
    await remove('a', marker)
    expect((await ask({ method: 'DELETE' })).status).toBe(204)
  })
})

describe('writing', () => {
  test.each<readonly [readonly (Status | null)[], string]>([
    // [state of the bucket at each put, ids of the versions newest first]
    [[null, 'Enabled'], 'new null'],
    [['Enabled', 'Enabled'], 'new new'],
    [['Enabled', 'Suspended'], 'null new'],
    [[null, 'Enabled', 'Suspended'], 'null new'],
    [['Suspended', 'Suspended'], 'null'],
    [['Suspended', 'Enabled', 'Suspended', 'Enabled'], 'new null new'],
  ])('puts under %j leave %s', async (states, expected) => {
    // Source: OSS's documentation of buckets with versioning enabled and suspended.
    for (const [i, state] of states.entries()) {
      if (state !== null) await setVersioning(state)
      const id = await put('k', `body ${i}`)
      expect(id).toMatch(
        state === null ? /^$/ : state === 'Enabled' ? /^CAEQ[\w.-]{60}$/ : /^null$/,
      )
    }
    const got = await list()
    const ids = allInside(got.text, 'VersionId')
    expect(ids.map((id) => (id === 'null' ? id : 'new')).join(' ')).toBe(expected)
    expect(allInside(got.text, 'IsLatest')[0]).toBe('true')
    expect((await read('k')).text).toBe(`body ${states.length - 1}`)
    expect((await read('k', ids[0])).text).toBe(`body ${states.length - 1}`)
    expect(allInside((await ask({})).text, 'Key')).toEqual(['k'])
  })

  test('an upload in parts and a copy are versions too', async () => {
    await setVersioning('Enabled')
    const first = await put('m', 'old')
    const begun = await ask({ method: 'POST', key: 'm', query: { uploads: null } })
    const uploadId = inside(begun.text, 'UploadId') ?? ''
    const body = '<CompleteMultipartUpload></CompleteMultipartUpload>'
    const done = await ask({ method: 'POST', key: 'm', query: { uploadId }, body })
    const copied = await ask({
      method: 'PUT',
      key: 'm',
      headers: { 'x-oss-copy-source': `/practice-bucket/m?versionId=${first}` },
    })
    expect(copied.headers['x-oss-copy-source-version-id']).toBe(first)
    expect(allInside((await list()).text, 'VersionId')).toEqual([idOf(copied), idOf(done), first])
    expect((await read('m')).text).toBe('old')
  })

  test.each<readonly [Status | null, number]>([
    [null, 409],
    ['Enabled', 200],
    ['Suspended', 200],
  ])('x-oss-forbid-overwrite under %s answers %i', async (state, status) => {
    // Source: OSS's documentation of PutObject, CopyObject, Initiate and CompleteMultipartUpload.
    if (state !== null) await setVersioning(state)
    await put('k', 'first')
    const headers = { 'x-oss-forbid-overwrite': 'true' }
    const copy = { ...headers, 'x-oss-copy-source': '/practice-bucket/k' }
    const written = [
      await ask({ method: 'PUT', key: 'k', body: 'second', headers }),
      await ask({ method: 'POST', key: 'k', query: { uploads: null }, headers }),
      await ask({ method: 'PUT', key: 'k', headers: copy }),
    ]
    expect(written.map((got) => got.status)).toEqual([status, status, status])
  })

  test('appending goes on with the current version, and starts again after a delete marker', async () => {
    // Source: OSS's documentation of AppendObject.
    await setVersioning('Enabled')
    const append = (body: string, position: number, query = {}): Promise<Got> =>
      ask({
        method: 'POST',
        key: 'k',
        body,
        query: { append: null, position: `${position}`, ...query },
      })
    const first = idOf(await append('a', 0))
    expect(idOf(await append('b', 1))).toBe(first)
    await remove('k')
    const second = idOf(await append('c', 0))
    expect([second === first, (await read('k', first)).text, (await read('k')).text]).toEqual([
      false,
      'ab',
      'c',
    ])
    await put('k', 'normal')
    expect((await append('d', 1)).code).toBe('ObjectNotAppendable')
    expect((await append('d', 1, { versionId: first })).ec).toBe('0016-00000504')
  })
})

describe('reading', () => {
  test.each([
    // [method, query, versionId, status, code, EC, source]
    ['GET', {}, '', 400, 'InvalidArgument', '0012-00000201', 'EC page'],
    ['GET', {}, 'IllegalVersion', 400, 'InvalidArgument', '0012-00000202', 'EC page'],
    ['GET', {}, UNKNOWN, 404, 'NoSuchVersion', '0012-00000203', 'EC page'],
    ['GET', {}, 'null', 404, 'NoSuchVersion', '0012-00000203', 'EC page'],
    ['GET', {}, 'marker', 405, 'MethodNotAllowed', '0017-00000002', 'GetObject'],
    ['GET', { acl: null }, 'marker', 405, 'MethodNotAllowed', '0017-00000002', 'EC page'],
    ['PUT', { acl: null }, 'marker', 405, 'MethodNotAllowed', '0017-00000002', 'EC page'],
    ['GET', { tagging: null }, 'marker', 405, 'MethodNotAllowed', '0017-00000002', 'EC page'],
    ['GET', { objectMeta: null }, 'marker', 405, 'MethodNotAllowed', '0017-00000002', 'EC page'],
    ['GET', { restore: null }, 'first', 501, 'NotImplemented', '0017-00000000', 'not offered'],
    ['PUT', {}, 'first', 501, 'NotImplemented', '0017-00000000', 'not offered'],
    ['POST', { uploads: null }, 'first', 501, 'NotImplemented', '0017-00000000', 'not offered'],
  ])(
    '%s with %j of version "%s" answers %i %s, EC %s (%s)',
    async (method, query, named, ...expected) => {
      await setVersioning('Enabled')
      const first = await put('k', 'x')
      const marker = idOf(await remove('k'))
      const versionId = named === 'first' ? first : named === 'marker' ? marker : named
      const headers = { 'x-oss-object-acl': 'private' }
      const got = await ask({ method, key: 'k', query: { ...query, versionId }, headers })
      expect([got.status, got.code, got.ec]).toEqual(expected.slice(0, 3))
      if (named !== 'marker') return
      expect([idOf(got), got.headers['x-oss-delete-marker'], got.headers['allow']]).toEqual([
        marker,
        'true',
        'DELETE',
      ])
    },
  )

  test.each(['GET', 'HEAD'])('%s of a deleted key is 404 and names the marker', async (method) => {
    // Source: OSS's documentation of GetObject.
    await setVersioning('Enabled')
    await put('k', 'x')
    const marker = idOf(await remove('k'))
    const got = await ask({ method, key: 'k' })
    expect([got.status, idOf(got), got.headers['x-oss-delete-marker']]).toEqual([
      404,
      marker,
      'true',
    ])
    if (method === 'GET') expect(got.code).toBe('NoSuchKey')
    const head = await ask({ method: 'HEAD', key: 'k', query: { versionId: marker } })
    expect([head.status, head.headers['x-oss-delete-marker']]).toEqual([405, 'true'])
  })

  test('every kind of read takes a version, and says which one it was', async () => {
    await setVersioning('Enabled')
    const [first, second] = [await put('k', 'one'), await put('k', 'second')]
    for (const [versionId, text] of [
      [first, 'one'],
      [second, 'second'],
    ] as const) {
      const query = { versionId }
      const got = await ask({ key: 'k', query, headers: { range: 'bytes=1-2' } })
      const head = await ask({ method: 'HEAD', key: 'k', query })
      const meta = await ask({ method: 'HEAD', key: 'k', query: { objectMeta: null, ...query } })
      expect([got.status, got.text, idOf(got)]).toEqual([206, text.slice(1, 3), versionId])
      for (const one of [head, meta])
        expect([one.headers['content-length'], idOf(one)]).toEqual([`${text.length}`, versionId])
    }
    expect(idOf(await read('k'))).toBe(second)
  })

  test('tags and ACL belong to one version, and their change makes none', async () => {
    await setVersioning('Enabled')
    const [first, second] = [await put('k', 'one'), await put('k', 'two')]
    const tags = '<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>'
    const query = { versionId: first }
    const tagged = await ask({
      method: 'PUT',
      key: 'k',
      query: { tagging: null, ...query },
      body: tags,
    })
    const headers = { 'x-oss-object-acl': 'public-read' }
    const shared = await ask({ method: 'PUT', key: 'k', query: { acl: null, ...query }, headers })
    expect([idOf(tagged), idOf(shared)]).toEqual([first, first])
    const facts = async (versionId: string): Promise<readonly (string | undefined)[]> => [
      inside((await ask({ key: 'k', query: { tagging: null, versionId } })).text, 'Value'),
      inside((await ask({ key: 'k', query: { acl: null, versionId } })).text, 'Grant'),
    ]
    expect([await facts(first), await facts(second)]).toEqual([
      ['1', 'public-read'],
      [undefined, 'default'],
    ])
    expect(rowsOf(await list())).toEqual([`k ${second} true Version`, `k ${first} false Version`])
  })
})

describe('copying', () => {
  test.each([
    // [versionId of the source, status, code, EC, source]
    ['', 400, 'InvalidArgument', '0016-00000305', 'EC page'],
    ['%25%25%25QN', 400, 'InvalidArgument', '0012-00000202', 'EC page'],
    [UNKNOWN, 404, 'NoSuchVersion', '0012-00000203', 'EC page'],
    ['marker', 404, 'NoSuchKey', '0016-00000307', 'CopyObject, EC page'],
  ])('of version "%s" answers %i %s, EC %s (%s)', async (named, status, code, ec) => {
    await setVersioning('Enabled')
    await put('k', 'x')
    const versionId = named === 'marker' ? idOf(await remove('k')) : named
    const headers = { 'x-oss-copy-source': `/practice-bucket/k?versionId=${versionId}` }
    const got = await ask({ method: 'PUT', key: 'copy', headers })
    expect([got.status, got.code, got.ec]).toEqual([status, code, ec])
  })

  test('a part may be made of a version, and the answer names it', async () => {
    // Source: OSS's documentation of UploadPartCopy.
    await setVersioning('Enabled')
    const first = await put('k', 'the old one')
    await put('k', 'the new one')
    const begun = await ask({ method: 'POST', key: 'm', query: { uploads: null } })
    const query = { partNumber: '1', uploadId: inside(begun.text, 'UploadId') ?? '' }
    const headers = {
      'x-oss-copy-source': `/practice-bucket/k?versionId=${first}`,
      'x-oss-copy-source-range': 'bytes=4-6',
    }
    const part = await ask({ method: 'PUT', key: 'm', query, headers })
    expect(part.headers['x-oss-copy-source-version-id']).toBe(first)
    const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers['etag'] ?? ''}</ETag></Part></CompleteMultipartUpload>`
    await ask({ method: 'POST', key: 'm', query: { uploadId: query.uploadId }, body })
    expect((await read('m')).text).toBe('old')
  })
})

describe('deleting', () => {
  test.each<readonly [Status, readonly string[]]>([
    // Source: OSS's documentation of delete markers, and of buckets with versioning suspended.
    ['Enabled', ['k marker true', 'k put false', 'k null false']],
    ['Suspended', ['k null true', 'k put false']],
  ])('without an id under %s adds a delete marker', async (state, expected) => {
    await put('k', 'null version')
    await setVersioning('Enabled')
    const second = await put('k', 'second')
    await setVersioning(state)
    const got = await remove('k')
    const marker = idOf(got)
    expect([got.status, got.headers['x-oss-delete-marker']]).toEqual([204, 'true'])
    expect(marker === 'null').toBe(state === 'Suspended')
    const rows = rowsOf(await list()).map((row) => row.replace(second, 'put'))
    const shown = rows.map((row) =>
      (marker === 'null' ? row : row.replace(marker, 'marker')).replace(/ \w+$/, ''),
    )
    expect(shown).toEqual(expected)
    expect(rows[0]).toMatch(/DeleteMarker$/)
    expect(allInside((await ask({})).text, 'Key')).toEqual([])
    // Without its marker the key has its last version again.
    const undone = await remove('k', marker)
    expect([undone.headers['x-oss-delete-marker'], idOf(undone)]).toEqual(['true', marker])
    expect([(await read('k')).text, idOf(await read('k'))]).toEqual(['second', second])
  })

  test('by id removes that version for good, its bytes too; an unknown one is as good as gone', async () => {
    await setVersioning('Enabled')
    const [first, second] = [await put('k', 'one'), await put('k', 'two')]
    expect(await practice.bytes()).toBe(6)
    const got = await remove('k', second)
    expect([idOf(got), got.headers['x-oss-delete-marker'], await practice.bytes()]).toEqual([
      second,
      undefined,
      3,
    ])
    expect(idOf(await read('k'))).toBe(first)
    expect((await remove('k', UNKNOWN)).status).toBe(204)
    expect((await remove('k', '')).ec).toBe('0012-00000201')
    expect((await remove('never there')).headers['x-oss-delete-marker']).toBe('true')
  })

  test('of several takes versions, and says of each what became of it', async () => {
    await setVersioning('Enabled')
    const [first, second] = [await put('a', '1'), await put('a', '2')]
    const bulk = (xml: string): Promise<Got> => {
      const body = `<Delete>${xml}</Delete>`
      const headers = { 'content-md5': md5Base64(body) }
      return ask({ method: 'POST', query: { delete: null }, body, headers })
    }
    const object = (key: string, id?: string): string =>
      `<Object><Key>${key}</Key>${id === undefined ? '' : `<VersionId>${id}</VersionId>`}</Object>`
    const marked = await bulk(object('a') + object('b'))
    const markers = allInside(marked.text, 'DeleteMarkerVersionId')
    expect([allInside(marked.text, 'DeleteMarker'), new Set(markers).size]).toEqual([
      ['true', 'true'],
      2,
    ])
    expect(allInside(marked.text, 'VersionId')).toEqual([])
    expect((await bulk(object('a', ''))).ec).toBe('0016-00000612')
    expect((await bulk(object('a', '234') + object('a', first))).code).toBe('InvalidArgument')
    const gone = await bulk(object('a', first) + object('a', markers[0]))
    expect(allInside(gone.text, 'VersionId')).toEqual([first, markers[0]])
    expect(allInside(gone.text, 'DeleteMarker')).toEqual(['true'])
    expect(rowsOf(await list())).toEqual([
      `a ${second} true Version`,
      `b ${markers[1] ?? ''} true DeleteMarker`,
    ])
  })
})
