import { execFile, spawnSync } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** A real gnome-keyring, each time on a session bus and in a home of its own. */
const root = new URL('../..', import.meta.url).pathname
const bundled = join(root, 'out', 'test', 'keychain-child.mjs')
const run = promisify(execFile)
const has = (program: string) => spawnSync('which', [program]).status === 0
const missing = ['dbus-run-session', 'gnome-keyring-daemon'].filter(
  (program) => process.platform !== 'linux' || !has(program),
)
if (missing.length > 0)
  console.warn(
    `SKIPPED: the real keychain is not tested here, for want of ${missing.join(' and ')}`,
  )

let place = ''
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'cipherbucket-keychain-'))
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['keytar'] },
    build: {
      ssr: true,
      target: 'node20',
      outDir: 'out/test',
      emptyOutDir: false,
      minify: false,
      rolldownOptions: {
        input: { 'keychain-child': 'test/ports/keychain-child.ts' },
        external: ['keytar'],
        output: { entryFileNames: '[name].mjs', codeSplitting: false },
      },
    },
  })
})
afterAll(() => rm(place, { recursive: true, force: true }))

/** Unlocks the keyring, or makes it on the first run, and then becomes the given command. */
const UNLOCKED = `printf '%s' "$KEYRING_PASSWORD" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
for i in 1 2 3 4 5 6 7 8 9 10; do dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
  org.freedesktop.DBus.Peer.Ping >/dev/null 2>&1 && break; sleep 0.1; done
exec "$@"`
/** A bus that knows no services and therefore starts none. */
const BARE_BUS = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`

type Bus = 'unlocked' | 'never unlocked' | 'no keyring' | 'no bus'
interface Setting {
  readonly home: string
  readonly data: string
  readonly bus: Bus
  readonly password?: string
  readonly script?: string
}

async function inSession(
  { home, data, bus, password = 'login', script = bundled }: Setting,
  steps: readonly (readonly string[])[],
): Promise<readonly unknown[]> {
  const [homeFolder, runtime] = [join(place, home), await mkdtemp(join(place, 'run-'))]
  await mkdir(homeFolder, { recursive: true, mode: 0o700 })
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: homeFolder,
    XDG_RUNTIME_DIR: runtime,
    KEYRING_PASSWORD: password,
    LANG: 'C.UTF-8',
  }
  const child = [process.execPath, script, join(place, data), JSON.stringify(steps)]
  const bare = join(place, 'bare.conf')
  await writeFile(bare, BARE_BUS)
  const command = {
    unlocked: ['dbus-run-session', '--', 'bash', '-c', UNLOCKED, '_', ...child],
    'never unlocked': ['dbus-run-session', '--', ...child],
    'no keyring': ['dbus-run-session', `--config-file=${bare}`, '--', ...child],
    'no bus': child,
  }[bus]
  const [program = '', ...args] = command
  const { stdout } = await run(program, args, { env, timeout: 60_000 })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as readonly unknown[]
}

const done = { ok: true, value: null }

describe.skipIf(missing.length > 0)('gnome-keyring', { timeout: 180_000 }, () => {
  test('works: keeps values and keys across restarts of everything', async () => {
    const setting: Setting = { home: 'works', data: 'works-data', bus: 'unlocked' }
    const value = '{"accessKeySecret":"s3cr3t 汉字","securityToken":null}'
    expect(
      await inSession(setting, [
        ['keytar'],
        ['status'],
        ['set', 'profile:1', value],
        ['set', 'empty', ''],
        ['get', 'profile:1'],
      ]),
    ).toEqual([
      true,
      expect.objectContaining({ place: 'keychain', state: 'working', lost: [] }),
      done,
      done,
      { ok: true, value },
    ])
    const [got, empty, never, made] = await inSession(setting, [
      ['get', 'profile:1'],
      ['get', 'empty'],
      ['get', 'profile:2'],
      ['generate', 'Main'],
    ])
    expect([got, empty, never]).toEqual([{ ok: true, value }, { ok: true, value: '' }, done])
    expect(made).toMatchObject({ ok: true, value: { name: 'Main', unavailable: null } })
    expect(await inSession(setting, [['keys'], ['forWriting'], ['check']])).toEqual([
      [expect.objectContaining({ name: 'Main', unavailable: null, proven: expect.any(String) })],
      'may encrypt',
      expect.objectContaining({ state: 'working', lost: [] }),
    ])
  })

  test('locked (opened with the wrong password): reported, nothing new stored, all there afterwards', async () => {
    const setting: Setting = {
      home: 'locked',
      data: 'locked-data',
      bus: 'unlocked',
      password: 'right',
    }
    expect(
      await inSession(setting, [
        ['set', 'profile:1', 'precious'],
        ['generate', 'Main'],
      ]),
    ).toMatchObject([done, { ok: true }])
    const locked = { ok: false, error: { code: 'keychain-locked' } }
    expect(
      await inSession({ ...setting, password: 'wrong' }, [
        ['status'],
        ['get', 'profile:1'],
        ['set', 'profile:1', 'new'],
        ['set', 'profile:2', 'x'],
        ['generate', 'Second'],
        ['keys'],
        ['forWriting'],
        ['unlock', 'passphrase'],
        ['check'],
      ]),
    ).toEqual([
      expect.objectContaining({ place: 'keychain', state: 'locked', lost: [] }),
      locked,
      locked,
      locked,
      locked,
      [expect.objectContaining({ name: 'Main', unavailable: 'keychain-locked' })],
      locked.error,
      locked,
      expect.objectContaining({ place: 'keychain', state: 'locked', lost: [] }),
    ])
    expect(
      await inSession(setting, [['get', 'profile:1'], ['get', 'profile:2'], ['keys']]),
    ).toEqual([
      { ok: true, value: 'precious' },
      done,
      [expect.objectContaining({ name: 'Main', unavailable: null })],
    ])
  })

  test('wiped after storing: lost, by name, and never replaced', async () => {
    const data = 'wiped-data'
    expect(
      await inSession({ home: 'wiped-1', data, bus: 'unlocked' }, [
        ['set', 'profile:1', 'precious'],
        ['generate', 'Main'],
      ]),
    ).toMatchObject([done, { ok: true }])
    // A new home has a new, empty keyring that works.
    const lost = { code: 'secret-lost', name: 'profile:1' }
    const [status, got, keys, writing] = await inSession(
      { home: 'wiped-2', data, bus: 'unlocked' },
      [['status'], ['get', 'profile:1'], ['keys'], ['forWriting']],
    )
    expect(status).toMatchObject({
      place: 'keychain',
      state: 'working',
      lost: expect.arrayContaining(['profile:1', expect.stringMatching(/^key:/)]),
    })
    expect([got, keys, writing]).toEqual([
      { ok: false, error: lost },
      [expect.objectContaining({ name: 'Main', unavailable: 'secret-lost' })],
      { code: 'secret-lost', name: 'Main' },
    ])
    // The old keyring comes back: everything is there.
    expect(
      await inSession({ home: 'wiped-1', data, bus: 'unlocked' }, [
        ['get', 'profile:1'],
        ['keys'],
        ['forWriting'],
      ]),
    ).toEqual([
      { ok: true, value: 'precious' },
      [expect.objectContaining({ name: 'Main', unavailable: null })],
      'may encrypt',
    ])
  })

  test.each(['no keyring', 'no bus'] as const)(
    '%s: keychain-missing for what is there, the passphrase file for a first start',
    async (bus) => {
      const data = `data-${bus.replace(' ', '-')}`
      expect(
        await inSession({ home: `${data}-home`, data, bus: 'unlocked' }, [
          ['set', 'profile:1', 'precious'],
        ]),
      ).toEqual([done])
      const gone = { ok: false, error: { code: 'keychain-missing' } }
      expect(
        await inSession({ home: `${data}-home`, data, bus }, [
          ['status'],
          ['get', 'profile:1'],
          ['set', 'profile:2', 'x'],
          ['unlock', 'passphrase'],
        ]),
      ).toEqual([
        expect.objectContaining({ place: 'keychain', state: 'missing', lost: [] }),
        gone,
        gone,
        gone,
      ])
      const first: Setting = { home: `${data}-home`, data: `${data}-new`, bus }
      expect(
        await inSession(first, [
          ['status'],
          ['set', 'profile:1', 'x'],
          ['unlock', 'passphrase'],
          ['set', 'profile:1', 'precious'],
          ['generate', 'Main'],
        ]),
      ).toMatchObject([
        { place: 'passphrase-file', state: 'passphrase-needed', exists: false },
        { ok: false, error: { code: 'passphrase-needed', exists: false } },
        { ok: true, value: { place: 'passphrase-file', state: 'working', exists: true } },
        done,
        { ok: true },
      ])
      // A keychain that turns up later changes nothing.
      expect(
        await inSession({ ...first, bus: 'unlocked' }, [
          ['status'],
          ['get', 'profile:1'],
          ['keys'],
          ['unlock', 'wrong'],
          ['unlock', 'passphrase'],
          ['get', 'profile:1'],
          ['keys'],
        ]),
      ).toMatchObject([
        { place: 'passphrase-file', state: 'passphrase-needed', exists: true },
        { ok: false, error: { code: 'passphrase-needed', exists: true } },
        [{ name: 'Main', unavailable: 'passphrase-needed' }],
        { ok: false, error: { code: 'wrong-passphrase' } },
        { ok: true },
        { ok: true, value: 'precious' },
        [{ name: 'Main', unavailable: null }],
      ])
    },
  )

  test('a keyring that was never unlocked on this bus', async () => {
    const [status, got] = await inSession(
      { home: 'never', data: 'never-data', bus: 'never unlocked' },
      [['status'], ['set', 'profile:1', 'x']],
    )
    expect(status).toMatchObject({ place: 'keychain', state: 'locked' })
    expect(got).toEqual({ ok: false, error: { code: 'keychain-locked' } })
  })

  test('keytar is not installed', async () => {
    const data = 'absent-data'
    expect(
      await inSession({ home: 'absent', data, bus: 'unlocked' }, [
        ['set', 'profile:1', 'precious'],
      ]),
    ).toEqual([done])
    const script = join(place, 'keychain-child.mjs')
    await copyFile(bundled, script)
    expect(
      await inSession({ home: 'absent', data, bus: 'unlocked', script }, [
        ['keytar'],
        ['status'],
        ['get', 'profile:1'],
      ]),
    ).toEqual([
      false,
      expect.objectContaining({ place: 'keychain', state: 'missing' }),
      { ok: false, error: { code: 'keychain-missing' } },
    ])
    expect(
      await inSession({ home: 'absent', data: 'absent-new', bus: 'unlocked', script }, [
        ['status'],
      ]),
    ).toMatchObject([{ place: 'passphrase-file', state: 'passphrase-needed', exists: false }])
  })
})
