import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { environment, shells } from './apps.ts'
import { readNetLog } from './net-log.ts'
import { call, settled, upload } from './page-calls.ts'

/**
 * The app as it is packed, in the real Electron. Nothing can be attached to it, so it is seen from
 * outside.
 */

const program = process.env['CIPHERBUCKET_PACKAGED']
const real = shells.find((shell) => shell.real)

if (real !== undefined && program !== undefined) {
  let folder: string
  const running = new Set<ChildProcess>()
  test.beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'packaged-'))))
  test.afterEach(async () => {
    for (const child of running) child.kill('SIGKILL')
    running.clear()
    await rm(folder, { recursive: true, force: true })
  })

  interface Packaged {
    readonly child: ChildProcess
    readonly ended: Promise<number | null>
    said(): string
  }
  function begin(data: string, switches: readonly string[] = []): Packaged {
    const child = spawn(program ?? '', [...switches], {
      env: environment(data),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.add(child)
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
    return {
      child,
      ended: new Promise((resolve) => child.once('exit', (code) => resolve(code))),
      said: () => said,
    }
  }

  for (const name of [
    'remote-debugging-port=0',
    'remote-debugging-port=9222',
    'remote-debugging-pipe',
    'remote-allow-origins=*',
  ]) {
    test(`does not start with --${name}, and says why`, async () => {
      const { ended, said } = begin(join(folder, 'data'), [`--${name}`])
      expect(await ended).toBe(1)
      expect(said()).toContain(`does not start with --${name.split('=')[0]}`)
      expect(said()).not.toContain('DevTools listening')
      // It did not get as far as opening its data.
      expect(await readdir(join(folder, 'data')).catch(() => [])).not.toContain('practice')
    })
  }

  test('goes on with an upload by the worker inside its archive, asks no network, and ends', async () => {
    const data = join(folder, 'data')
    const content = Buffer.alloc(12 * 1024 * 1024, 'from inside the archive. ')
    await writeFile(join(folder, 'large.bin'), content)
    const first = await real.start(data)
    await call(first.page, 'settings.update', {
      speedLimit: 512 * 1024,
      multipartFrom: 1024 * 1024,
    })
    const id = await upload(first, join(folder, 'large.bin'), '', 1024 * 1024)
    await settled(first.page, id, /^running$/)
    await first.evaluate(({ dialog }) => {
      dialog.showMessageBox = () => Promise.resolve({ response: 1, checkboxChecked: false })
    }, null)
    expect(await first.quit()).toBe(0)
    const settings = join(data, 'state/settings.json')
    const stored = JSON.parse(await readFile(settings, 'utf8')) as Record<string, unknown>
    await writeFile(settings, JSON.stringify({ ...stored, speedLimit: 0 }))

    const log = join(folder, 'net.json')
    const { child, ended } = begin(data, [`--log-net-log=${log}`])
    // Only the app's own journal tells what it sends, and the end of a transfer is a line there.
    const notes = () => readFile(join(data, 'queue/journal.jsonl'), 'utf8')
    await expect.poll(async () => (await notes()).includes('"t":"done"')).toBe(true)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(await readNetLog(log)).toMatchObject({ addresses: [], hosts: [] })

    const last = await real.start(data)
    expect(await settled(last.page, id)).toMatchObject({
      phase: 'done',
      total: content.length,
      outcome: { encrypted: true },
    })
    expect(await last.quit()).toBe(0)
  })
}
