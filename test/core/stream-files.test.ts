import fc from 'fast-check'
import { execFileSync } from 'node:child_process'
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openSink, saveSmall, type TakenNameRule } from '../../electron/core/files/file-sink.ts'
import {
  identify,
  identifyAtRest,
  openSource,
  sameSource,
} from '../../electron/core/files/file-source.ts'
import { numberedPath, temporaryBeside } from '../../electron/core/files/place-file.ts'
import { isTemporaryName } from './temporary-name.ts'
import { ensureFolder, lookBefore } from '../../electron/core/files/target-path.ts'
import { placeWithSidecar } from '../../electron/core/files/place-pair.ts'
import { Failure } from '../../shared/contract/errors.ts'

let base: string
let dir: string
let made = 0
beforeAll(async () => void (base = await mkdtemp(join(tmpdir(), 'cipherbucket-files-'))))
beforeEach(async () => void (await mkdir((dir = join(base, String(made++))))))
afterAll(() => rm(base, { recursive: true, force: true }))

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return 'no failure'
  } catch (cause) {
    if (cause instanceof Failure) return cause.error.code
    throw cause
  }
}

describe('a source that must not change', () => {
  const changes: readonly {
    readonly name: string
    readonly change: (path: string) => Promise<unknown>
    readonly code: string
  }[] = [
    { name: 'grows', change: (path) => appendFile(path, 'x'), code: 'source-changed' },
    { name: 'shrinks', change: (path) => truncate(path, 10), code: 'source-changed' },
    {
      name: 'is rewritten with equal size, its time set back',
      change: rewrittenUnseen,
      code: 'source-changed',
    },
    {
      name: 'is replaced by another file of the same size',
      change: async (path) => (
        await writeFile(`${path}.new`, 'y'.repeat(100)),
        await rename(`${path}.new`, path)
      ),
      code: 'source-changed',
    },
    { name: 'vanishes', change: (path) => rm(path), code: 'source-unreadable' },
    {
      name: 'becomes a folder',
      change: async (path) => (await rm(path), await mkdir(path)),
      code: 'source-unreadable',
    },
    { name: 'stays', change: async () => undefined, code: 'no failure' },
  ]
  for (const { name, change, code, mayBlock } of changes.flatMap((one) =>
    [false, true].map((mayBlock) => ({ ...one, mayBlock })),
  )) {
    test(`${name}: ${code}; in a thread that ${mayBlock ? 'may' : 'must not'} block`, async () => {
      const path = join(dir, 'source')
      await writeFile(path, 'x'.repeat(100))
      const before = await identify(path)
      const source = await openSource(path, before, mayBlock)
      await change(path)
      expect(await codeOf(source.check())).toBe(code)
      await source.close()
      expect(
        await codeOf(openSource(path, before, mayBlock).then((opened) => opened.close())),
      ).toBe(code)
    })
  }

  async function rewrittenUnseen(path: string): Promise<void> {
    const { atime, mtime } = await stat(path)
    await writeFile(path, 'z'.repeat(100))
    await utimes(path, atime, mtime)
  }

  test('a file at rest: a write right afterwards is always seen', async () => {
    const path = join(dir, 'source')
    for (let i = 0; i < 20; i++) {
      await writeFile(path, 'x'.repeat(100))
      const before = await identifyAtRest(path)
      await writeFile(path, 'y'.repeat(100))
      expect(sameSource(before, await identify(path))).toBe(false)
    }
  })

  test.each([false, true])(
    'reading beyond the end is a change; reading inside fills the buffer; may block: %s',
    async (mayBlock) => {
      const path = join(dir, 'source')
      await writeFile(path, '0123456789')
      const source = await openSource(path, await identify(path), mayBlock)
      const into = Buffer.alloc(4)
      await source.read(into, 6)
      expect(into.toString()).toBe('6789')
      expect(await codeOf(source.read(into, 7))).toBe('source-changed')
      await source.close()
    },
  )

  test('what is no file is refused without waiting: folder, pipe, nothing', async () => {
    execFileSync('mkfifo', [join(dir, 'pipe')])
    for (const name of ['.', 'pipe', 'nothing'])
      expect(await codeOf(identify(join(dir, name)))).toBe('source-unreadable')
    const path = join(dir, 'was-a-file')
    await writeFile(path, '')
    const before = await identify(path)
    expect(sameSource(before, await identify(path))).toBe(true)
    await rm(path)
    execFileSync('mkfifo', [path])
    for (const mayBlock of [false, true])
      expect(await codeOf(openSource(path, before, mayBlock))).toBe('source-unreadable')
  })
})

