import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../shared/contract/errors.ts'
import type { Wire } from '../../electron/core/net/http.ts'
import { listBuckets } from '../../electron/core/oss/buckets.ts'
import { openOss, type Oss } from '../../electron/core/oss/client.ts'
import { listParts, listUploads } from '../../electron/core/oss/multipart.ts'
import { deleteObjects } from '../../electron/core/oss/delete-objects.ts'
import { listObjects } from '../../electron/core/oss/objects.ts'

/**
 * A server that answers request n with what `say` makes of n and the query; and how often it was
 * asked.
 */
function liar(say: (n: number, query: URLSearchParams) => string): {
  readonly oss: Oss
  asked(): number
} {
  let asked = 0
  const wire: Wire = {
    request: async ({ url }) => {
      const text = say(asked++, new URL(url).searchParams)
      return {
        status: 200,
        headers: new Map(),
        body: Readable.from([]),
        text: async (limit = Infinity) => {
          if (text.length > limit) throw new Failure({ code: 'too-large', limit })
          return text
        },
      }
    },
    close: () => undefined,
  }
  const credentials = async () => ({
    ok: true as const,
    value: { accessKeyId: 'id', accessKeySecret: 'secret', securityToken: null },
  })
  return {
    oss: openOss(
      { endpoint: 'https://oss-cn-hangzhou.aliyuncs.com', region: '', credentials },
      wire,
    ),
    asked: () => asked,
  }
}

