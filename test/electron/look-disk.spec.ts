import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { bmp, GBK_TEXT, HEIC, pdf, wav } from '../tools/look-samples.ts'
import { MARK, markedFiles } from '../tools/marked.ts'
import { webm, type Frame } from '../tools/webm.ts'
import { shells, type DesktopApp } from './apps.ts'
import { answerDialogs, call, startUpload, type Exposed } from './page-calls.ts'

/**
 * Looks at a film, a folder of photos, a long PDF, texts and sound in the desktop app. Then all
 * bytes are searched that the app, its window and its temporary folder have on the disk.
 */

const SECONDS = 12
const FRAME_MS = 200
const PHOTOS = 12
const FILM = { width: 64, height: 48, frameMs: FRAME_MS, inCluster: 1000 / FRAME_MS }
/** The film is larger than content that is read whole, so that it is read by range. */
const PADDING = 1_100_000
/** Codes the film in the page. Four stripes, black or white, are the bits of the second. */
async function frames(page: Page): Promise<readonly Frame[]> {
  const coded = await page.evaluate(
    async ([seconds, { width, height, frameMs, inCluster }]) => {
      const found: string[] = []
      const encoder = new VideoEncoder({
        output(chunk) {
          const bytes = new Uint8Array(chunk.byteLength)
          chunk.copyTo(bytes)
          found.push(btoa(String.fromCharCode(...bytes)))
        },
        error(cause) {
          throw cause
        },
      })
      encoder.configure({ codec: 'vp8', width, height })
      const canvas = new OffscreenCanvas(width, height)
      const context = canvas.getContext('2d')
      for (let i = 0; i < seconds * inCluster; i++) {
        if (context === null) throw new Error('no canvas')
        for (let bit = 0; bit < 4; bit++) {
          context.fillStyle = ((Math.floor(i / inCluster) >> bit) & 1) === 1 ? 'white' : 'black'
          context.fillRect((bit * width) / 4, 0, width / 4, height)
        }
        const frame = new VideoFrame(canvas, { timestamp: i * frameMs * 1000 })
        encoder.encode(frame, { keyFrame: true })
        frame.close()
      }
      await encoder.flush()
      return found
    },
    [SECONDS, FILM] as const,
  )
  return coded.map((text) => Buffer.from(text, 'base64'))
}

/** The second that the picture of the film shows now. */
const shownSecond = (page: Page) =>
  page.evaluate(() => {
    const video = document.querySelector('video')
    const context = new OffscreenCanvas(4, 1).getContext('2d')
    if (video === null || context === null) return -1
    context.drawImage(video, 0, 0, 4, 1)
    const { data } = context.getImageData(0, 0, 4, 1)
    return [0, 1, 2, 3].reduce((sum, bit) => sum + ((data[bit * 4] ?? 0) > 128 ? 1 << bit : 0), 0)
  })

/** Uploads a folder through the page. Resolves when all of it is in the bucket. */
async function uploadFolder(app: DesktopApp, folder: string, count: number): Promise<void> {
  const { page } = app
  await answerDialogs(app, [folder])
  const grants = await page.evaluate(() =>
    (window as unknown as Exposed).cipherbucket.pickFolders(),
  )
  const place = { profileId: 'practice', bucket: 'practice-bucket' }
  await startUpload(page, grants ?? [], '')
  const listed = () =>
    call<{ readonly rows: readonly unknown[] }>(page, 'objects.list', {
      ...place,
      prefix: 'looked/',
      cursor: null,
    }).then(({ rows }) => rows.length)
  await expect.poll(listed).toBe(count)
}

