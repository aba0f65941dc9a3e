import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../electron/core/index/database.ts'
import {
  IndexReset,
  openIndexes,
  type Indexes,
  type Storage,
} from '../../electron/core/index/indexes.ts'
import type { ListedPage, RowIndex } from '../../electron/core/index/port.ts'
import { openRowIndex } from '../../electron/core/index/row-index.ts'
import type { AppError } from '../../shared/contract/errors.ts'
import { NO_MOUNT, smallDisk } from '../faults/small-disk.ts'

const WORKER = new URL('../../out/core/index-worker.mjs', import.meta.url)
const KEY = 'ab'.repeat(32)
const NAME = 'very secret name'

let made: { readonly folder: string; readonly indexes: Indexes[] }[] = []
afterEach(async () => {
  for (const { folder, indexes } of made) {
    await Promise.all(indexes.map((one) => one.close()))
    rmSync(folder, { recursive: true, force: true })
  }
  made = []
})

/** The master keys at the time when an index is opened. */
let keyIds: readonly string[] = []

/** A folder for files, and a function that opens indexes in it. */
function place(inside = '') {
  const folder = mkdtempSync(join(tmpdir(), 'cb-index-'))
  const indexes: Indexes[] = []
  made.push({ folder, indexes })
  return {
    folder: join(folder, inside),
    file: join(folder, inside, 'p.db'),
    open(
      storage: Storage = { storage: 'kept', key: KEY },
      at = join(folder, inside),
      workerUrl = WORKER,
      storageOf: () => Promise<Storage> = async () => storage,
    ) {
      const told: AppError[] = []
      const replacements: string[] = []
      const opened = openIndexes({
        workerUrl,
        folder: at,
        storageOf,
        keyIds: async () => keyIds,
        tell: (problem) => told.push(problem),
        replaced: () => replacements.push('p'),
      })
      indexes.push(opened)
      return { indexes: opened, told, replacements, index: () => opened.of('p') }
    },
  }
}
const page = (number: number, rows = 1000): ListedPage => {
  const keyOf = (i: number) => `many/${NAME} ${String(i).padStart(7, '0')}`
  return {
    bucket: 'bucket',
    prefix: 'many/',
    depth: 'level',
    after: number === 0 ? '' : keyOf(number * rows - 1),
    through: keyOf(number * rows + rows - 1),
    rows: Array.from({ length: rows }, (_, i) => ({
      key: keyOf(number * rows + i),
      kind: 'file' as const,
      size: 1,
      modified: '2026-01-01T00:00:00.000Z',
      etag: 'E'.repeat(32),
      storageClass: 'Standard',
    })),
    listing: { cursor: `page ${number + 1}`, listed: (number + 1) * rows, now: 1 },
  }
}
const LEVEL = { bucket: 'bucket', prefix: 'many/', depth: 'level' } as const

test('a file that stays has its rows the next time, and no name in it can be read', async () => {
  const at = place()
  const first = at.open()
  await (await first.index()).replacePage(page(0))
  await first.indexes.close()
  expect(readFileSync(at.file).includes(NAME)).toBe(false)
  const second = at.open()
  expect(await (await second.index()).opened(LEVEL)).toMatchObject({
    cursor: 'page 1',
    listed: 1000,
  })
  expect(await (await second.index()).size()).toBe(1001)
  expect(await second.indexes.info()).toMatchObject({ worst: { storage: 'kept', problem: null } })
  expect(second.told).toEqual([])
})

test('an index is there while it is open, and while its file stays', async () => {
  const at = place()
  const there = (opened: Indexes) => ['p', 'q'].map((profileId) => opened.has(profileId))
  const first = at.open()
  expect(there(first.indexes)).toEqual([false, false])
  await first.index()
  expect(there(first.indexes)).toEqual([true, false])
  await first.indexes.close()
  const second = at.open()
  expect(there(second.indexes)).toEqual([true, false])
  await second.indexes.remove('p')
  expect(there(second.indexes)).toEqual([false, false])
  const inMemory = at.open({ storage: 'memory' })
  await inMemory.index()
  expect(there(inMemory.indexes)).toEqual([true, false])
})

