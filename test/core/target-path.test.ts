import { execFileSync } from 'node:child_process'
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSink, saveSmall } from '../../electron/core/files/file-sink.ts'
import { placeWithSidecar } from '../../electron/core/files/place-pair.ts'
import { ensureFolder, lookBefore } from '../../electron/core/files/target-path.ts'

let root: string
let outside: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'target-'))
  outside = await mkdtemp(join(tmpdir(), 'outside-'))
})
afterEach(() =>
  Promise.all([root, outside].map((one) => rm(one, { recursive: true, force: true }))),
)

const blocked = (path: string, by: string) => ({ error: { code: 'target-blocked', path, by } })
/** All kinds of what stands in the way of a file, made at `path`. */
const OBSTACLES: readonly (readonly [string, string, (path: string) => Promise<unknown>])[] = [
  ['a folder', 'folder', (path) => mkdir(path)],
  ['a link to a folder', 'link', (path) => symlink(outside, path)],
  ['a pipe', 'device', async (path) => execFileSync('mkfifo', [path])],
  ['a link to a device', 'device', (path) => symlink('/dev/null', path)],
]

describe.skipIf(process.platform === 'win32')('where a file is to be', () => {
  describe.each(OBSTACLES)('%s', (_, by, make) => {
    test('is told of before anything is written, whatever the rule', async () => {
      const path = join(root, 'a')
      await make(path)
      for (const rule of ['fail', 'replace'] as const)
        await expect(lookBefore(path, rule)).rejects.toMatchObject(blocked(path, by))
      expect(await lookBefore(path, 'skip')).toBe('taken')
      expect(await lookBefore(path, 'rename')).toBe('free')
    })

    test('that comes while it is written stays', async () => {
      const path = join(root, 'a')
      const sink = await openSink(path, 0)
      await make(path)
      for (const rule of ['fail', 'replace'] as const)
        await expect(sink.place(rule)).rejects.toMatchObject(blocked(path, by))
      expect(await sink.place('rename')).toBe(join(root, 'a (2)'))
    })

    test('is replaced by no text and by neither of a pair', async () => {
      const path = join(root, 'a')
      await make(`${path}.ossenv.json`)
      await expect(saveSmall(`${path}.ossenv.json`, 'x', 'replace')).rejects.toMatchObject(
        blocked(`${path}.ossenv.json`, by),
      )
      await writeFile(path, 'old')
      const blob = await openSink(path, 0)
      await expect(placeWithSidecar(blob, path, '{}', 'replace')).rejects.toMatchObject(
        blocked(`${path}.ossenv.json`, by),
      )
      await blob.abort()
      expect(await readFile(path, 'utf8')).toBe('old')
      expect((await readdir(root)).sort()).toEqual(['a', 'a.ossenv.json'])
    })
  })

  test('a link to a file is replaced itself, and the file stays', async () => {
    await writeFile(join(outside, 'f'), 'old')
    await symlink(join(outside, 'f'), join(root, 'a'))
    expect(await saveSmall(join(root, 'a'), 'new', 'replace')).toBe(join(root, 'a'))
    expect([
      await readFile(join(root, 'a'), 'utf8'),
      await readFile(join(outside, 'f'), 'utf8'),
    ]).toEqual(['new', 'old'])
  })

  test.each(['sub', 'one/sub'])(
    'nothing is written through a link at %s below the chosen folder',
    async (at) => {
      await mkdir(join(root, 'one'))
      await symlink(outside, join(root, at))
      const path = join(root, at, 'deep', 'a')
      await expect(lookBefore(path, 'rename', root)).rejects.toMatchObject(
        blocked(join(root, at), 'link'),
      )
      await expect(openSink(path, 0, { root })).rejects.toMatchObject(
        blocked(join(root, at), 'link'),
      )
      await expect(ensureFolder(join(root, at, 'deep'), root)).rejects.toMatchObject(
        blocked(join(root, at), 'link'),
      )
      expect(await readdir(outside)).toEqual([])
    },
  )

  test('the chosen folder itself may be a link', async () => {
    const chosen = join(root, 'chosen')
    await symlink(outside, chosen)
    const sink = await openSink(join(chosen, 'sub', 'a'), 0, { root: chosen })
    expect(await sink.place('fail')).toBe(join(chosen, 'sub', 'a'))
    expect(await readdir(join(outside, 'sub'))).toEqual(['a'])
  })

  test('a folder that becomes a link while it is written to gets no file', async () => {
    const path = join(root, 'sub', 'a')
    const sink = await openSink(path, 3, { root })
    await rename(join(root, 'sub'), join(outside, 'sub'))
    await symlink(join(outside, 'sub'), join(root, 'sub'))
    await expect(sink.place('replace')).rejects.toMatchObject(blocked(join(root, 'sub'), 'link'))
    await expect(stat(join(outside, 'sub', 'a'))).rejects.toThrow('ENOENT')
  })

  test('a hidden file in whose place a link was put is not written to', async () => {
    await writeFile(join(outside, 'victim'), 'old')
    const sink = await openSink(join(root, 'a'), 0)
    await rm(sink.temporary)
    await symlink(join(outside, 'victim'), sink.temporary)
    await expect(sink.write(Buffer.from('new'))).rejects.toMatchObject({
      error: { code: 'target-unwritable' },
    })
    expect([
      await readFile(join(outside, 'victim'), 'utf8'),
      await readlink(sink.temporary),
    ]).toEqual(['old', join(outside, 'victim')])
  })

  test('a file where a folder must be is named', async () => {
    await writeFile(join(root, 'a'), 'old')
    await expect(lookBefore(join(root, 'a', 'b'), 'replace', root)).rejects.toMatchObject(
      blocked(join(root, 'a'), 'file'),
    )
    await expect(openSink(join(root, 'a', 'b', 'c'), 0, { root })).rejects.toMatchObject(
      blocked(join(root, 'a'), 'file'),
    )
    expect(await readFile(join(root, 'a'), 'utf8')).toBe('old')
  })
})
