import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { wav } from '../tools/look-samples.ts'
import { shells, type DesktopApp } from './apps.ts'
import { answerDialogs, call, settled, upload } from './page-calls.ts'

/** Quick look in the desktop app: content under the scheme of the page, by range. */

const at = { profileId: 'practice', bucket: 'practice-bucket' }
/** Larger than content that is read whole. */
const SOUND = wav(1500)

for (const { name, start } of shells) {
  test.describe(name, () => {
    let folder: string
    let app: DesktopApp
    let page: Page
    test.beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'desktop-look-'))
      await writeFile(join(folder, 'sound.wav'), SOUND)
      app = await start(join(folder, 'data'))
      page = app.page
      await answerDialogs(app, [join(folder, 'sound.wav')])
      const id = await upload(app, join(folder, 'sound.wav'), '')
      expect((await settled(page, id)).phase).toBe('done')
    })
    test.afterAll(async () => {
      expect(await app.quit()).toBe(0)
      await rm(folder, { recursive: true, force: true })
    })
    const open = (key: string) =>
      call<{ readonly id: string; readonly size: number }>(page, 'preview.open', {
        ...at,
        key,
        keyId: null,
        wholeUpTo: 10_000_000,
      })

    test('content comes by range, and nobody else names it', async () => {
      const { id, size } = await open('sound.wav')
      expect(size).toBe(SOUND.length)
      const ask = (range: string | null) =>
        page.evaluate(
          async ([id, range]) => {
            const answer = await fetch(
              `/preview/${id}`,
              range === null ? {} : { headers: { range } },
            )
            const bytes = new Uint8Array(await answer.arrayBuffer())
            return {
              status: answer.status,
              range: answer.headers.get('content-range'),
              length: bytes.length,
              first: Array.from(bytes.subarray(0, 4)),
            }
          },
          [id, range] as const,
        )
      expect(await ask('bytes=0-3')).toEqual({
        status: 206,
        range: `bytes 0-3/${size}`,
        length: 4,
        first: Array.from(SOUND.subarray(0, 4)),
      })
      expect(await ask('bytes=11000000-')).toMatchObject({
        status: 206,
        length: size - 11_000_000,
      })
      expect(await ask(`bytes=${size}-`)).toMatchObject({ status: 416, length: 0 })
      expect(await ask(null)).toMatchObject({ status: 200, length: size })
      await call(page, 'preview.close', { id })
      expect(await ask('bytes=0-3')).toMatchObject({ status: 404 })
    })

    test('Space shows a picture and plays sound from its end, and the policy refuses nothing', async () => {
      const problems: string[] = []
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
      await page.reload()
      const list = page.getByRole('grid', { name: 'Objects in practice-bucket' })
      const look = page.getByRole('dialog', { name: /^Quick look/ })
      await list.getByText('harbour-at-dawn.svg').click()
      await list.focus()
      await page.keyboard.press('Space')
      await expect(look).toContainText('×')
      await page.keyboard.press('Escape')
      await list.getByText('sound.wav').click()
      await page.keyboard.press('Space')
      await expect(look).toContainText('/ 25:00')
      await look.getByRole('slider', { name: 'Position' }).focus()
      await page.keyboard.press('End')
      await page.keyboard.press('ArrowLeft')
      await expect(look).toContainText('24:55 / 25:00')
      expect(problems).toEqual([])
    })
  })
}
