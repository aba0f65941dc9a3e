import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, afterAll, beforeEach, expect, test } from 'vitest'
import { openDefaultKeys } from '../../electron/core/app/profiles/default-keys.ts'
import { takeInstance } from '../../electron/host/instance.ts'
import { openProfileRecords } from '../../electron/core/app/profiles/profile-records.ts'
import { openJournal } from '../../electron/core/store/journal.ts'
import { openQueueMemory } from '../../electron/core/app/jobs/queue-memory.ts'
import { openHistory } from '../../electron/core/history/open-history.ts'
import { openSettings } from '../../electron/core/app/settings.ts'
import { viewStates } from '../../electron/core/app/view-states.ts'
import { openKeyBook } from '../../electron/core/keys/catalog/key-book.ts'
import { privateHalves } from '../../electron/core/keys/catalog/private-half.ts'
import { openSecrets } from '../../electron/core/store/secrets/open-secrets.ts'
import { fileTexts } from '../../electron/core/store/text-store.ts'
import type { AppError } from '../../shared/contract/errors.ts'
import { memorySecrets } from '../ports/stores.ts'

const top = mkdtempSync(join(tmpdir(), 'cb-damage-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
let at = ''
let made = 0
let told: AppError[] = []
beforeEach(() => {
  mkdirSync((at = join(top, String(made++))))
  told = []
})
const tell = (error: AppError) => void told.push(error)
const texts = () => fileTexts(at, tell)

/**
 * Ways in which a text is no text of ours. The last two are told apart from the rest by what stays.
 */
const SHAPES: Readonly<Record<string, (path: string) => void>> = {
  empty: (path) => writeFileSync(path, ''),
  'cut off': (path) => writeFileSync(path, '{"profile":{"id":'),
  'not JSON': (path) => writeFileSync(path, 'noise \u0000 noise'),
  null: (path) => writeFileSync(path, 'null'),
  'a list': (path) => writeFileSync(path, '[]'),
  'a number': (path) => writeFileSync(path, '5'),
  'of a later version': (path) => writeFileSync(path, '{"version":2}'),
  'a folder': (path) => mkdirSync(join(path, 'of the user'), { recursive: true }),
  'a loop of links': (path) => symlinkSync(path, path),
}

/** Those that can be done without: opened on a damaged text, they go on, and it is beside. */
const READERS: Readonly<Record<string, () => Promise<unknown>>> = {
  'profile.p1': async () => expect((await openProfileRecords(texts())).all()).toEqual([]),
  'default-keys.p1': async () =>
    expect((await openDefaultKeys(texts())).of('p1')).toEqual({ profile: null, buckets: {} }),
  settings: async () => expect((await openSettings(texts())).current().theme).toBe('system'),
  'view-desktop': async () => expect(await viewStates(texts(), 'desktop').get()).toBeNull(),
  'seen-objects': async () => expect((await openHistory(at, tell)).seen.counts('k')).toEqual([]),
}

for (const [name, open] of Object.entries(READERS)) {
  test.each(Object.keys(SHAPES))(
    `${name} that is %s is set aside and told, once`,
    async (shape) => {
      const path = join(at, `${name}.json`)
      SHAPES[shape]?.(path)
      const was =
        shape.startsWith('a folder') || shape.startsWith('a loop') ? null : readFileSync(path)
      await open()
      expect(told).toEqual([
        {
          code: 'file-damaged',
          path,
          kept: expect.stringMatching(/\.json\.damaged-\d{8}T\d{6}$/) as string,
        },
      ])
      const [kept] = readdirSync(at)
      if (was !== null) expect(readFileSync(join(at, kept ?? ''))).toEqual(was)
      await open()
      expect(told).toHaveLength(1)
    },
  )
}

test.each(Object.keys(SHAPES))(
  'a master key that is %s stays where it is, is listed as lost, and none is made in its place',
  async (shape) => {
    const path = join(at, 'master-key.0b5f.json')
    SHAPES[shape]?.(path)
    const book = await openKeyBook(texts(), memorySecrets())
    expect(book.all().map(({ record }) => [record.kind, record.id])).toEqual([['damaged', '0b5f']])
    expect(told).toEqual([{ code: 'file-damaged', path, kept: null }])
    expect(readdirSync(at)).toEqual(['master-key.0b5f.json'])
  },
)

test.each(Object.keys(SHAPES))(
  'a private half that is %s is a failure of that key alone, and stays where it is',
  async (shape) => {
    const halves = privateHalves(texts(), memorySecrets())
    expect(await halves.keep('h', 'b', Buffer.from('der'))).toEqual({ ok: true, value: null })
    const path = join(at, 'private-half.h.json')
    rmSync(path)
    SHAPES[shape]?.(path)
    const unreadable = shape === 'a folder' || shape === 'a loop of links'
    expect(await halves.load('h', 'b', 'mine')).toMatchObject({
      ok: false,
      error: unreadable
        ? { code: 'source-unreadable', path }
        : { code: 'secret-lost', name: 'mine' },
    })
    expect(readdirSync(at)).toEqual(['private-half.h.json'])
  },
)

test('a record whose mark of removal is no mark is damaged, and its private half stays', async () => {
  writeFileSync(
    join(at, 'master-key.0b5f.json'),
    JSON.stringify({
      version: 1,
      id: '0b5f',
      kind: 'command',
      name: 'x',
      state: 'active',
      description: '',
      style: 'compact',
      writes: 'v2',
      created: '',
      origin: 'imported',
      program: '/x',
      wrapAlgorithm: 'w',
      args: [],
      backedUp: null,
      proven: null,
      weakAllowed: false,
      half: 'h',
      removing: 'yes',
    }),
  )
  writeFileSync(join(at, 'private-half.h.json'), '{}')
  const book = await openKeyBook(texts(), memorySecrets())
  expect(book.all()).toHaveLength(1)
  expect(readdirSync(at)).toHaveLength(2)
})

test.each(Object.keys(SHAPES))(
  'a secrets file that is %s is told at once, and never made again',
  async (shape) => {
    const path = join(at, 'secrets-file.json')
    SHAPES[shape]?.(path)
    const secrets = await openSecrets({ texts: texts(), place: 'file' })
    expect(told).toEqual([{ code: 'file-damaged', path, kept: null }])
    expect(await secrets.unlock('a passphrase that is long')).toMatchObject({
      error: { code: 'file-damaged' },
    })
    expect(await secrets.set('profile:x', 'y')).toMatchObject({ ok: false })
    expect(readdirSync(at).filter((name) => name.includes('secrets-file'))).toEqual([
      'secrets-file.json',
    ])
  },
)

test.each([
  [3, 8],
  [2 ** 20, 16],
  [2 ** 20, 8],
  [2 ** 17, 1],
  [1, 8],
])('scrypt with N = %i and r = %i is damage, not a bug', async (N, r) => {
  writeFileSync(
    join(at, 'secrets-file.json'),
    JSON.stringify({
      version: 1,
      derivation: { name: 'scrypt', N, r, p: 1, salt: 'AAAAAAAAAAAAAAAAAAAAAA==' },
      nonce: 'AAAAAAAAAAAAAAAA',
      sealed: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    }),
  )
  const secrets = await openSecrets({ texts: texts(), place: 'file' })
  expect(await secrets.unlock('a passphrase that is long')).toEqual({
    ok: false,
    error: { code: 'file-damaged', path: 'secrets-file.json', kept: null },
  })
})

test.each(['a', '12345', 'aaaaaaaaaaaa', 'abababababab'])(
  'a new passphrase %j is too weak, and nothing is made',
  async (passphrase) => {
    const secrets = await openSecrets({ texts: texts(), place: 'file' })
    expect(await secrets.unlock(passphrase)).toEqual({
      ok: false,
      error: { code: 'weak-passphrase', least: 6 },
    })
    expect(readdirSync(at)).not.toContain('secrets-file.json')
  },
)

test.each(['a folder', 'a loop of links', 'not JSON'])(
  'a journal that is %s is kept beside; the queue goes on',
  async (shape) => {
    const path = join(at, 'queue', 'journal.jsonl')
    mkdirSync(join(at, 'queue'))
    SHAPES[shape]?.(path)
    const memory = openQueueMemory(at, true, tell)
    expect(memory.book?.restored()).toEqual([])
    expect(told).toMatchObject([
      {
        code: 'file-damaged',
        path,
        kept: expect.stringContaining('journal.jsonl.damaged-') as string,
      },
    ])
    await memory.close()
  },
)

describe('what a later version wrote into the journal', () => {
  const record = {
    version: 1,
    kind: 'upload',
    profileId: 'p',
    bucket: 'b',
    keyId: null,
    format: 'v2',
    multipartFrom: 1,
    partSize: 1,
    key: 'k',
    source: '/f',
    size: 1,
    spooled: [],
  }
  const checkpoint = { version: 1, kind: 'put', headers: {}, before: '', state: '' }
  const add = (id: string, of: object) => ({
    t: 'add',
    id,
    order: 1,
    at: 1,
    many: false,
    record: of,
  })
  const note = (id: string, of: object) => ({ t: 'note', id, text: JSON.stringify(of) })
  const write = async (...notes: readonly object[]): Promise<void> => {
    const { journal } = openJournal(join(at, 'queue', 'journal.jsonl'), () => undefined)
    for (const one of notes) journal.append(one)
    await journal.close()
  }
  const opened = () => {
    const memory = openQueueMemory(at, true, tell)
    return { memory, ids: memory.book?.restored().map(({ id }) => id) }
  }

  test.each<readonly [string, readonly object[], readonly string[]]>([
    ['a record', [add('x', { ...record, version: 2 })], ['known']],
    [
      'a record of a kind that is not known',
      [add('x', { ...record, kind: 'unheard-of' })],
      ['known'],
    ],
    ['a checkpoint', [note('known', { ...checkpoint, version: 99 })], ['known']],
    [
      'a checkpoint among several notes',
      [{ t: 'all', id: '', notes: [note('known', { ...checkpoint, version: 99 })] }],
      ['known'],
    ],
    ['a note of a kind that is not known', [{ t: 'shard', id: 'x' }], ['known']],
  ])('%s is kept beside and told of, once; the others stay', async (_name, notes, ids) => {
    await write(add('known', record), ...notes)
    const first = opened()
    expect(first.ids).toEqual(ids)
    expect(told).toMatchObject([{ code: 'file-damaged', kept: expect.any(String) as string }])
    await first.memory.close()
    const [kept = ''] = readdirSync(join(at, 'queue')).filter((name) => name.includes('.damaged-'))
    expect(readFileSync(join(at, 'queue', kept), 'utf8')).toContain(
      JSON.stringify(notes[0]).slice(1, -1),
    )
    const second = opened()
    expect(second.ids).toEqual(ids)
    expect(told).toHaveLength(1)
    await second.memory.close()
  })

  test('a record and a checkpoint of versions before are whole', async () => {
    const { version: _none, ...older } = record
    await write(add('known', older), note('known', { ...checkpoint, more: 1 }))
    const { memory, ids } = opened()
    expect([ids, told]).toEqual([['known'], []])
    await memory.close()
  })
})

test('the app is alone on its folder, which is its user’s, however deep it lies', async () => {
  if (process.platform === 'win32') return
  for (const folder of [join(at, 'short'), join(at, 'd'.repeat(120), 'e')]) {
    mkdirSync(folder, { recursive: true })
    chmodSync(folder, 0o755)
    const first = await takeInstance(folder)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    await expect(takeInstance(folder)).rejects.toMatchObject({
      error: { code: 'already-open', folder },
    })
    first.release()
    const again = await takeInstance(folder)
    again.release()
    // A killed process leaves a socket on which nobody answers.
    rmSync(join(folder, 'instance.sock'), { force: true })
    writeFileSync(join(folder, 'instance.sock'), '')
    const third = await takeInstance(folder)
    third.release()
  }
})