test('states follow the master keys that changed while the file was not open', async () => {
  const at = place()
  const same = { etag: 'E'.repeat(32), modified: '2026-01-01T00:00:00.000Z', head: null }
  const [one = '', two = '', three = ''] = page(0).rows.map(({ key }) => key)
  const states = async (index: Awaited<ReturnType<Indexes['of']>>) => {
    const scope = { bucket: 'bucket', prefix: 'many/', depth: 'level' } as const
    const sort = { by: 'path', down: false } as const
    const asked = { scope, sort, filter: {}, keyOrder: [], mayBeOld: false }
    return (await index.query(asked, 0, 3)).rows.map(({ state }) => state)
  }
  keyIds = ['k1', 'k2']
  const first = at.open()
  const index = await first.index()
  await index.replacePage(page(0))
  await index.upsert(
    'bucket',
    [],
    [
      { key: one, ...same, state: 'encrypted', keyId: 'k1' },
      { key: two, ...same, state: 'encrypted', keyId: 'k2' },
      { key: three, ...same, state: 'key-missing', keyId: null },
    ],
  )
  await first.indexes.close()
  const second = at.open()
  expect(await states(await second.index())).toEqual(['encrypted', 'encrypted', 'key-missing'])
  await second.indexes.close()
  keyIds = ['k2', 'k3']
  const third = at.open()
  expect(await states(await third.index())).toEqual(['key-missing', 'encrypted', 'unknown'])
})

test('a file under another key is built again, and that is told', async () => {
  const at = place()
  const first = at.open()
  await (await first.index()).replacePage(page(0))
  await first.indexes.close()
  const second = at.open({ storage: 'kept', key: 'cd'.repeat(32) })
  expect(await (await second.index()).size()).toBe(0)
  expect(second.told).toEqual([{ code: 'index', problem: 'damaged' }])
  await (await second.index()).replacePage(page(0))
  expect(await (await second.index()).size()).toBe(1001)
})

test('a key that another process changed while it was read opens the file of that process', async () => {
  const at = place()
  const other = { storage: 'kept', key: 'cd'.repeat(32) } as const
  const first = at.open(other)
  await (await first.index()).replacePage(page(0))
  await first.indexes.close()
  const answers: Storage[] = [{ storage: 'kept', key: KEY }]
  const second = at.open(other, at.folder, WORKER, async () => answers.shift() ?? other)
  expect(await (await second.index()).size()).toBe(1001)
  expect(second.told).toEqual([])
})

test.skipIf(process.platform === 'win32')(
  'a file that another process built again under another key is opened, without a loop',
  async () => {
    const at = place()
    let key = KEY
    const storageOf = async () => ({ storage: 'kept', key }) as const
    const ours = at.open(undefined, at.folder, WORKER, storageOf)
    await (await ours.index()).replacePage(page(0))
    const others = at.open(undefined, at.folder, WORKER, storageOf)
    await others.indexes.clear()
    key = 'cd'.repeat(32)
    await (await others.index()).replacePage(page(0, 500))
    expect(await (await ours.index()).size()).toBe(501)
    await (await ours.index()).replacePage({ ...page(1, 500), after: page(0, 500).through ?? '' })
    expect(await (await others.index()).size()).toBe(1001)
    expect([ours.replacements, ours.told, others.replacements, others.told]).toEqual([
      ['p'],
      [],
      [],
      [],
    ])
  },
)

test.each([
  ['at its beginning', () => 0],
  ['in every page behind it', () => 4096],
])('a file that is damaged %s is built again, and that is told once', async (_where, from) => {
  const at = place()
  const first = at.open()
  for (let number = 0; number < 5; number++) await (await first.index()).replacePage(page(number))
  await first.indexes.close()
  const bytes = readFileSync(at.file)
  for (let i = from(); i < bytes.length; i += 64) bytes[i] = (bytes[i] ?? 0) ^ 0xff
  writeFileSync(at.file, bytes)
  const second = at.open()
  // The damage shows when the file is opened, or when a page of it is read.
  const index = await second.index()
  const answer = await index.replacePage(page(7)).catch((cause: unknown) => cause)
  if (answer instanceof Error) {
    expect(answer).toBeInstanceOf(IndexReset)
    await (await second.index()).replacePage(page(7))
  }
  expect(await (await second.index()).size()).toBe(1001)
  expect(second.told).toEqual([{ code: 'index', problem: 'damaged' }])
})