const never = new AbortController().signal
const page = (rows: string, next: string | null = null): string =>
  `<ListBucketResult><EncodingType>url</EncodingType>${rows}<IsTruncated>${next !== null}</IsTruncated>${next === null ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`}</ListBucketResult>`
const object = (key: string, size = 1): string =>
  `<Contents><Key>${encodeURIComponent(key)}</Key><Size>${size}</Size></Contents>`
const folder = (key: string): string =>
  `<CommonPrefixes><Prefix>${encodeURIComponent(key)}</Prefix></CommonPrefixes>`

async function everything(oss: Oss, prefix: string, delimiter: string): Promise<readonly string[]> {
  const keys: string[] = []
  let cursor: string | null = null
  do {
    const got: Awaited<ReturnType<typeof listObjects>> = await listObjects(
      oss,
      { bucket: 'my-bucket', prefix, delimiter, cursor, max: 1000 },
      never,
    )
    keys.push(...got.rows.map((row) => row.key))
    cursor = got.cursor
  } while (cursor !== null)
  return keys
}

describe('a list of objects', () => {
  test.each([
    ['an object elsewhere', '', 'photos/', object('other/a'), 'outside'],
    ['an object above', '', 'photos/', object('../a'), 'outside'],
    ['the prefix without its slash', '', 'photos/', object('photos'), 'outside'],
    ['a longer name of the folder', '', 'photos/', object('photosx/b'), 'outside'],
    ['another letter case', '', 'photos/', object('Photos/b'), 'outside'],
    ['a folder elsewhere', '/', 'photos/', folder('other/'), 'outside'],
    ['the folder itself as a folder in it', '/', 'photos/', folder('photos/'), 'outside'],
    ['a folder without a slash', '/', 'photos/', folder('photos/a'), 'outside'],
    ['a folder two levels below', '/', 'photos/', folder('photos/a/b/'), 'outside'],
    [
      'an object two levels below, where one was asked for',
      '/',
      'photos/',
      object('photos/a/b'),
      'outside',
    ],
    ['a folder where none was asked for', '', 'photos/', folder('photos/a/'), 'outside'],
    ['an empty name', '', '', object(''), 'name'],
    ['a name with NUL', '', '', object('a\0b'), 'name'],
    ['a name that is too long', '', '', object('x'.repeat(1024)), 'name'],
    ['one name twice', '', 'a', object('a1') + object('a1'), 'order'],
    [
      'an object and a folder of one name',
      '/',
      '',
      object('a') + folder('b/') + folder('b/'),
      'order',
    ],
  ])('%s is refused', async (_, delimiter, prefix, rows, problem) => {
    const { oss } = liar(() => page(object(`${prefix}0`) + rows))
    await expect(everything(oss, prefix, delimiter)).rejects.toMatchObject({
      error: { code: 'bad-answer', problem, asked: prefix },
    })
  })

  test.each([
    ['one word for the next page, for ever', () => page(object('a'), 'again'), 'order'],
    ['one word for the next page, and nothing', () => page('', 'again'), 'endless'],
    ['two words in turn, and nothing', (n: number) => page('', `t${n % 2}`), 'endless'],
    ['new words, and nothing', (n: number) => page('', `t${n}`), 'endless'],
    [
      'new words, and the same rows',
      (n: number) => page(object('a') + object('b'), `t${n}`),
      'order',
    ],
    [
      'new words, and rows before the last',
      (n: number) => page(object(`k${9 - n}`), `t${n}`),
      'order',
    ],
    [
      'new words, and only the marker of the folder',
      (n: number) => page(object('', 0), `t${n}`),
      'name',
    ],
  ])('%s: it is given up', async (_, say, problem) => {
    const server = liar(say)
    await expect(everything(server.oss, '', '')).rejects.toMatchObject({
      error: { code: 'bad-answer', problem },
    })
    expect(server.asked()).toBeLessThan(150)
  })

  test('a few pages without rows are no reason to give up', async () => {
    const { oss } = liar((n) =>
      n < 20 ? page(n === 5 ? object('a') : '', `t${n}`) : page(object('b')),
    )
    expect(await everything(oss, '', '')).toEqual(['a', 'b'])
  })

  test('pages in the order of UTF-8, also beyond U+FFFF, and a key of any length that fits', async () => {
    const keys = ['a', 'ａ', '😀', `😀${'x'.repeat(1019)}`]
    const { oss } = liar((n) => page(object(keys[n] ?? ''), n === keys.length - 1 ? null : `t${n}`))
    expect(await everything(oss, '', '')).toEqual(keys)
  })

  test('a key that ends in a slash: a marker when it is empty, an object when it is not', async () => {
    const rows = async (size: number, delimiter: string) =>
      (
        await listObjects(
          liar(() => page(object('m/', size) + object('m/a'))).oss,
          { bucket: 'my-bucket', prefix: 'm/', delimiter, cursor: null, max: 9 },
          never,
        )
      ).rows
    expect((await rows(31, '/')).map(({ key, kind, size }) => [key, kind, size])).toEqual([
      ['m/', 'file', 31],
      ['m/a', 'file', 1],
    ])
    expect((await rows(0, '/')).map(({ key }) => key)).toEqual(['m/a'])
    expect((await rows(31, '')).map(({ kind }) => kind)).toEqual(['file', 'file'])
    expect((await rows(0, '')).map(({ kind }) => kind)).toEqual(['folder', 'file'])
  })

  test('more than any answer can be is refused', async () => {
    await expect(
      everything(liar(() => page(object('a') + ' '.repeat(9_000_000))).oss, '', ''),
    ).rejects.toMatchObject({ error: { code: 'bad-answer', problem: 'too-large' } })
  })

  test('a cursor that nobody gave is bad input', async () => {
    await expect(
      listObjects(
        liar(() => page('')).oss,
        { bucket: 'my-bucket', prefix: '', delimiter: '', cursor: 'CgJiYw--', max: 1 },
        never,
      ),
    ).rejects.toMatchObject({ error: { code: 'bad-request' } })
  })
})

describe('other lists', () => {
  const buckets = (names: readonly string[], next: string | null) =>
    `<ListAllMyBucketsResult><Buckets>${names.map((name) => `<Bucket><Name>${name}</Name></Bucket>`).join('')}</Buckets><IsTruncated>${next !== null}</IsTruncated><NextMarker>${next ?? ''}</NextMarker></ListAllMyBucketsResult>`
  test.each([
    ['a name with a slash', () => buckets(['a/b'], null), 'name'],
    ['a path', () => buckets(['..'], null), 'name'],
    ['no name', () => buckets([''], null), 'name'],
    ['a host', () => buckets(['evil.example'], null), 'name'],
    ['one bucket twice', () => buckets(['abc', 'abc'], null), 'order'],
    ['one marker for ever', () => buckets([], 'abc'), 'endless'],
    ['new markers for ever', (n: number) => buckets([], `m${n}`), 'endless'],
    ['the same buckets for ever', (n: number) => buckets(['abc'], `m${n}`), 'order'],
    ['cut, and no word of where', () => buckets(['abc'], ''), 'endless'],
  ])('of buckets: %s', async (_, say, problem) => {
    const server = liar(say)
    await expect(listBuckets(server.oss, never)).rejects.toMatchObject({
      error: { code: 'bad-answer', problem },
    })
    expect(server.asked()).toBeLessThan(150)
  })

  const parts = (numbers: readonly number[], next: number | null, key = 'k', id = 'U') =>
    `<ListPartsResult><Key>${key}</Key><UploadId>${id}</UploadId>${numbers.map((n) => `<Part><PartNumber>${n}</PartNumber><Size>5</Size></Part>`).join('')}<IsTruncated>${next !== null}</IsTruncated><NextPartNumberMarker>${next ?? ''}</NextPartNumberMarker></ListPartsResult>`
  test.each([
    ['of another object', () => parts([1], null, 'other'), 'outside'],
    ['of another upload', () => parts([1], null, 'k', 'V'), 'outside'],
    ['part 0', () => parts([0], null), 'order'],
    ['part 10,001', () => parts([10_001], null), 'order'],
    ['one part twice', () => parts([1, 1], null), 'order'],
    ['one part twice, apart', () => parts([1, 2, 1], null), 'order'],
    [
      'a page from before the last',
      (n: number) => parts(n === 0 ? [2] : [1], n === 0 ? 2 : null),
      'order',
    ],
    ['the same page for ever', () => parts([1], 1), 'order'],
    ['one marker for ever', (n: number) => parts(n === 0 ? [1] : [], 1), 'endless'],
    ['new markers for ever', (n: number) => parts([], n + 1), 'endless'],
  ])('of parts: %s', async (_, say, problem) => {
    const server = liar(say)
    await expect(
      listParts(server.oss, { bucket: 'my-bucket', key: 'k', uploadId: 'U' }, never),
    ).rejects.toMatchObject({ error: { code: 'bad-answer', problem } })
    expect(server.asked()).toBeLessThan(150)
  })

  test('the parts of a page in any order are the parts, in order', async () => {
    const { oss } = liar((n) => (n === 0 ? parts([3, 1, 2], 3) : parts([5, 4], null)))
    const held = await listParts(oss, { bucket: 'my-bucket', key: 'k', uploadId: 'U' }, never)
    expect(held.parts.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5])
  })

  const uploads = (keys: readonly string[], next: string | null, id = 'U') =>
    `<ListMultipartUploadsResult>${keys.map((key) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`).join('')}<IsTruncated>${next !== null}</IsTruncated><NextKeyMarker>${next ?? ''}</NextKeyMarker></ListMultipartUploadsResult>`
  test.each([
    ['outside of the prefix', () => uploads(['q'], null), 'outside'],
    ['no name', () => uploads([''], null), 'name'],
    ['no upload id', () => uploads(['p1'], null, ''), 'order'],
    ['one upload twice', () => uploads(['p1', 'p1'], null), 'order'],
    ['one marker for ever', (n: number) => uploads(n === 0 ? ['p1'] : [], 'p1'), 'endless'],
    ['new markers for ever', (n: number) => uploads([], `p${n}`), 'endless'],
    ['the same uploads for ever', (n: number) => uploads(['p1'], `p${n}`), 'order'],
  ])('of uploads: %s', async (_, say, problem) => {
    const server = liar(say)
    await expect(
      listUploads(server.oss, { bucket: 'my-bucket', prefix: 'p' }, never),
    ).rejects.toMatchObject({ error: { code: 'bad-answer', problem } })
    expect(server.asked()).toBeLessThan(150)
  })

  test('a delete that says it deleted something else is an error', async () => {
    const { oss } = liar(
      () =>
        '<DeleteResult><Deleted><Key>a</Key></Deleted><Deleted><Key>b</Key></Deleted></DeleteResult>',
    )
    await expect(deleteObjects(oss, 'my-bucket', ['a'], never)).rejects.toMatchObject({
      error: { code: 'bad-answer', problem: 'not-asked', name: 'b' },
    })
  })
})
