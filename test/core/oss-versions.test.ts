import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import type { HttpClient } from '../../electron/core/net/http-client.ts'
import { aclOf } from '../../electron/core/oss/acl.ts'
import { openOss, type Oss } from '../../electron/core/oss/client.ts'
import { copyObject } from '../../electron/core/oss/object-copy.ts'
import {
  deleteObject,
  deleteObjects,
  deleteVersion,
  deleteVersions,
} from '../../electron/core/oss/object-deletes.ts'
import { currentObject } from '../../electron/core/oss/object-ref.ts'
import {
  getRange,
  headObject,
  headVersion,
  listObjects,
  putSmall,
} from '../../electron/core/oss/objects.ts'
import { tagsOf } from '../../electron/core/oss/tags.ts'
import {
  listVersions,
  setVersioning,
  versioningOf,
  type VersionPage,
  type VersionRow,
} from '../../electron/core/oss/versions.ts'
import { ok } from '../../shared/contract/errors.ts'
import { bench, errorOf, never } from './oss-practice.ts'

const at = bench()

const put = async (key: string, text: string): Promise<string> => {
  const object = { bucket: at.bucket, key, headers: {}, forbidOverwrite: false }
  const { versionId } = await putSmall(at.oss, { ...object, body: Buffer.from(text) }, never)
  return versionId ?? ''
}
const ref = (key: string, versionId: string | null) => ({ bucket: at.bucket, key, versionId })
const read = async (key: string, versionId: string | null): Promise<string> => {
  const range = { ...ref(key, versionId), offset: 0, length: null, ifMatch: null }
  return (await buffer((await getRange(at.oss, range, never)).body)).toString()
}

async function every(
  oss: Oss,
  wanted: { readonly prefix?: string; readonly delimiter?: string; readonly max?: number } = {},
): Promise<readonly VersionRow[]> {
  const { prefix = '', delimiter = '', max = 1000 } = wanted
  const rows: VersionRow[] = []
  let cursor: string | null = null
  do {
    const page: VersionPage = await listVersions(
      oss,
      { bucket: 'practice-bucket', prefix, delimiter, cursor, max },
      never,
    )
    rows.push(...page.rows)
    cursor = page.cursor
  } while (cursor !== null)
  return rows
}
const shown = (rows: readonly VersionRow[]): readonly string[] =>
  rows.map(({ key, versionId, kind, isLatest, size }) =>
    [key, versionId, kind, isLatest, size].join(' '),
  )

