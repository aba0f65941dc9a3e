import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  changedLists,
  openPlaceLists,
  type PlacesChange,
} from '../../electron/core/app/place-lists.ts'
import { fileTexts } from '../../electron/core/store/text-store.ts'
import { MOST_PLACES, places as shape } from '../../shared/contract/routes/shapes-places.ts'
import type { PlaceLists } from '../../shared/contract/models-places.ts'

/** As version 1 was first written: every later version has to read this text. */
const VERSION_1 =
  '{"version":1,"favorites":[{"profileId":"p1","bucket":"b-1","prefix":"a/"}],"recent":[{"profileId":"p1","bucket":"b-1","prefix":""}],"files":[{"profileId":"p1","bucket":"b-1","key":"a/x.txt"}],"sorts":[{"profileId":"p1","bucket":"b-1","prefix":"a/","sort":{"by":"size","down":true}}]}'

const STANDARD = { level: null, below: null }
const EMPTY: PlaceLists = {
  version: 1,
  favorites: [],
  recent: [],
  files: [],
  sorts: [],
  columns: STANDARD,
}
const BY_NAME = { by: 'name', down: false } as const
const BY_SIZE = { by: 'size', down: true } as const
const place = (prefix: string) => ({ profileId: 'p', bucket: 'bbb', prefix })

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'places-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))
const open = () => openPlaceLists(fileTexts(folder))
const store = (text: string) => writeFile(join(folder, 'places.json'), text)

test('a text of version 1 is read, also one without some of the lists', async () => {
  await store(VERSION_1)
  const old = JSON.parse(VERSION_1)
  // Folders had an order alone, and no columns were stored.
  const sorts = [{ ...old.sorts[0], layout: 'list' }]
  expect(await open().get()).toEqual({ ...old, sorts, columns: STANDARD })
  await store('{"version":1,"favorites":[{"profileId":"p1","bucket":"b-1","prefix":""}]}')
  expect(await open().get()).toEqual({
    ...EMPTY,
    favorites: [{ profileId: 'p1', bucket: 'b-1', prefix: '' }],
  })
})

test.each([
  ['nothing', ''],
  ['no JSON', '{'],
  ['a later version', VERSION_1.replace('"version":1', '"version":2')],
  ['a folder that does not end in a slash', VERSION_1.replace('"prefix":"a/"', '"prefix":"a"')],
  ['another kind', '[]'],
])('%s is set aside, and the lists are empty', async (_what, text) => {
  await store(text)
  expect(await open().get()).toEqual(EMPTY)
})

test.each([
  ['an unknown column', [{ name: 'owner', width: null }]],
  [
    'a column twice',
    [
      { name: 'size', width: 80 },
      { name: 'size', width: null },
    ],
  ],
  ['a column without a width of pixels', [{ name: 'size', width: 4.5 }]],
])('%s gives the standard columns, and the rest of the text stays', async (_what, level) => {
  await store(JSON.stringify({ ...JSON.parse(VERSION_1), columns: { level, below: null } }))
  const { favorites, columns } = await open().get()
  expect([favorites.length, columns]).toEqual([1, STANDARD])
})

test('changes of two windows at once are both stored, over starts', async () => {
  const [one, two] = [open(), open()]
  await Promise.all([
    one.change({ do: 'favorite', place: place('a/'), on: true }),
    two.change({ do: 'favorite', place: place('b/'), on: true }),
    one.change({ do: 'folder', place: place('a/'), sort: BY_SIZE, layout: 'tiles' }),
    two.change({ do: 'columns', depth: 'level', columns: [{ name: 'size', width: 90 }] }),
  ])
  const { favorites, sorts, columns } = await open().get()
  expect(favorites).toEqual(expect.arrayContaining([place('a/'), place('b/')]))
  expect(sorts).toEqual([{ ...place('a/'), sort: BY_SIZE, layout: 'tiles' }])
  expect(columns).toEqual({ level: [{ name: 'size', width: 90 }], below: null })
  expect(JSON.parse(await readFile(join(folder, 'places.json'), 'utf8')).version).toBe(1)
})

