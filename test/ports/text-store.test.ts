import { spawnSync } from 'node:child_process'
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { Failure } from '../../shared/contract/errors.ts'
import { fileTexts, type TextStore } from '../../electron/core/store/text-store.ts'
import { memoryTexts } from './stores.ts'

const made: string[] = []
const freshDirectory = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'cipherbucket-texts-'))
  made.push(directory)
  return directory
}
afterAll(() =>
  Promise.all(made.map((directory) => rm(directory, { recursive: true, force: true }))),
)

const twins: readonly (readonly [string, () => Promise<TextStore>])[] = [
  ['memory', async () => memoryTexts()],
  ['file', async () => fileTexts(await freshDirectory())],
  [
    'file in a folder that is not there yet',
    async () => fileTexts(join(await freshDirectory(), 'a', 'b')),
  ],
]

for (const [kind, make] of twins) {
  describe(kind, () => {
    test('what was never saved is null, and is not listed', async () => {
      const store = await make()
      expect(await store.load('settings')).toBeNull()
      expect(await store.list('')).toEqual([])
      await store.remove('settings')
    })

    test('the last save wins, removing twice is fine', async () => {
      const store = await make()
      await store.save('a', '1')
      await store.save('a', '2')
      expect(await store.load('a')).toBe('2')
      await store.remove('a')
      await store.remove('a')
      expect(await store.load('a')).toBeNull()
    })

    test('texts come back as they were', async () => {
      const store = await make()
      for (const text of ['', ' ', 'ü 汉字 😀', 'a\r\nb\0c', 'x'.repeat(1_000_000)]) {
        await store.save('a', text)
        expect((await store.load('a')) === text).toBe(true)
      }
    })

    test('lists by prefix, sorted', async () => {
      const store = await make()
      for (const name of ['key.b', 'key.a', 'keys', 'settings']) await store.save(name, '')
      expect(await store.list('key.')).toEqual(['key.a', 'key.b'])
      expect(await store.list('')).toEqual(['key.a', 'key.b', 'keys', 'settings'])
    })

    test('alone: a text that is counted up by many at once counts all of them, and a failure lets the next one go on', async () => {
      const store = await make()
      const more = () =>
        store.alone('count', async () =>
          store.save('count', String(Number(await store.load('count')) + 1)),
        )
      const broken = store.alone('count', async () => {
        throw new Failure({ code: 'cancelled' })
      })
      await Promise.all([
        ...Array.from({ length: 20 }, more),
        expect(broken).rejects.toMatchObject({ error: { code: 'cancelled' } }),
      ])
      expect(await store.load('count')).toBe('20')
      expect(await store.list('')).toEqual(['count'])
    })

    test('saves of the same text at once leave one of them, whole', async () => {
      const store = await make()
      const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(5000))
      await Promise.all(texts.map((text) => store.save('a', text)))
      expect(texts.includes((await store.load('a')) ?? '')).toBe(true)
      expect(await store.list('')).toEqual(['a'])
    })

    test.each([
      '',
      '.',
      '..',
      '../a',
      'a/b',
      'a\\b',
      'A',
      'a b',
      'a.',
      '.a',
      'a..b',
      'ü',
      'a\0',
      'a'.repeat(101),
      'a\n',
    ])('refuses the name %j', async (name) => {
      const store = await make()
      await expect(store.save(name, '')).rejects.toThrow(RangeError)
      await expect(store.load(name)).rejects.toThrow(RangeError)
      await expect(store.remove(name)).rejects.toThrow(RangeError)
    })
  })
}

describe('file', () => {
  test('files are 0600, folders that were made 0700, and no draft stays', async () => {
    const directory = join(await freshDirectory(), 'data')
    await fileTexts(directory).save('a', '1')
    expect(((await stat(directory)).mode & 0o777).toString(8)).toBe('700')
    expect(((await stat(join(directory, 'a.json'))).mode & 0o777).toString(8)).toBe('600')
    expect(await readdir(directory)).toEqual(['a.json'])
  })

  test('a draft that a crash left behind is neither listed nor in the way', async () => {
    const directory = await freshDirectory()
    await writeFile(join(directory, 'a.json.0123456789ab.new'), 'half')
    const store = fileTexts(directory)
    await store.save('a', 'whole')
    expect(await store.list('')).toEqual(['a'])
    expect(await store.load('a')).toBe('whole')
  })

  test('a text that cannot be read is an error, not a missing text', async () => {
    const directory = await freshDirectory()
    await mkdir(join(directory, 'a.json'))
    const failure = await fileTexts(directory)
      .load('a')
      .catch((cause: unknown) => cause)
    expect(failure).toBeInstanceOf(Failure)
    expect((failure as Failure).error).toMatchObject({
      code: 'source-unreadable',
      reason: 'NOT_A_FILE',
    })
  })

  test('a save that fails leaves the old text and no draft', async () => {
    const directory = await freshDirectory()
    const store = fileTexts(directory)
    await store.save('a', 'old')
    await mkdir(join(directory, 'b.json'))
    await expect(store.save('b', 'new')).rejects.toMatchObject({
      error: { code: 'target-unwritable' },
    })
    expect(await readFile(join(directory, 'a.json'), 'utf8')).toBe('old')
    expect((await readdir(directory)).sort()).toEqual(['a.json', 'b.json'])
  })

  test.skipIf(process.getuid?.() === 0)('a folder that may not be written', async () => {
    const directory = await freshDirectory()
    await chmod(directory, 0o500)
    await expect(fileTexts(directory).save('a', '')).rejects.toMatchObject({
      error: { code: 'target-unwritable', reason: 'EACCES' },
    })
  })

  test('a full disk is said to be one, and the old text stays', async (context) => {
    const directory = await freshDirectory()
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory])
    context.skip(mounted.status !== 0, 'needs the right to mount a small tmpfs')
    try {
      const store = fileTexts(directory)
      await store.save('a', 'old')
      await expect(store.save('a', 'x'.repeat(200_000))).rejects.toMatchObject({
        error: { code: 'disk-full', needed: 200_000 },
      })
      expect(await store.load('a')).toBe('old')
      expect(await readdir(directory)).toEqual(['a.json'])
    } finally {
      spawnSync('umount', [directory])
    }
  })
})

describe('alone, between processes', () => {
  test('two stores on one folder take turns, and leave nothing behind', async () => {
    const directory = await freshDirectory()
    const stores = [fileTexts(directory), fileTexts(directory)]
    await Promise.all(
      Array.from({ length: 30 }, (_, i) => {
        const store = stores[i % 2] as TextStore
        return store.alone('count', async () =>
          store.save('count', String(Number(await store.load('count')) + 1)),
        )
      }),
    )
    expect(await stores[0]?.load('count')).toBe('30')
    expect(await readdir(directory)).toEqual(['count.json'])
  })

  test('a lock left by a crash is given up, a fresh one is waited for', async () => {
    const directory = await freshDirectory()
    const lock = join(directory, 'a.json.lock')
    await writeFile(lock, '')
    let done = false
    const work = fileTexts(directory).alone('a', async () => void (done = true))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(done).toBe(false)
    await utimes(lock, new Date(0), new Date(0))
    await work
    expect(await readdir(directory)).toEqual([])
  })
})