describe('against the practice server', () => {
  test('versioning is told, enabled and suspended', async () => {
    expect(await versioningOf(at.oss, at.bucket, never)).toBe('never')
    for (const state of ['enabled', 'suspended', 'enabled'] as const) {
      await setVersioning(at.oss, at.bucket, state, never)
      expect(await versioningOf(at.oss, at.bucket, never)).toBe(state)
    }
  })

  test('every read and copy takes a version', async () => {
    await setVersioning(at.oss, at.bucket, 'enabled', never)
    const [first, second] = [await put('k ü', 'one'), await put('k ü', 'second')]
    expect([await read('k ü', first), await read('k ü', null)]).toEqual(['one', 'second'])
    expect(await headVersion(at.oss, ref('k ü', first), never)).toMatchObject({
      size: 3,
      versionId: first,
    })
    expect(await headObject(at.oss, at.bucket, 'k ü', never)).toMatchObject({ versionId: second })
    expect(await aclOf(at.oss, ref('k ü', first), never)).toBe('default')
    expect(await tagsOf(at.oss, ref('k ü', first), never)).toBe('')
    const copy = { ...ref('k ü', first), toKey: 'copy', forbidOverwrite: false }
    expect((await copyObject(at.oss, copy, never)).versionId).toMatch(/^CAE/)
    expect(await read('copy', null)).toBe('one')
  })

  test('delete, undelete, and delete by version', async () => {
    await setVersioning(at.oss, at.bucket, 'enabled', never)
    const [first, second] = [await put('k', 'one'), await put('k', 'second')]
    await deleteObject(at.oss, at.bucket, 'k', never)
    const missing = { code: 'not-found', what: 'object', name: 'k' }
    expect(await errorOf(headObject(at.oss, at.bucket, 'k', never))).toEqual(missing)
    const [marker] = await every(at.oss)
    expect(marker).toMatchObject({ kind: 'delete-marker', isLatest: true })
    const markerRef = ref('k', marker?.versionId ?? '')
    expect(await errorOf(headVersion(at.oss, markerRef, never))).toEqual(missing)
    expect(await errorOf(read('k', marker?.versionId ?? ''))).toEqual(missing)
    await deleteVersion(at.oss, markerRef, never)
    expect(await read('k', null)).toBe('second')
    await deleteVersion(at.oss, ref('k', second), never)
    expect(await errorOf(read('k', second))).toEqual(missing)
    expect([await read('k', null), shown(await every(at.oss))]).toEqual([
      'one',
      [`k ${first} version true 3`],
    ])
  })

  test('several versions, and keys that XML cannot carry, are deleted at once', async () => {
    await setVersioning(at.oss, at.bucket, 'enabled', never)
    for (const key of ['a', 'a', 'b', 'odd\u0001']) await put(key, 'x')
    await deleteObjects(at.oss, at.bucket, ['a', 'odd\u0001'], never)
    const rows = await every(at.oss)
    expect(rows.map(({ kind }) => kind)).toEqual([
      'delete-marker',
      'version',
      'version',
      'version',
      'delete-marker',
      'version',
    ])
    await deleteVersions(at.oss, at.bucket, rows, never)
    expect(await every(at.oss)).toEqual([])
  })

  test('a listing in pages of any size is the same, and has folders with a delimiter', async () => {
    await put('null before', 'x')
    await setVersioning(at.oss, at.bucket, 'enabled', never)
    for (const key of ['a/1', 'a/1', 'a/2', 'b', '10.x', 'ü/🦊', 'b']) await put(key, 'x')
    await deleteObject(at.oss, at.bucket, 'b', never)
    const whole = await every(at.oss)
    expect(whole).toHaveLength(9)
    expect(whole.filter(({ isLatest }) => isLatest)).toHaveLength(6)
    for (const max of [1, 2, 3, 4]) expect(await every(at.oss, { max })).toEqual(whole)
    for (const max of [1, 2, 1000]) {
      const rows = await every(at.oss, { delimiter: '/', max })
      expect(rows.map(({ key, kind }) => `${kind} ${key}`)).toEqual([
        'version 10.x',
        'folder a/',
        'delete-marker b',
        'version b',
        'version b',
        'version null before',
        'folder ü/',
      ])
    }
    const inside = await every(at.oss, { prefix: 'a/', delimiter: '/', max: 2 })
    expect(inside.map(({ key }) => key)).toEqual(['a/1', 'a/1', 'a/2'])
    const { rows } = await listObjects(
      at.oss,
      { bucket: at.bucket, prefix: '', delimiter: '', cursor: null, max: 1000 },
      never,
    )
    expect(rows.map(({ key }) => key)).toEqual(['10.x', 'a/1', 'a/2', 'null before', 'ü/🦊'])
  })

  test('the current object is what no version is asked of', () => {
    expect(currentObject('b', 'k')).toEqual({ bucket: 'b', key: 'k', versionId: null })
  })
})

