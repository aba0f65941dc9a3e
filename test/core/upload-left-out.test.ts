import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import {
  keyUnder,
  missingError,
  newScan,
  scanRoots,
  type Root,
} from '../../electron/core/app/local/scan.ts'
import { mayShareKeys, sharedKeys } from '../../electron/core/app/jobs/shared-keys.ts'

const top = mkdtempSync(join(tmpdir(), 'cb-left-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
let at = ''
let made = 0
beforeEach(() => mkdirSync((at = join(top, String(made++)))))

async function scanned(roots: readonly Root[], prefix = '') {
  const keys: string[] = []
  const [scan, shared] = [newScan(), sharedKeys(prefix, roots)]
  const list = {
    add: ({ root, path }: { readonly root: number; readonly path: string }) =>
      void keys.push(keyUnder(prefix, roots[root], path)),
  }
  await scanRoots({
    scan,
    roots,
    prefix,
    shared,
    list,
    signal: new AbortController().signal,
    isListed: () => false,
    arriving: new Set(),
    onProgress: () => undefined,
  })
  return { scan, keys, shared }
}
const folder = (path: string, name = 'n'): Root => ({ path, name, kind: 'folder' })
const bytes = (name: string): Buffer =>
  Buffer.concat([Buffer.from(`${at}/`), Buffer.from(name, 'latin1')])

test('names that are not UTF-8 are told as that, also those that look alike, and one that really has the sign is taken', async () => {
  if (process.platform !== 'linux') return
  for (const name of ['caf\xe9', 'caf\xe8']) writeFileSync(bytes(name), 'x')
  mkdirSync(bytes('\xc4\xe3'))
  writeFileSync(join(at, 'caf\ufffd'), 'x')
  const { scan, keys } = await scanned([folder(at)])
  expect(keys).toEqual(['n/caf\ufffd'])
  expect(scan.leftOut.map(({ reason }) => reason)).toEqual([
    'name-not-utf8',
    'name-not-utf8',
    'name-not-utf8',
  ])
  expect(missingError(scan)).toMatchObject({ code: 'left-out', count: 3, reason: 'name-not-utf8' })
})

test('links never take the places of what was wanted; all of them are counted', async () => {
  for (let i = 0; i < 1100; i++) symlinkSync('/nowhere', join(at, `a${i}`))
  for (let i = 0; i < 1100; i++) writeFileSync(join(at, `${'z'.repeat(250)}${i}`), '')
  const { scan, keys } = await scanned([folder(at)], `${'p'.repeat(800)}/`)
  expect(keys).toEqual([])
  expect([scan.leftOutCount, scan.missing]).toEqual([2200, 1100])
  expect(scan.leftOut.filter(({ reason }) => reason === 'name-too-long')).toHaveLength(1000)
  expect(scan.leftOut.filter(({ reason }) => reason === 'symlink')).toHaveLength(1000)
  expect(missingError(scan)).toMatchObject({ count: 1100, reason: 'name-too-long' })
})

test('an empty folder whose name is too long, a name that OSS does not allow, and what is gone, are told too', async () => {
  mkdirSync(join(at, 'e'.repeat(200)))
  writeFileSync(join(at, '\\x'), 'x')
  const { scan, keys } = await scanned([
    { path: join(at, '\\x'), name: '\\x', kind: 'file' },
    { path: join(at, 'none'), name: 'none', kind: 'file' },
    folder(join(at, 'e'.repeat(200)), 'l'.repeat(1023)),
  ])
  expect(keys).toEqual([])
  expect(scan.leftOut.map(({ reason }) => reason)).toEqual([
    'name-not-allowed',
    'gone',
    'name-too-long',
  ])
})

test('what may not be read is told with its reason', async () => {
  if (process.getuid?.() === 0 || process.platform === 'win32') return
  writeFileSync(join(at, 'file'), 'x')
  mkdirSync(join(at, 'folder'))
  for (const name of ['file', 'folder']) chmodSync(join(at, name), 0)
  const { scan } = await scanned([folder(at)])
  for (const name of ['file', 'folder']) chmodSync(join(at, name), 0o700)
  expect(scan).toMatchObject({
    missing: 2,
    leftOut: [{ reason: 'unreadable' }, { reason: 'unreadable' }],
  })
})

test('two files of one key are found: files, folders whose contents meet, and loose ones beside a file', async () => {
  for (const path of ['A/x', 'B/x', 'A/d/y', 'B/d/y', 'A/d/only']) {
    mkdirSync(join(at, path, '..'), { recursive: true })
    writeFileSync(join(at, path), path)
  }
  const file = (path: string): Root => ({
    path: join(at, path),
    name: path.split('/').at(-1) ?? '',
    kind: 'file',
  })
  const paths = async (...roots: readonly Root[]) => (await scanned(roots, 'p/')).shared.found
  expect(await paths(file('A/x'), file('B/x'))).toEqual([
    { key: 'p/x', first: join(at, 'A/x'), second: join(at, 'B/x') },
  ])
  expect(await paths(folder(join(at, 'A/d'), 'd'), folder(join(at, 'B/d'), 'd'))).toEqual([
    { key: 'p/d/y', first: join(at, 'A/d/y'), second: join(at, 'B/d/y') },
  ])
  expect(await paths(folder(join(at, 'A'), 'A'), folder(join(at, 'B'), 'B'))).toEqual([])
  expect(await paths(file('A/x'), folder(join(at, 'B'), 'x'))).toEqual([])
  const loose: Root = { path: join(at, 'B'), name: '', kind: 'files' }
  const shared = sharedKeys('p/', [file('A/x'), loose])
  shared.see({ root: 0, path: '', size: 1, modified: 1 })
  shared.see({ root: 1, path: 'x', size: 1, modified: 1 })
  expect(shared.count()).toBe(1)
  // One folder, or loose files beside folders: nothing is remembered, and nothing waited for.
  expect([[loose], [loose, folder(at)], [folder(at)]].map(mayShareKeys)).toEqual([
    false,
    false,
    false,
  ])
})
