// Draws build/icons/logo.svg in Chromium at every size the three systems want: `node
// build/icons.mjs`. Its results are committed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { chromium } from 'playwright'

const at = (/** @type {string} */ name) => new URL(`icons/${name}`, import.meta.url)
const logo = readFileSync(at('logo.svg'), 'utf8')

/**
 * @param {import('playwright').Page} page
 * @param {number} size pixels
 * @returns {Promise<Buffer>} PNG
 */
async function draw(page, size) {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(
    `<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${logo}`,
  )
  return page.screenshot({ omitBackground: true })
}

/**
 * Windows: a directory of PNG pictures. Sizes are one byte, 0 for 256.
 * @param {readonly [number, Buffer][]} pictures
 */
function ico(pictures) {
  const head = Buffer.alloc(6 + 16 * pictures.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(pictures.length, 4)
  let offset = head.length
  pictures.forEach(([size, png], index) => {
    const entry = 6 + 16 * index
    head.writeUInt8(size % 256, entry)
    head.writeUInt8(size % 256, entry + 1)
    head.writeUInt16LE(1, entry + 4)
    head.writeUInt16LE(32, entry + 6)
    head.writeUInt32LE(png.length, entry + 8)
    head.writeUInt32LE(offset, entry + 12)
    offset += png.length
  })
  return Buffer.concat([head, ...pictures.map(([, png]) => png)])
}

/**
 * macOS: four letters and a length before each PNG picture.
 * @param {readonly [string, Buffer][]} pictures
 */
function icns(pictures) {
  const blocks = pictures.map(([type, png]) => {
    const head = Buffer.from(`${type}0000`, 'latin1')
    head.writeUInt32BE(png.length + 8, 4)
    return Buffer.concat([head, png])
  })
  const head = Buffer.from('icns0000', 'latin1')
  head.writeUInt32BE(
    blocks.reduce((sum, block) => sum + block.length, 8),
    4,
  )
  return Buffer.concat([head, ...blocks])
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
})
const page = await browser.newPage()
const drawn = new Map()
for (const size of [16, 24, 32, 48, 64, 128, 256, 512, 1024])
  drawn.set(size, await draw(page, size))
await browser.close()

mkdirSync(at('linux'), { recursive: true })
for (const size of [16, 32, 48, 64, 128, 256, 512])
  writeFileSync(at(`linux/${size}x${size}.png`), drawn.get(size))
writeFileSync(at('icon.png'), drawn.get(1024))
writeFileSync(
  at('icon.ico'),
  ico([16, 24, 32, 48, 64, 128, 256].map((size) => [size, drawn.get(size)])),
)
const MAC = /** @type {const} */ ([
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
])
writeFileSync(at('icon.icns'), icns(MAC.map(([type, size]) => [type, drawn.get(size)])))