test('a file of another version is built again without a word', async () => {
  const at = place()
  const first = at.open()
  await (await first.index()).replacePage(page(0))
  await first.indexes.close()
  const db = await openDatabase(at.file, KEY)
  db.exec('PRAGMA user_version = 99')
  db.close()
  const second = at.open()
  expect(await (await second.index()).size()).toBe(0)
  expect(second.told).toEqual([])
})

/** The tables of version 1, which stored states by the ETag alone. */
const VERSION_1 = `
CREATE TABLE buckets(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE words(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE folders(
  id INTEGER PRIMARY KEY, bucket INTEGER NOT NULL, path TEXT NOT NULL,
  folders INTEGER NOT NULL DEFAULT 0, files INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0, marker INTEGER NOT NULL DEFAULT 0,
  UNIQUE(bucket, path));
CREATE TABLE rows(
  id INTEGER PRIMARY KEY, folder INTEGER NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL,
  sort TEXT NOT NULL, fold TEXT, size INTEGER NOT NULL, modified INTEGER NOT NULL,
  class INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0, key INTEGER, etag TEXT NOT NULL);
CREATE UNIQUE INDEX by_name ON rows(folder, name);
CREATE INDEX by_sort ON rows(folder, kind, sort);
CREATE TABLE listings(
  bucket INTEGER NOT NULL, prefix TEXT NOT NULL, depth INTEGER NOT NULL,
  as_of INTEGER, cursor TEXT, after TEXT NOT NULL DEFAULT '', listed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(bucket, prefix, depth)) WITHOUT ROWID;
INSERT INTO buckets VALUES (1, 'bucket');
INSERT INTO words VALUES (1, 'Standard'), (2, 'k1');
INSERT INTO folders VALUES (1, 1, '', 1, 0, 0, 0), (2, 1, 'many/', 0, 2, 3, 0);
INSERT INTO rows VALUES
  (1, 1, 'many/', 0, 'many', NULL, 0, 0, 1, 0, NULL, ''),
  (2, 2, 'a', 1, 'a', NULL, 1, 1767225600000, 1, 1, 2, 'E'),
  (3, 2, 'without a time', 1, 'without a time', NULL, 2, 0, 1, 1, 2, 'F');
INSERT INTO listings VALUES (1, 'many/', 0, 5, NULL, '', 2);
PRAGMA user_version = 1;
`

/** The tables that version 2 added: states by ETag and time, without a hash of the data key. */
const VERSION_2 = `
CREATE TABLE answers(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE heads(
  row INTEGER PRIMARY KEY, version TEXT, young INTEGER NOT NULL, answer INTEGER NOT NULL,
  data_size INTEGER, part_size INTEGER);
CREATE INDEX young_heads ON heads(row) WHERE young = 1;
CREATE TRIGGER row_removed AFTER DELETE ON rows
  BEGIN DELETE FROM heads WHERE row = old.id; END;
CREATE TRIGGER object_replaced AFTER UPDATE OF etag, modified ON rows
  WHEN old.etag <> new.etag OR old.modified / 1000 <> new.modified / 1000
  BEGIN DELETE FROM heads WHERE row = old.id; END;
INSERT INTO answers VALUES (1, '{"kind":"plain","isMessage":false}');
INSERT INTO heads VALUES (2, NULL, 0, 1, NULL, NULL);
PRAGMA user_version = 2;
`