test.each<[string, readonly PlacesChange[], Partial<PlaceLists>]>([
  [
    'a favorite is added once, and removed',
    [
      { do: 'favorite', place: place('a/'), on: true },
      { do: 'favorite', place: place('b/'), on: true },
      { do: 'favorite', place: place('a/'), on: true },
      { do: 'favorite', place: place('b/'), on: false },
      { do: 'favorite', place: place('c/'), on: false },
    ],
    { favorites: [place('a/')] },
  ],
  [
    'the place opened last is first, once',
    [
      { do: 'visit', place: place('a/') },
      { do: 'visit', place: place('b/') },
      { do: 'visit', place: place('a/') },
    ],
    { recent: [place('a/'), place('b/')] },
  ],
  [
    'a list in the order of names is no entry',
    [
      { do: 'folder', place: place(''), sort: { by: 'class', down: false }, layout: 'list' },
      { do: 'folder', place: place('a/'), sort: BY_SIZE, layout: 'list' },
      { do: 'folder', place: place('b/'), sort: BY_NAME, layout: 'tiles' },
      { do: 'folder', place: place(''), sort: BY_NAME, layout: 'list' },
    ],
    {
      sorts: [
        { ...place('b/'), sort: BY_NAME, layout: 'tiles' },
        { ...place('a/'), sort: BY_SIZE, layout: 'list' },
      ],
    },
  ],
  [
    'the columns of folders and of searches are apart, and become the standard ones again',
    [
      { do: 'columns', depth: 'level', columns: [{ name: 'state', width: null }] },
      { do: 'columns', depth: 'below', columns: [] },
      { do: 'columns', depth: 'level', columns: null },
    ],
    { columns: { level: null, below: [] } },
  ],
  [
    'the opened places and files are forgotten, the favorites are not',
    [
      { do: 'favorite', place: place(''), on: true },
      { do: 'visit', place: place('') },
      { do: 'open', file: { profileId: 'p', bucket: 'bbb', key: 'x' } },
      { do: 'forget' },
    ],
    { favorites: [place('')], recent: [], files: [] },
  ],
])('%s', (_what, changes, expected) => {
  expect(changes.reduce(changedLists, EMPTY)).toEqual({ ...EMPTY, ...expected })
})

test('each list is bounded, drops its oldest entry, and can be read again', () => {
  const name = fc.nat(2000).map((n) => `f${n}/`)
  const change: fc.Arbitrary<PlacesChange> = fc.oneof(
    fc.record({ do: fc.constant('favorite' as const), place: name.map(place), on: fc.boolean() }),
    fc.record({ do: fc.constant('visit' as const), place: name.map(place) }),
    fc.record({
      do: fc.constant('folder' as const),
      place: name.map(place),
      sort: fc.constantFrom(BY_NAME, BY_SIZE),
      layout: fc.constantFrom('list' as const, 'tiles' as const),
    }),
  )
  fc.assert(
    fc.property(fc.array(change, { maxLength: 700, minLength: 100 }), (changes) => {
      const lists = changes.reduce(changedLists, EMPTY)
      for (const [name, most] of Object.entries(MOST_PLACES))
        expect(lists[name as keyof typeof MOST_PLACES].length).toBeLessThanOrEqual(most)
      expect(shape.parse(JSON.parse(JSON.stringify(lists)))).toEqual(lists)
      const visits = changes.flatMap((one) => (one.do === 'visit' ? [one.place.prefix] : []))
      const expected = [...new Set(visits.reverse())].slice(0, MOST_PLACES.recent)
      expect(lists.recent.map(({ prefix }) => prefix)).toEqual(expected)
    }),
    { numRuns: 30 },
  )
})