describe('a server that lies', () => {
  const version = (key: string, id: string): string =>
    `<Version><Key>${encodeURIComponent(key)}</Key><VersionId>${id}</VersionId></Version>`
  const page = (rows: string, next = ''): string =>
    `<ListVersionsResult><EncodingType>url</EncodingType>${rows}<IsTruncated>${next !== ''}</IsTruncated>${next}</ListVersionsResult>`
  const more = (key: string, id: string): string =>
    `<NextKeyMarker>${encodeURIComponent(key)}</NextKeyMarker><NextVersionIdMarker>${id}</NextVersionIdMarker>`

  /** A client whose n-th answer is the n-th text, the last one ever after. */
  function liar(...texts: readonly string[]): Oss {
    let asked = 0
    const client: Pick<HttpClient, 'request'> = {
      request: async () => {
        const text = texts[Math.min(asked++, texts.length - 1)] ?? ''
        return {
          status: 200,
          headers: new Map(),
          body: Readable.from([]),
          text: async () => text,
        }
      },
    }
    const credentials = async () =>
      ok({ accessKeyId: 'id', accessKeySecret: 'secret', securityToken: null })
    const endpoint = 'https://oss-cn-hangzhou.aliyuncs.com'
    return openOss({ endpoint, region: '', credentials }, client)
  }

  test.each<readonly [string, string, readonly string[]]>([
    ['a name outside the prefix', 'outside', [page(version('b/1', 'x'))]],
    ['a name that is none', 'name', [page(version('', 'x'))]],
    ['a version without an id', 'name', [page(version('a/1', ''))]],
    ['an id that XML cannot say', 'name', [page(version('a/1', '&#1;'))]],
    ['one version twice on a page', 'order', [page(version('a/1', 'x') + version('a/1', 'x'))]],
    [
      'the last version again on the next page',
      'order',
      [page(version('a/1', 'x'), more('a/1', 'x')), page(version('a/1', 'x'))],
    ],
    [
      'a name before those of the page before',
      'order',
      [page(version('a/2', 'x'), more('a/2', 'x')), page(version('a/1', 'y'))],
    ],
    ['a page that breaks off', 'endless', [page(version('a/1', 'x'), '<Next/>')]],
    ['the same marker again', 'endless', [page('', more('a/1', 'x'))]],
    [
      'pages without end that bring nothing',
      'endless',
      Array.from({ length: 200 }, (_, i) => page('', more('a/1', `x${i}`))),
    ],
  ])('%s is a bad answer', async (_name, problem, texts) => {
    const listing = every(liar(...texts), { prefix: 'a/' })
    expect(await errorOf(listing)).toMatchObject({ code: 'bad-answer', problem })
  })

  test('a listing that is no listing, and a state that is none, are errors', async () => {
    expect(await errorOf(every(liar('<ListBucketResult/>')))).toMatchObject({ code: 'oss' })
    const odd = liar('<VersioningConfiguration><Status>On</Status></VersioningConfiguration>')
    expect(await errorOf(versioningOf(odd, 'practice-bucket', never))).toMatchObject({
      code: 'oss',
    })
  })

  test('a cursor that a caller made up is not sent', async () => {
    const wanted = { bucket: 'practice-bucket', prefix: '', delimiter: '', max: 10 }
    for (const cursor of ['x', '0.1.ax', '0.1.a99999.b', '0.1.a9999.b'])
      expect(await errorOf(listVersions(liar(page('')), { ...wanted, cursor }, never))).toEqual({
        code: 'bad-request',
        detail: 'cursor',
      })
  })

  test.each([
    ['another version than was asked', '<Key>k</Key><VersionId>y</VersionId>', 'bad-answer'],
    ['the current object in place of a version', '<Key>k</Key>', 'bad-answer'],
  ])('a deletion that names %s is not believed', async (_name, xml, code) => {
    const oss = liar(`<DeleteResult><Deleted>${xml}</Deleted></DeleteResult>`)
    const deleting = deleteVersions(oss, 'practice-bucket', [{ key: 'k', versionId: 'x' }], never)
    expect(await errorOf(deleting)).toMatchObject({ code })
  })

  test('a version that OSS does not confirm is left', async () => {
    const target = { key: 'k', versionId: 'x' }
    const oss = liar('<DeleteResult></DeleteResult>')
    expect(await deleteVersions(oss, 'practice-bucket', [target], never)).toEqual([target])
  })
})
