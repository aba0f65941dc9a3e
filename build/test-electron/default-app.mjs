// Does the part of Electron's own `default_app` that the tests need: `electron [-r MODULE] FOLDER`,
// and `electron --version`. The tests' Electron comes without a default app.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { app } from 'electron'

const args = process.argv.slice(1)
if (args.includes('--version')) {
  process.stdout.write(`v${process.versions.electron}\n`)
  process.exit(0)
}
const preloaded = /** @type {string[]} */ ([])
let folder = ''
while (args.length > 0 && folder === '') {
  const arg = args.shift() ?? ''
  if (arg === '-r') preloaded.push(args.shift() ?? '')
  else if (!arg.startsWith('-')) folder = resolve(arg)
}
if (folder === '') {
  process.stderr.write('electron: no app is named\n')
  process.exit(1)
}
const require = createRequire(join(folder, 'package.json'))
for (const file of preloaded) require(file)
const { version, productName, main } = JSON.parse(
  readFileSync(join(folder, 'package.json'), 'utf8'),
)
Object.assign(process, { defaultApp: true })
// Electron has these for its own `default_app`; its types do not name them.
const setters =
  /** @type {{ setVersion(version: string): void, setAppPath(path: string): void }} */ (
    /** @type {unknown} */ (app)
  )
setters.setVersion(version)
setters.setAppPath(folder)
app.name = productName
await import(pathToFileURL(join(folder, main)).href)
