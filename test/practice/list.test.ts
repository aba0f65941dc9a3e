import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KeyIndex } from '../../electron/practice/oss/store/key-index.ts'
import { listPage } from '../../electron/practice/oss/list.ts'
import type { Practice } from '../tools/practice.ts'
import { allInside, freshPractice, inside, send, type Given } from './harness.ts'

const entry = (key: string) => ({
  key,
  size: 0,
  etag: '',
  modified: 0,
  type: 'Normal',
  storageClass: 'Standard',
  isDeleteMarker: false,
})

function indexOf(keys: Iterable<string>): KeyIndex {
  const index = new KeyIndex()
  for (const key of keys) index.set(entry(key))
  return index
}

/** Every page in turn, as one list of names and prefixes. */
function allPages(
  index: KeyIndex,
  prefix: string,
  delimiter: string,
  max: number,
): readonly string[] {
  const seen: string[] = []
  for (let after: string | null = ''; after !== null;) {
    const page = listPage(index, prefix, delimiter, after, max)
    expect(page.objects.length + page.prefixes.length).toBeLessThanOrEqual(max)
    seen.push(...[...page.objects.map(({ key }) => key), ...page.prefixes].sort(byBytes))
    after = page.next
    if (seen.length > 5000) throw new Error('the pages do not end')
  }
  return seen
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** Lists keys in the slow way, as a definition of a listing. */
function slowly(keys: Iterable<string>, prefix: string, delimiter: string): readonly string[] {
  const shown = [...keys]
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
      return cut < 0 ? key : key.slice(0, cut + delimiter.length)
    })
  return [...new Set(shown)].sort(byBytes)
}

const name = fc.string({
  unit: fc.constantFrom('a', 'b', '/', 'é', '\uffff', '🦊', ' '),
  minLength: 1,
  maxLength: 6,
})

describe('pages', () => {
  test('in any size hold every name once, in the order of UTF-8 bytes', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { maxLength: 40 }),
        fc.constantFrom('', 'a', 'a/', '/', 'é'),
        fc.constantFrom('', '/', 'b', 'a/'),
        fc.integer({ min: 1, max: 7 }),
        (keys, prefix, delimiter, max) => {
          expect(allPages(indexOf(keys), prefix, delimiter, max)).toEqual(
            slowly(keys, prefix, delimiter),
          )
        },
      ),
      { numRuns: 500 },
    )
  })
  test('an index keeps its order through additions and removals', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), name), { maxLength: 60 }), (steps) => {
        const index = new KeyIndex()
        const model = new Set<string>()
        for (const [add, key] of steps) {
          if (add) index.set(entry(key))
          else index.delete(key)
          if (add) model.add(key)
          else model.delete(key)
        }
        expect(allPages(index, '', '', 1000)).toEqual([...model].sort(byBytes))
        expect(index.size).toBe(model.size)
      }),
    )
  })
})

describe('over HTTP', () => {
  let practice: Practice
  const keys = ['a', 'a/1', 'a/2', 'a/b/3', 'b c', 'd&<e', 'f\ng', 'z/', '\uffff', '🦊/x']
  beforeAll(async () => {
    practice = await freshPractice()
    practice.fill(keys)
  })
  afterAll(() => practice.close())
  const list = (query: Given['query'] = {}) => send(practice, { query })
  const names = (text: string) => allInside(text, 'Key')
  const prefixes = (text: string) =>
    [...text.matchAll(/<CommonPrefixes><Prefix>([^<]*)</g)].map(([, prefix]) => prefix)

  test('V2: delimiter, paging by token, start-after, owner', async () => {
    const { text } = await list({ 'list-type': '2', delimiter: '/', 'encoding-type': 'url' })
    expect([names(text), prefixes(text), inside(text, 'KeyCount')]).toEqual([
      ['a', 'b%20c', 'd%26%3Ce', 'f%0Ag', '%EF%BF%BF'],
      ['a%2F', 'z%2F', '%F0%9F%A6%8A%2F'],
      '8',
    ])
    const first = (await list({ 'list-type': '2', delimiter: '/', 'max-keys': '2' })).text
    expect([names(first), prefixes(first), inside(first, 'IsTruncated')]).toEqual([
      ['a'],
      ['a/'],
      'true',
    ])
    const second = (
      await list({
        'list-type': '2',
        delimiter: '/',
        'max-keys': '2',
        'continuation-token': inside(first, 'NextContinuationToken') ?? '',
      })
    ).text
    expect([names(second), prefixes(second)]).toEqual([['b c', 'd&amp;&lt;e'], []])
    expect(
      names((await list({ 'list-type': '2', 'start-after': 'a/2', 'max-keys': '1' })).text),
    ).toEqual(['a/b/3'])
    expect(inside((await list({ 'list-type': '2' })).text, 'ID')).toBeUndefined()
    expect(
      inside((await list({ 'list-type': '2', 'fetch-owner': 'true' })).text, 'ID'),
    ).toBeDefined()
    expect((await list({ 'list-type': '2' })).text).not.toContain('x-oss-meta')
  })
  test('V1: marker', async () => {
    const first = (await list({ prefix: 'a', delimiter: '/', 'max-keys': '1' })).text
    expect([names(first), inside(first, 'NextMarker')]).toEqual([['a'], 'a'])
    const second = (await list({ prefix: 'a', delimiter: '/', marker: 'a' })).text
    expect([prefixes(second), inside(second, 'IsTruncated')]).toEqual([['a/'], 'false'])
  })
  test.each([
    [{ 'max-keys': '0' }],
    [{ 'max-keys': '1001' }],
    [{ 'max-keys': 'x' }],
    [{ 'encoding-type': 'base64' }],
    [{ 'list-type': '2', 'continuation-token': 'x' }],
  ])('%j is refused', async (query) => expect((await list(query)).code).toBe('InvalidArgument'))
})

/** An index that counts the looks at it. */
class CountedIndex extends KeyIndex {
  looks = 0
  override firstAt(bound: string): number {
    this.looks++
    return super.firstAt(bound)
  }
  override at(position: number): ReturnType<KeyIndex['at']> {
    this.looks++
    return super.at(position)
  }
}

test.each([
  ['many/', '', 100_000],
  ['many/', '/', 100_000],
  // The folder is one common prefix, which is passed over in one step.
  ['', '/', 0],
])(
  '100,000 names, listed under %j with delimiter %j: a page looks at its own names only',
  (prefix, delimiter, objects) => {
    const index = new CountedIndex()
    index.load(Array.from({ length: 100_000 }, (_, i) => entry(`many/${100_000 + i}.bin`)))
    let count = 0
    for (let after: string | null = ''; after !== null;) {
      index.looks = 0
      const page = listPage(index, prefix, delimiter, after, 1000)
      const names = page.objects.length + page.prefixes.length
      // Beyond its names: where the page begins, and the name after its last one.
      expect(index.looks).toBeLessThanOrEqual(names + 6)
      count += page.objects.length
      after = page.next
    }
    expect(count).toBe(objects)
  },
)
