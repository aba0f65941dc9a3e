import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** `npm run dist` where something is missing, and the licences that are shipped. */

const root = fileURLToPath(new URL('../..', import.meta.url))
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-'))
  for (const name of ['package.json', 'build'])
    cpSync(join(root, name), join(folder, name), { recursive: true })
  // All packages but Electron's program.
  mkdirSync(join(folder, 'node_modules/electron'), { recursive: true })
  symlinkSync(join(root, 'node_modules/vite'), join(folder, 'node_modules/vite'))
  cpSync(
    join(root, 'node_modules/electron/package.json'),
    join(folder, 'node_modules/electron/package.json'),
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('without an Electron it ends with one plain sentence', () => {
  const { ELECTRON_OVERRIDE_DIST_PATH: _ours, ...env } = process.env
  const ran = spawnSync(process.execPath, ['build/run.mjs', 'dist'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  expect([ran.status, ran.stdout, ran.stderr.trim().split('\n').length]).toEqual([1, '', 1])
  expect(ran.stderr).toMatch(/^Electron is not here/)
})

test('without bundles the licences cannot be written, and it says so', () => {
  const script =
    "import { writeNotices } from './build/notices.mjs'\nimport { main } from './build/tools.mjs'\nawait main(() => void writeNotices())"
  writeFileSync(join(folder, 'write.mjs'), script)
  const ran = spawnSync(process.execPath, ['write.mjs'], { cwd: folder, encoding: 'utf8' })
  expect([ran.status, ran.stderr]).toEqual([
    1,
    'The bundle desktop-main is not built: run `npm run build` first.\n',
  ])
})

test.skipIf(!existsSync(join(root, 'out/notices/renderer.json')))(
  'every package that the bundles hold is named with its licence',
  async () => {
    const { writeNotices } = (await import(
      new URL('../../build/notices.mjs', import.meta.url).href
    )) as {
      writeNotices(): readonly {
        readonly name: string
        readonly version: string
        readonly folder: string
      }[]
    }
    const packages = writeNotices()
    const text = readFileSync(join(root, 'out/THIRD-PARTY-NOTICES.txt'), 'utf8')
    for (const { name, version } of packages) expect(text).toContain(`\n${name} ${version} (`)
    // Each of these is in the bundle that loads it, and only there.
    const names = packages.map(({ name }) => name)
    for (const name of [
      'react',
      'zod',
      'node-forge',
      'hash-wasm',
      'fast-xml-parser',
      '@alicloud/kms20160120',
    ])
      expect(names).toContain(name)
    for (const name of ['electron', 'vite', 'playwright', 'commander'])
      expect(names).not.toContain(name)
  },
)