const { TMPDIR } = process.env
test.afterEach(() => {
  if (TMPDIR === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = TMPDIR
})

// The double shows nothing that the real one does not, so it has a turn with SLOW=1 alone.
const asked = shells.filter(({ real }) => real || process.env['SLOW'] === '1')
for (const { name, start } of asked)
  test(`${name}: a film plays and seeks, photos are shown, and nothing of it is on the disk`, async () => {
    test.setTimeout(180_000)
    const folder = await mkdtemp(join(tmpdir(), 'look-disk-'))
    const [data, temporary, source] = ['data', 'tmp', 'looked'].map((one) => join(folder, one))
    if (data === undefined || temporary === undefined || source === undefined) throw new Error()
    for (const one of [temporary, source]) await mkdir(one)
    process.env['TMPDIR'] = temporary
    const app = await start(data)
    const { page } = app
    const files: Readonly<Record<string, Buffer>> = {
      ...Object.fromEntries(
        Array.from({ length: PHOTOS }, (_, i) => [
          `a-photo-${String(i).padStart(2, '0')}.bmp`,
          bmp(120 + i, 80, MARK),
        ]),
      ),
      'b-shot.heic': HEIC,
      'c-report.pdf': pdf(300, MARK),
      'd-film.webm': webm(await frames(page), { ...FILM, padding: PADDING }),
      'e-sound.wav': wav(60, MARK),
      'f-notes.txt': Buffer.concat([GBK_TEXT, Buffer.from(MARK)]),
    }
    for (const [one, bytes] of Object.entries(files)) await writeFile(join(source, one), bytes)
    await uploadFolder(app, source, Object.keys(files).length)
    await rm(source, { recursive: true })

    await page.evaluate(() => void (location.hash = '#/practice/practice-bucket/looked/'))
    const list = page.getByRole('grid', { name: 'Objects in looked' })
    const looked = page.getByRole('dialog', { name: /^Quick look/ })
    await list.getByText('a-photo-00.bmp').click()
    await list.focus()
    await page.keyboard.press('Space')
    for (let i = 0; i < PHOTOS; i++) {
      await expect(looked).toContainText(`${120 + i} × 80`)
      await page.keyboard.press('ArrowRight')
    }
    await expect(looked).toContainText('64 × 48')
    await page.keyboard.press('ArrowRight')
    await expect(looked).toContainText('300 pages')
    await page.keyboard.press('End')
    await expect(looked.locator('canvas[data-page="300"]')).toBeVisible()
    await page.keyboard.press('ArrowRight')

    await expect(looked).toContainText('0:00 / 0:12')
    await page.keyboard.press('k')
    await expect.poll(() => shownSecond(page)).toBeGreaterThan(0)
    await page.keyboard.press('k')
    await looked.getByRole('slider', { name: 'Position' }).focus()
    for (const [keys, second] of [
      [['Home', 'ArrowRight', 'ArrowRight'], 10],
      [['ArrowLeft'], 5],
      [['End'], 11],
      [['Home'], 0],
    ] as const) {
      for (const key of keys) await page.keyboard.press(key)
      await expect.poll(() => shownSecond(page)).toBe(second)
    }
    await looked.getByRole('button', { name: 'Next file' }).click()
    await expect(looked).toContainText('/ 1:00')
    await looked.getByRole('button', { name: 'Next file' }).click()
    await expect(looked).toContainText('会议纪要')
    await expect(looked).toContainText(MARK)
    await page.keyboard.press('Escape')

    const onDisk = async () => [await markedFiles(data), await markedFiles(temporary)]
    expect(await onDisk()).toEqual([[], []])
    // The search finds a copy that another program opens.
    await app.evaluate(({ shell }) => {
      shell.openPath = () => Promise.resolve('')
    }, null)
    const object = { profileId: 'practice', bucket: 'practice-bucket', key: 'looked/e-sound.wav' }
    await call(page, 'files.open', { ...object, keyIds: [] })
    await expect
      .poll(async () => (await onDisk()).flat())
      .toEqual([expect.stringMatching(/^opened.*e-sound\.wav$/)])
    expect(await app.quit()).toBe(0)
    expect(await onDisk()).toEqual([[], []])
    await rm(folder, { recursive: true, force: true })
  })