test('a file of version 2 has its rows, and takes the HEADs of an audit', async () => {
  const at = place()
  const db = await openDatabase(at.file, KEY)
  db.exec(VERSION_1 + VERSION_2)
  db.close()
  const index = await at.open().index()
  const rows = await index.audited('bucket', '', '', 9)
  expect(rows.map(({ key, head }) => [key, head])).toEqual([
    ['many/a', null],
    ['many/without a time', null],
  ])
  const sizes = { dataSize: null, partSize: null, versionId: null, isYoung: false }
  const head = { text: '{}', ...sizes, dataKey: 'D', content: 'c' }
  const modified = '2026-01-01T00:00:00.000Z'
  const state = { key: 'many/a', etag: 'E', modified, state: 'plain', keyId: null, head } as const
  expect(await index.upsert('bucket', [], [state])).toBe(1)
  expect((await index.audited('bucket', '', '', 1))[0]?.head).toMatchObject({ text: '{}' })
})

test('a file of version 1 has its rows and listings, and no state that it cannot prove', async () => {
  const at = place()
  const db = await openDatabase(at.file, KEY)
  db.exec(VERSION_1)
  db.close()
  const sort = { by: 'name', down: false } as const
  const asked = { scope: LEVEL, sort, filter: {}, keyOrder: [], mayBeOld: false }
  const shown = async ({ index }: ReturnType<typeof at.open>) =>
    (await (await index()).query(asked, 0, 9)).rows.map(({ key, size, modified, state }) => [
      key,
      size,
      modified,
      state,
    ])
  const timed = ['many/a', 1, '2026-01-01T00:00:00.000Z'] as const
  const untimed = ['many/without a time', 2, ''] as const
  const first = at.open()
  expect(await shown(first)).toEqual([
    [...timed, 'unknown'],
    [...untimed, 'unknown'],
  ])
  expect(await (await first.index()).opened(LEVEL)).toMatchObject({ asOf: 5, listed: 2 })
  const found = { state: 'plain', keyId: null, head: null } as const
  // A row without a time takes no state, since nothing tells which object it is.
  await (
    await first.index()
  ).upsert(
    'bucket',
    [],
    [
      { key: 'many/a', etag: 'E', modified: timed[2], ...found },
      { key: 'many/without a time', etag: 'F', modified: '', ...found },
    ],
  )
  await first.indexes.close()
  const second = at.open()
  expect(await shown(second)).toEqual([
    [...timed, 'plain'],
    [...untimed, 'unknown'],
  ])
  expect([first.told, second.told]).toEqual([[], []])
})

test('an index of one run is gone with it, also after a crash', async () => {
  const at = place()
  const first = at.open({ storage: 'session', always: true })
  await (await first.index()).replacePage(page(0))
  expect(readdirSync(at.folder).length).toBeGreaterThan(0)
  await first.indexes.close()
  expect(readdirSync(at.folder)).toEqual([])
  // A process of this number does not run: Linux has at most 4,194,304.
  const left = join(at.folder, 'session-99999999-ab.db')
  writeFileSync(left, 'x')
  at.open({ storage: 'session', always: true })
  expect(existsSync(left)).toBe(false)
})

test('an index in memory leaves nothing on the disk', async () => {
  const at = place('index')
  const { index, indexes } = at.open({ storage: 'memory' })
  await (await index()).replacePage(page(0))
  expect(await indexes.info()).toMatchObject({
    objects: 1001,
    bytes: 0,
    worst: { storage: 'memory' },
  })
  expect(existsSync(at.folder)).toBe(false)
})

test('where no folder can be made the index is in memory, and that is told', async () => {
  const at = place()
  const blocked = join(at.folder, 'file')
  writeFileSync(blocked, 'x')
  const { index, told } = at.open({ storage: 'kept', key: KEY }, join(blocked, 'index'))
  await (await index()).replacePage(page(0))
  expect(await (await index()).size()).toBe(1001)
  expect(told).toEqual([{ code: 'index', problem: 'disk' }])
})

test('without its engine the index is in memory, and that is told', async () => {
  const at = place()
  // No package is found from here.
  copyFileSync(WORKER, join(at.folder, 'index-worker.mjs'))
  const { index, told, indexes } = at.open(
    { storage: 'kept', key: KEY },
    join(at.folder, 'index'),
    pathToFileURL(join(at.folder, 'index-worker.mjs')),
  )
  await (await index()).replacePage(page(0))
  expect(await (await index()).size()).toBe(1001)
  expect(told).toEqual([{ code: 'index', problem: 'not-available' }])
  expect(await indexes.info()).toMatchObject({ worst: { storage: 'memory', problem: 'missing' } })
})