describe('a sink', () => {
  const full = async (
    path: string,
    text: string,
  ): Promise<Awaited<ReturnType<typeof openSink>>> => {
    const sink = await openSink(path, Buffer.byteLength(text))
    await sink.write(Buffer.from(text))
    return sink
  }
  const rules: readonly {
    readonly rule: TakenNameRule
    readonly before: readonly string[]
    readonly answer: string | null
    readonly files: Readonly<Record<string, string>>
  }[] = [
    { rule: 'fail', before: [], answer: 'a.txt', files: { 'a.txt': 'new' } },
    { rule: 'fail', before: ['a.txt'], answer: 'target-exists', files: { 'a.txt': 'old' } },
    { rule: 'skip', before: ['a.txt'], answer: null, files: { 'a.txt': 'old' } },
    { rule: 'replace', before: ['a.txt'], answer: 'a.txt', files: { 'a.txt': 'new' } },
    { rule: 'rename', before: [], answer: 'a.txt', files: { 'a.txt': 'new' } },
    {
      rule: 'rename',
      before: ['a.txt', 'a (2).txt'],
      answer: 'a (3).txt',
      files: { 'a.txt': 'old', 'a (2).txt': 'old', 'a (3).txt': 'new' },
    },
  ]
  for (const { rule, before, answer, files } of rules) {
    test(`${rule} with ${before.length} in the way`, async () => {
      for (const name of before) await writeFile(join(dir, name), 'old')
      const sink = await full(join(dir, 'a.txt'), 'new')
      expect((await readdir(dir)).filter((name) => !isTemporaryName(name)).sort()).toEqual(
        [...before].sort(),
      )
      const placed = await sink.place(rule).catch((cause: Failure) => cause.error.code)
      await sink.abort()
      expect(placed).toBe(
        answer === null || answer === 'target-exists' ? answer : join(dir, answer),
      )
      expect(
        Object.fromEntries(
          await Promise.all(
            (await readdir(dir)).map(async (name) => [
              name,
              await readFile(join(dir, name), 'utf8'),
            ]),
          ),
        ),
      ).toEqual(files)
    })
  }

  test('many at once under one name: each gets a name of its own, none is lost', async () => {
    const sinks = await Promise.all(
      Array.from({ length: 12 }, (_, i) => full(join(dir, 'a'), String(i))),
    )
    const placed = await Promise.all(sinks.map((sink) => sink.place('rename')))
    expect(new Set(placed).size).toBe(12)
    const texts = await Promise.all(placed.map((path) => readFile(path ?? '', 'utf8')))
    expect(texts.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i))
  })

  test('never writes through a link that was put under the name', async () => {
    const sink = await full(join(dir, 'a'), 'new')
    await symlink(join(dir, 'elsewhere'), join(dir, 'a'))
    expect(await codeOf(sink.place('fail'))).toBe('target-exists')
    await expect(stat(join(dir, 'elsewhere'))).rejects.toThrow('ENOENT')
    await sink.abort()
  })

  test('makes folders; what cannot be a folder or a name is said', async () => {
    const sink = await full(join(dir, 'x', 'y', 'a'), 'new')
    expect(await sink.place('fail')).toBe(join(dir, 'x', 'y', 'a'))
    expect(await codeOf(openSink(join(dir, 'x', 'y', 'a', 'b'), 1))).toBe('target-blocked')
    expect(await codeOf(ensureFolder(join(dir, 'x', 'y', 'a')))).toBe('target-blocked')
    expect(await codeOf(lookBefore(join(dir, 'n'.repeat(300)), 'fail'))).toBe('name-not-local')
    await mkdir(join(dir, 'folder', 'inside'), { recursive: true })
    const onFolder = await full(join(dir, 'folder'), 'new')
    expect(await codeOf(onFolder.place('replace'))).toBe('target-blocked')
    await onFolder.abort()
    expect((await readdir(dir)).filter(isTemporaryName)).toEqual([])
  })

  test('more than the disk has is refused before a byte is written', async () => {
    expect(await codeOf(openSink(join(dir, 'a'), 2 ** 52))).toBe('disk-full')
    expect(await readdir(dir)).toEqual([])
  })

  test('a saved text is for its owner and never over another', async () => {
    expect(await saveSmall(join(dir, 'key.pem'), 'one')).toBe(join(dir, 'key.pem'))
    expect(await saveSmall(join(dir, 'key.pem'), 'two')).toBe(join(dir, 'key (2).pem'))
    expect(await readFile(join(dir, 'key.pem'), 'utf8')).toBe('one')
    expect((await stat(join(dir, 'key.pem'))).mode & 0o777).toBe(0o600)
  })

  test('names of any length stay names: 255 bytes at most, whole characters', () => {
    fc.assert(
      fc.property(
        fc
          .string({ minLength: 1, maxLength: 300, unit: 'grapheme' })
          .filter((name) => !/[/\0]/.test(name) && name !== '.' && name !== '..'),
        fc.integer({ min: 2, max: 10_000 }),
        (name, n) => {
          const temporary = temporaryBeside(join('/folder', name)).slice('/folder/'.length)
          expect(Buffer.byteLength(temporary)).toBeLessThanOrEqual(255)
          expect(isTemporaryName(temporary)).toBe(true)
          expect(Buffer.from(temporary).toString()).toBe(temporary)
          expect(isTemporaryName(name)).toBe(false)
          for (const spare of [0, 12]) {
            for (const number of [1, n])
              expect(
                Buffer.byteLength(
                  numberedPath(join('/folder', name), number, spare).slice('/folder/'.length),
                ),
              ).toBeLessThanOrEqual(255 - spare)
          }
        },
      ),
    )
  })
})

