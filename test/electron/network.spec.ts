import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import type * as Electron from 'electron'
import { shells } from './apps.ts'
import { readNetLog } from './net-log.ts'
import { download, settled, upload } from './page-calls.ts'

/**
 * Chromium requests nothing of any network, by its own log of whole sessions. The core's requests
 * go through Node and are not in that log.
 */

const real = shells.find((shell) => shell.real)
if (real !== undefined) {
  let folder: string
  test.beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'network-'))))
  test.afterEach(() => rm(folder, { recursive: true, force: true }))

  test('start, upload, download and quit, twice', async () => {
    await writeFile(join(folder, 'letter.txt'), 'a letter')
    for (const turn of ['first', 'second']) {
      const log = join(folder, `${turn}.json`)
      const app = await real.start(join(folder, 'data'), [`--log-net-log=${log}`])
      expect(
        await settled(app.page, await upload(app, join(folder, 'letter.txt'), `${turn}/`)),
      ).toMatchObject({ phase: 'done', outcome: { encrypted: true } })
      expect(
        (await settled(app.page, await download(app, `${turn}/letter.txt`, folder, turn))).phase,
      ).toBe('done')
      expect(await readFile(join(folder, turn), 'utf8')).toBe('a letter')
      expect(await app.quit()).toBe(0)
      const asked = await readNetLog(log)
      expect(asked).toMatchObject({ addresses: [], hosts: [] })
      // Chromium did write into it.
      expect(asked.events).toBeGreaterThan(0)
    }
  })

  test('a request that came through every other gate finds no host', async () => {
    const log = join(folder, 'log.json')
    const app = await real.start(join(folder, 'data'), [`--log-net-log=${log}`])
    const answers = await app.evaluate(
      async (modules, hosts) => {
        const { net, session } = modules as unknown as typeof Electron
        // As if the first fence were not there.
        session.defaultSession.webRequest.onBeforeRequest(null)
        return Promise.all(
          hosts.map((host) =>
            net.fetch(`http://${host}/`).then(
              () => 'reached',
              (cause: unknown) => String(cause),
            ),
          ),
        )
      },
      ['localhost:8080', '127.0.0.1:8080', 'cipherbucket.example'],
    )
    for (const answer of answers) expect(answer).toContain('ERR_NAME_NOT_RESOLVED')
    expect(await app.quit()).toBe(0)
    // That is how the log would tell.
    expect((await readNetLog(log)).addresses).toContain('http://cipherbucket.example/')
  })
}
