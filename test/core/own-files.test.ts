import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { closeSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { replaceFile, replaceOpenFile } from '../../electron/core/base/replace-file.ts'
import {
  fileFailure,
  ownFileFailure,
  sourceFailure,
  systemCode,
} from '../../electron/core/base/system-failure.ts'
import { Failure } from '../../shared/contract/errors.ts'

const system = (code: string): Error => Object.assign(new Error('from the system'), { code })
const errorOf = (failure: unknown): unknown => (failure as Failure).error

describe('errors of the file system', () => {
  test.each([
    ['ENOSPC', { code: 'disk-full', path: '/a/b', needed: 7 }],
    ['EDQUOT', { code: 'disk-full', path: '/a/b', needed: 7 }],
    ['ENAMETOOLONG', { code: 'name-not-local', name: 'b' }],
    ['EACCES', { code: 'target-unwritable', path: '/a/b', reason: 'EACCES' }],
  ])('%s on a file of the user', (code, error) => {
    expect(errorOf(fileFailure(system(code), '/a/b', 7))).toEqual(error)
  })

  test.each([
    ['ENOSPC', { code: 'disk-full', path: '/a/b', needed: 0 }],
    ['ENAMETOOLONG', { code: 'target-unwritable', path: '/a/b', reason: 'ENAMETOOLONG' }],
  ])('%s on a file of the data folder', (code, error) => {
    expect(errorOf(ownFileFailure(system(code), '/a/b'))).toEqual(error)
  })

  test('a file that cannot be read', () => {
    expect(errorOf(sourceFailure(system('EIO'), '/a'))).toEqual({
      code: 'source-unreadable',
      path: '/a',
      reason: 'EIO',
    })
  })

  test.each([new TypeError('a bug'), new Failure({ code: 'cancelled' })])(
    'an error of another kind stays as it is: %s',
    (cause) => {
      expect(fileFailure(cause, '/a', 0)).toBe(cause)
      expect(ownFileFailure(cause, '/a')).toBe(cause)
      expect(sourceFailure(cause, '/a')).toBe(cause)
      expect(systemCode(cause)).toBe('unknown')
    },
  )
})

describe('a file that is replaced', () => {
  let dir = ''
  let path = ''
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'own-files-'))
    path = join(dir, 'a')
    await writeFile(path, 'old')
  })
  afterEach(() => rm(dir, { recursive: true }))

  test('has its new content, for its owner alone, and a stale draft is gone', async () => {
    await writeFile(`${path}.new`, 'left by a crash, and longer than the new content')
    await replaceFile(path, `${path}.new`, (file) => file.writeFile('new'))
    expect(await readFile(path, 'utf8')).toBe('new')
    expect(await readdir(dir)).toEqual(['a'])
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  test('keeps its old content when the new one cannot be written', async () => {
    const replaced = replaceFile(path, `${path}.new`, async (file) => {
      await file.writeFile('half')
      throw new Error('no more')
    })
    await expect(replaced).rejects.toThrow('no more')
    expect(await readFile(path, 'utf8')).toBe('old')
    expect(await readdir(dir)).toEqual(['a'])
  })

  test('at once: the handle is that of the new file, and appends to it', async () => {
    await writeFile(`${path}.new`, 'left by a crash')
    const file = replaceOpenFile(path, `${path}.new`, (draft) => void writeSync(draft, 'new'))
    writeSync(file, ' and more')
    closeSync(file)
    expect(await readFile(path, 'utf8')).toBe('new and more')
    expect(await readdir(dir)).toEqual(['a'])
  })

  test('at once: the old content stays when the new one cannot be written', async () => {
    const fail = (): void => {
      throw new Error('no more')
    }
    expect(() => replaceOpenFile(path, `${path}.new`, fail)).toThrow('no more')
    expect(await readFile(path, 'utf8')).toBe('old')
  })
})