describe('a raw blob and its envelope', () => {
  const SIDE = '.ossenv.json'
  const rows: readonly {
    readonly rule: TakenNameRule
    readonly before: readonly string[]
    readonly answer: string | null
    readonly fresh: readonly string[]
  }[] = [
    { rule: 'fail', before: [], answer: 'a', fresh: ['a', `a${SIDE}`] },
    { rule: 'fail', before: ['a'], answer: 'target-exists', fresh: [] },
    { rule: 'fail', before: [`a${SIDE}`], answer: 'target-exists', fresh: [] },
    { rule: 'skip', before: ['a'], answer: null, fresh: [] },
    { rule: 'rename', before: ['a'], answer: 'a (2)', fresh: ['a (2)', `a (2)${SIDE}`] },
    {
      rule: 'rename',
      before: [`a${SIDE}`, 'a (2)'],
      answer: 'a (3)',
      fresh: ['a (3)', `a (3)${SIDE}`],
    },
    { rule: 'replace', before: ['a', `a${SIDE}`], answer: 'a', fresh: ['a', `a${SIDE}`] },
  ]
  for (const { rule, before, answer, fresh } of rows) {
    test(`${rule} with ${before.join(' and ') || 'nothing'} in the way: both or neither`, async () => {
      for (const name of before) await writeFile(join(dir, name), 'old')
      const path = join(dir, 'a')
      const blob = await openSink(path, 3)
      await blob.write(Buffer.from('new'))
      const placed = await placeWithSidecar(blob, path, 'new', rule).catch(
        (cause: Failure) => cause.error.code,
      )
      await blob.abort()
      expect(placed).toBe(
        answer === null || answer === 'target-exists' ? answer : join(dir, answer),
      )
      const files = Object.fromEntries(
        await Promise.all(
          (await readdir(dir)).map(async (name) => [name, await readFile(join(dir, name), 'utf8')]),
        ),
      )
      expect(files).toEqual({
        ...Object.fromEntries(before.map((name) => [name, 'old'])),
        ...Object.fromEntries(fresh.map((name) => [name, 'new'])),
      })
    })
  }

  test('an envelope that was there comes back when the blob cannot be placed', async () => {
    await mkdir(join(dir, 'a', 'inside'), { recursive: true })
    await writeFile(join(dir, `a${SIDE}`), 'old')
    const blob = await openSink(join(dir, 'a'), 3)
    expect(await codeOf(placeWithSidecar(blob, join(dir, 'a'), 'new', 'replace'))).toBe(
      'target-blocked',
    )
    await blob.abort()
    expect(await readFile(join(dir, `a${SIDE}`), 'utf8')).toBe('old')
    expect((await readdir(dir)).sort()).toEqual(['a', `a${SIDE}`])
  })
})
