import { execFile } from 'node:child_process'
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { extractFile, listPackage } from '@electron/asar'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { existsSync } from 'node:fs'

/**
 * Packs the app with electron-builder, and checks the content of the package. The Electron in it is
 * files of the right names, so that nothing is fetched. The bundles are files of the right names
 * too, since other tests run the real ones.
 */

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)
/** The engine of the index, and the packages that load it. */
const LIBSQL = ['node_modules/libsql', 'node_modules/@libsql', 'node_modules/@neon-rs/load']
const hasKeytar = existsSync(join(root, 'node_modules/keytar/build/Release/keytar.node'))

/**
 * The mark that @electron/fuses looks for in the program: a sentinel, the version 1 of the wire,
 * its length, and the fuses. Source: @electron/fuses.
 */
const FUSE_WIRE = Buffer.concat([
  Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
  Buffer.from([1, 8]),
  Buffer.from('01110001'),
])

let folder: string
let packed: string
let archive: string
let listed: readonly string[]

async function write(path: string, content: string | Buffer = 'x'): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, content)
}

/** An Electron for Linux without Electron in it. */
async function fakeElectron(at: string): Promise<void> {
  for (const name of [
    'version',
    'LICENSE',
    'LICENSES.chromium.html',
    'icudtl.dat',
    'libffmpeg.so',
    'resources.pak',
    'chrome-sandbox',
    'chrome_crashpad_handler',
  ]) {
    await write(join(at, name))
  }
  for (const language of ['en-US', 'zh-CN', 'de', 'fr'])
    await write(join(at, `locales/${language}.pak`))
  await write(join(at, 'electron'), Buffer.concat([Buffer.from('#!/bin/sh\n'), FUSE_WIRE]))
  await chmod(join(at, 'electron'), 0o755)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pack-'))
  for (const name of [
    'package.json',
    'electron-builder.yml',
    'build',
    ...(hasKeytar ? ['node_modules/keytar'] : []),
    ...LIBSQL,
  ])
    await cp(join(root, name), join(folder, name), { recursive: true })
  // Looked for where packages usually are; never packed.
  for (const name of ['electron', 'zod'])
    await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name)).catch(
      () => undefined,
    )
  for (const name of [
    'out/desktop/main.mjs',
    'out/desktop/preload.cjs',
    'out/desktop/icon.png',
    'out/renderer/index.html',
    'out/renderer/assets/a.js',
    'out/core/part-worker.mjs',
    'out/core/index-worker.mjs',
    'out/chunks/desktop-main-lib.mjs',
    // None of these belongs to the desktop app.
    'out/THIRD-PARTY-NOTICES.txt',
    'out/notices/renderer.json',
    'out/loopback.mjs',
    'out/cli.mjs',
    'out/chunks/cli-lib.mjs',
    'out/test/electron-double.mjs',
    'out/types/a.d.ts',
    'out/test-results/trace.zip',
    'test/a.test.ts',
    'electron/desktop/main.ts',
    'shared/a.ts',
    'renderer/app.tsx',
    '.ci/run',
    '.git/config',
    'README.md',
  ])
    await write(join(folder, name))
  await fakeElectron(join(folder, 'dist'))
  // Stands for the program that makes a deb of the packed folder. It writes down its arguments, and
  // leaves an empty package.
  await write(
    join(folder, 'bin/fpm'),
    `#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs'
const args = process.argv.slice(2)
const desktop = readFileSync(args.find((arg) => arg.endsWith('/cipherbucket.desktop')).split('=')[0], 'utf8')
writeFileSync(${JSON.stringify(join(folder, 'fpm.json'))}, JSON.stringify({ args, desktop }))
writeFileSync(args[args.indexOf('--package') + 1], '')
`,
  )
  await chmod(join(folder, 'bin/fpm'), 0o755)
  const { version } = createRequire(import.meta.url)('electron/package.json') as { version: string }
  await run(
    process.execPath,
    [
      join(root, 'node_modules/electron-builder/cli.js'),
      '--linux',
      'dir',
      'deb',
      `--${process.arch}`,
      '--publish',
      'never',
      '--projectDir',
      folder,
      '-c.electronDist=dist',
      `-c.electronVersion=${version}`,
    ],
    {
      env: {
        ...process.env,
        PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
        USE_SYSTEM_FPM: 'true',
        ELECTRON_BUILDER_CACHE: join(folder, 'cache'),
        CSC_IDENTITY_AUTO_DISCOVERY: 'false',
      },
    },
  )
  packed = join(
    folder,
    process.arch === 'x64' ? 'release/linux-unpacked' : `release/linux-${process.arch}-unpacked`,
  )
  archive = join(packed, 'resources/app.asar')
  listed = listPackage(archive, { isPack: false }).map((name) => name.replaceAll('\\', '/'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the packed app', () => {
  const files = (): readonly string[] =>
    listed.filter((name) => /\.\w+$/.test(name) && !name.endsWith('.node_modules'))

  it('holds the desktop app, and nothing of the other shells, the tests or the sources', () => {
    const own = files().filter((name) => !name.startsWith('/node_modules/'))
    expect([...own].sort()).toEqual([
      '/out/chunks/desktop-main-lib.mjs',
      '/out/core/index-worker.mjs',
      '/out/core/part-worker.mjs',
      '/out/desktop/icon.png',
      '/out/desktop/main.mjs',
      '/out/desktop/preload.cjs',
      '/out/renderer/assets/a.js',
      '/out/renderer/index.html',
      '/package.json',
    ])
  })

  it.skipIf(!hasKeytar)('holds of node_modules what keytar needs at run time', () => {
    const packages = files().filter((name) => name.startsWith('/node_modules/keytar/'))
    expect([...packages].sort()).toEqual([
      '/node_modules/keytar/LICENSE.md',
      '/node_modules/keytar/build/Release/keytar.node',
      '/node_modules/keytar/lib/keytar.js',
      '/node_modules/keytar/package.json',
    ])
  })

  it('holds of node_modules what the engine of the index needs, and its binary beside the archive', () => {
    const packages = files().filter((name) =>
      /^\/node_modules\/(@libsql|libsql|@neon-rs)\//.test(name),
    )
    for (const name of [
      '/node_modules/libsql/index.js',
      '/node_modules/libsql/package.json',
      '/node_modules/@neon-rs/load/dist/index.js',
      '/node_modules/libsql/node_modules/detect-libc/lib/detect-libc.js',
    ])
      expect(packages).toContain(name)
    expect(packages.filter((name) => name.includes('musl'))).toEqual([])
    const engine = join('node_modules/@libsql', `linux-${process.arch}-gnu`, 'index.node')
    expect(existsSync(join(packed, 'resources/app.asar.unpacked', engine))).toBe(true)
  })

  it('starts where package.json says, without its development part', () => {
    const manifest = JSON.parse(extractFile(archive, 'package.json').toString()) as Record<
      string,
      unknown
    >
    expect(manifest['main']).toBe('out/desktop/main.mjs')
    expect(listed).toContain(`/${String(manifest['main'])}`)
    for (const key of ['devDependencies', 'scripts']) expect(manifest).not.toHaveProperty(key)
  })

  it('keeps native code as a real file, and all programs of ours inside, where their integrity is checked', async () => {
    const outside = (
      await readdir(join(packed, 'resources/app.asar.unpacked'), {
        recursive: true,
        withFileTypes: true,
      }).catch(() => [])
    ).filter((entry) => entry.isFile())
    expect(outside.map(({ name }) => name)).toEqual(hasKeytar ? ['keytar.node'] : [])
    expect(await stat(join(packed, 'resources/app')).catch(() => null)).toBeNull()
  })

  it('speaks its two languages', async () => {
    expect(await stat(join(packed, 'locales/en-US.pak'))).toBeTruthy()
    expect(await stat(join(packed, 'locales/zh-CN.pak'))).toBeTruthy()
    expect(await stat(join(packed, 'locales/de.pak')).catch(() => null)).toBeNull()
  })

  it('brings the licences of what it holds', async () =>
    expect(await stat(join(packed, 'THIRD-PARTY-NOTICES.txt'))).toBeTruthy())

  it('becomes a deb that says whose it is, what it needs, and how its window is found', async () => {
    const { args, desktop } = JSON.parse(await readFile(join(folder, 'fpm.json'), 'utf8')) as {
      readonly args: readonly string[]
      readonly desktop: string
    }
    const after = (name: string) => args.flatMap((arg, i) => (arg === name ? [args[i + 1]] : []))
    const { homepage, author } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      homepage: string
      author: { name: string; email: string }
    }
    expect([after('--url'), after('--maintainer')]).toEqual([
      [homepage],
      [`${author.name} <${author.email}>`],
    ])
    expect(after('-d')).toEqual(
      expect.arrayContaining(['libasound2', 'libgbm1', 'libdrm2', 'libsecret-1-0']),
    )
    expect(desktop).toContain('StartupWMClass=cipherbucket\n')
  })

  const fuses: readonly (readonly [keyof typeof FuseV1Options, FuseState])[] = [
    ['RunAsNode', FuseState.DISABLE],
    ['EnableCookieEncryption', FuseState.ENABLE],
    ['EnableNodeOptionsEnvironmentVariable', FuseState.DISABLE],
    ['EnableNodeCliInspectArguments', FuseState.DISABLE],
    ['EnableEmbeddedAsarIntegrityValidation', FuseState.ENABLE],
    ['OnlyLoadAppFromAsar', FuseState.ENABLE],
    ['LoadBrowserProcessSpecificV8Snapshot', FuseState.DISABLE],
    ['GrantFileProtocolExtraPrivileges', FuseState.DISABLE],
  ]
  for (const [name, state] of fuses) {
    it(`has the fuse ${name} ${state === FuseState.ENABLE ? 'on' : 'off'}`, async () => {
      const wire = await getCurrentFuseWire(join(packed, 'cipherbucket'))
      expect(wire[FuseV1Options[name]]).toBe(state)
    })
  }

  it('has an icon for every system', async () => {
    const head = async (name: string, length: number) =>
      (await readFile(join(root, 'build/icons', name))).subarray(0, length)
    expect((await head('icon.ico', 4)).toString('hex')).toBe('00000100')
    expect((await head('icon.icns', 4)).toString()).toBe('icns')
    for (const size of [16, 32, 48, 64, 128, 256, 512]) {
      const png = await head(`linux/${size}x${size}.png`, 24)
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size])
    }
  })
})