test('the files of a profile go with it, and clear removes all', async () => {
  const at = place()
  const { index, indexes } = at.open()
  await (await index()).replacePage(page(0))
  await indexes.remove('p')
  expect(readdirSync(at.folder)).toEqual([])
  await (await index()).replacePage(page(0))
  await indexes.clear()
  expect(readdirSync(at.folder)).toEqual([])
  expect(await (await index()).size()).toBe(0)
})

test.each(['remove', 'clear', 'reopen'] as const)(
  'an index that opens while %s closes the one before it stays open',
  async (name) => {
    const at = place()
    for (const storage of [{ storage: 'memory' }, { storage: 'session', always: true }] as const) {
      let wanted: Storage = storage
      const { index, indexes } = at.open(storage, undefined, undefined, async () => wanted)
      for (let round = 0; round < 8; round++) {
        await (await index()).replacePage(page(0))
        // Only an index that is stored otherwise is opened again.
        wanted = round % 2 === 0 ? { storage: 'memory' } : { storage: 'session', always: true }
        const end = name === 'remove' ? indexes.remove('p') : indexes[name]()
        const next = await index()
        expect(await next.size()).toBeGreaterThanOrEqual(0)
        await end
        expect(await (await index()).size()).toBeGreaterThanOrEqual(0)
      }
    }
  },
)

/** Adds pages to the file until it is killed. It says the number of each page. */
const VICTIM = `
import { Worker } from 'node:worker_threads'
const [url, path, key, last = 'Infinity'] = process.argv.slice(1)
const worker = new Worker(new URL(url), { execArgv: [] })
let id = 0
const waiting = new Map()
worker.on('message', (m) => { waiting.get(m.id)(m) })
const send = (m) => new Promise((done) => { waiting.set(++id, done); worker.postMessage({ id, index: 'p', ...m }) })
await send({ open: { path, key, damaged: 'replace' } })
const page = ${page.toString().replace('NAME', JSON.stringify(NAME)).replace('${NAME}', NAME)}
for (let n = 0; n < Number(last); n++) { await send({ call: 'replacePage', args: [page(n)] }); console.log(n) }
await worker.terminate()
`
const addPages = (path: string, ...more: readonly string[]) =>
  spawn(process.execPath, ['--input-type=module', '-e', VICTIM, WORKER.href, path, KEY, ...more], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  })

describe('a folder that another process removed, whose number another folder has now', () => {
  const rowsOf = {
    sort: { by: 'name', down: false },
    filter: {},
    keyOrder: [],
    mayBeOld: false,
  } as const
  const levelOf = (prefix: string) =>
    ({ ...rowsOf, scope: { bucket: 'b', prefix, depth: 'level' } }) as const
  const file = (key: string) => ({
    key,
    kind: 'file' as const,
    size: 1,
    modified: '2026-01-01T00:00:00.000Z',
    etag: 'E',
    storageClass: 'Standard',
  })
  // Each call is the first of its connection after the other one wrote.
  const READS: readonly (readonly [string, (index: RowIndex) => unknown, unknown])[] = [
    ['keys', (index) => index.keys(levelOf('a/'), 0, 10), []],
    ['query', (index) => index.query(levelOf('a/'), 0, 10).rows, []],
    ['position', (index) => index.position(levelOf('a/'), { bucket: 'b', key: 'a/two' }), null],
    ['counts', (index) => index.counts('b', 'a/', 0).objects, 0],
    [
      'heads',
      (index) => index.heads('b', [{ key: 'a/two', etag: 'E', modified: file('').modified }]),
      [null],
    ],
  ]
  test.each(READS)('%s', async (_name, read, nothing) => {
    const at = place()
    const [ours, theirs] = [await openRowIndex(at.file, KEY), await openRowIndex(at.file, KEY)]
    if (ours === null || theirs === null) throw new Error('no index')
    try {
      ours.upsert('b', [file('top'), file('a/one')], [])
      expect(ours.query(levelOf('a/'), 0, 10).rows.map(({ key }) => key)).toEqual(['a/one'])
      theirs.remove('b', [], ['a/'])
      const { etag, modified } = file('')
      const sizes = { dataSize: null, partSize: null }
      const hashes = { dataKey: null, content: '' }
      const head = { text: '{}', ...sizes, versionId: null, isYoung: false, ...hashes }
      theirs.upsert(
        'b',
        [file('c/two')],
        [{ key: 'c/two', etag, modified, state: 'plain', keyId: null, head }],
      )
      expect(read(ours)).toEqual(nothing)
    } finally {
      ours.close()
      theirs.close()
    }
  })
})