describe('a native module of another architecture', () => {
  const bytes = (at: readonly (readonly [number, readonly number[]])[]): Buffer => {
    const buffer = Buffer.alloc(256)
    for (const [offset, values] of at) Buffer.from(values).copy(buffer, offset)
    return buffer
  }
  const pe = (low: number, high: number) =>
    bytes([
      [0, [0x4d, 0x5a]],
      [60, [0x80]],
      [0x80, [0x50, 0x45, 0, 0, low, high]],
    ])
  const rows: readonly (readonly [string, Buffer, string])[] = [
    [
      'ELF x64',
      bytes([
        [0, [0x7f, 0x45, 0x4c, 0x46]],
        [18, [0x3e, 0]],
      ]),
      'x64',
    ],
    [
      'ELF arm64',
      bytes([
        [0, [0x7f, 0x45, 0x4c, 0x46]],
        [18, [0xb7, 0]],
      ]),
      'arm64',
    ],
    [
      'ELF of another kind',
      bytes([
        [0, [0x7f, 0x45, 0x4c, 0x46]],
        [18, [0x28, 0]],
      ]),
      'unknown',
    ],
    ['Mach-O x64', bytes([[0, [0xcf, 0xfa, 0xed, 0xfe, 0x07, 0, 0, 0x01]]]), 'x64'],
    ['Mach-O arm64', bytes([[0, [0xcf, 0xfa, 0xed, 0xfe, 0x0c, 0, 0, 0x01]]]), 'arm64'],
    ['PE x64', pe(0x64, 0x86), 'x64'],
    ['PE arm64', pe(0x64, 0xaa), 'arm64'],
    ['PE cut short', pe(0x64, 0x86).subarray(0, 0x82), 'unknown'],
    ['nothing', Buffer.alloc(0), 'unknown'],
  ]
  interface AfterPack {
    architectureOf(bytes: Buffer): string
    afterPack(context: object): Promise<void>
  }
  const load = async (): Promise<AfterPack> =>
    (await import(new URL('../../build/after-pack.mjs', import.meta.url).href)) as AfterPack
  for (const [name, buffer, expected] of rows)
    it(`is recognised: ${name}`, async () =>
      expect((await load()).architectureOf(buffer)).toBe(expected))

  it('is refused, and told which computer to use', async () => {
    const context = await mkdtemp(join(tmpdir(), 'after-'))
    await write(
      join(context, 'resources/app.asar.unpacked/node_modules/keytar/build/Release/keytar.node'),
      rows[0]?.[1],
    )
    const packing = (arch: number) =>
      load().then((hook) =>
        hook.afterPack({
          appOutDir: context,
          arch,
          electronPlatformName: 'linux',
          packager: { appInfo: { productFilename: 'Cipherbucket' } },
        }),
      )
    await expect(packing(3)).rejects.toThrow('built for x64, the package is for arm64')
    await expect(packing(1)).resolves.toBeUndefined()
    await rm(context, { recursive: true })
  })
})