test('two processes open one index, and write and read it at the same time', async () => {
  const at = place()
  const child = addPages(at.file, '20')
  const end = once(child, 'close')
  const { index, told, replacements } = at.open()
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let seen = 0
  for (let number = 0; number < 20; number++) {
    const other = { ...page(number), bucket: 'other' }
    await (await index()).replacePage(other)
    await lines.next()
    const { objects } = await (await index()).counts('bucket', 'many/', 0)
    expect(objects).toBeGreaterThanOrEqual(Math.max(seen, (number + 1) * 1000))
    seen = objects
  }
  expect(await end).toEqual([0, null])
  for (const bucket of ['bucket', 'other'])
    expect(await (await index()).counts(bucket, 'many/', 0)).toMatchObject({ objects: 20_000 })
  expect([told, replacements]).toEqual([[], []])
})

test('a kill in the middle of a listing leaves the pages before it, and the place to go on', async () => {
  const at = place()
  for (const pages of [1, 5]) {
    rmSync(at.file, { force: true })
    for (const end of ['-wal', '-shm']) rmSync(at.file + end, { force: true })
    const child = addPages(at.file)
    let last = -1
    for await (const line of createInterface({ input: child.stdout })) {
      last = Number(line)
      if (last >= pages) break
    }
    child.kill('SIGKILL')
    await once(child, 'close')
    const { index, told, indexes } = at.open()
    const record = await (await index()).opened(LEVEL)
    const sums = await (await index()).counts('bucket', 'many/', 0)
    expect(record.listed).toBeGreaterThanOrEqual((last + 1) * 1000)
    expect(record).toMatchObject({ asOf: null, cursor: `page ${record.listed / 1000}` })
    expect(sums.objects).toBe(record.listed)
    const after = await (await index()).replacePage(page(record.listed / 1000))
    expect(after.listed).toBe(record.listed + 1000)
    expect(told).toEqual([])
    await indexes.close()
  }
})

describe('a disk that is soon full', () => {
  test('the index goes on in memory, and that is told', async (context) => {
    const disk = smallDisk(2048)
    if (disk === null) return context.skip(NO_MOUNT)
    const at = place()
    const { index, told, indexes } = at.open(
      { storage: 'kept', key: KEY },
      join(disk.folder, 'index'),
    )
    let resets = 0
    for (let number = 0; number < 30; number++) {
      await (await index()).replacePage(page(number)).catch((cause: unknown) => {
        expect(cause).toBeInstanceOf(IndexReset)
        resets++
      })
    }
    expect(resets).toBe(1)
    expect(told).toEqual([{ code: 'index', problem: 'disk' }])
    expect(await indexes.info()).toMatchObject({ worst: { storage: 'memory', problem: 'disk' } })
    await indexes.close()
    // The file that the disk cut short is whole up to a page, and continues elsewhere.
    cpSync(join(disk.folder, 'index'), at.folder, { recursive: true })
    disk.remove()
    const later = at.open()
    const { listed } = await (await later.index()).opened(LEVEL)
    expect(listed % 1000).toBe(0)
    const sums = await (await later.index()).counts('bucket', 'many/', 0)
    expect(sums.objects).toBe(listed)
    await (await later.index()).replacePage(page(listed / 1000))
    expect(await (await later.index()).opened(LEVEL)).toMatchObject({ listed: listed + 1000 })
    expect(later.told).toEqual([])
  })
})
