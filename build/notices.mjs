// The licences of other people's code in the bundles: collected while they are built, and written
// into one file that is shipped.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { inRoot, Told } from './tools.mjs'

/**
 * @typedef {{
 *   name: string, version: string, license: string, author: string, folder: string
 * }} Package `folder`: below the repository
 */

/** The bundles that the desktop app consists of, as `collectPackages` names them. */
const SHIPPED = ['desktop-main', 'core-part-worker', 'core-index-worker', 'preload', 'renderer']
/** Packed beside the bundles, as files. */
const UNBUNDLED = [
  'node_modules/keytar',
  'node_modules/libsql',
  'node_modules/@neon-rs/load',
  'node_modules/libsql/node_modules/detect-libc',
]
/** Installed for the build, and holding the text of a licence that some packages only name. */
const STANDARD = ['node_modules/typescript']
const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i

/** @param {string} bundle */
const listOf = (bundle) => inRoot('out', 'notices', `${bundle}.json`)

/**
 * The package that a module belongs to; null for our own.
 * @param {string} id
 * @returns {string | null} its folder
 */
function folderOf(id) {
  const path = id.replace(/^\0+/, '').replace(/\?.*$/, '').replaceAll('\\', '/')
  const found = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)
  return found?.[1] ?? null
}

/**
 * A plugin that notes which packages a bundle really holds: what the bundler dropped is not among
 * them.
 * @param {string} bundle @returns {import('vite').Plugin}
 */
export function collectPackages(bundle) {
  return {
    name: 'collect-packages',
    generateBundle(_options, output) {
      const chunks = Object.values(output).flatMap((one) => (one.type === 'chunk' ? [one] : []))
      const ids = chunks.flatMap(({ modules }) =>
        Object.entries(modules)
          .filter(([, { renderedLength }]) => renderedLength > 0)
          .map(([id]) => id),
      )
      const folders = [...new Set(ids.map(folderOf))].filter((folder) => folder !== null)
      mkdirSync(inRoot('out', 'notices'), { recursive: true })
      writeFileSync(
        listOf(bundle),
        JSON.stringify(folders.map((folder) => folder.slice(inRoot().length + 1)).sort()),
      )
    },
  }
}

/** @param {string} folder @returns {Package} */
function packageOf(folder) {
  const { name, version, license, author } = JSON.parse(
    readFileSync(inRoot(folder, 'package.json'), 'utf8'),
  )
  const named = String(license?.type ?? license ?? '').replace(
    /^Apache License 2\.0$/,
    'Apache-2.0',
  )
  return { name, version, license: named, author: author?.name ?? author ?? '', folder }
}

/**
 * Returns the licence text in a package's own folder, or '' without one.
 * @param {Package} one
 * @returns {string}
 */
function ownText({ folder }) {
  const names = readdirSync(inRoot(folder))
    .filter((name) => LICENSE_FILE.test(name))
    .sort()
  return names.map((name) => readFileSync(inRoot(folder, name), 'utf8').trim()).join('\n\n')
}

/**
 * Returns the licence text to ship. For a package that only names its licence, it is the text of
 * another package under the same licence. Throws Told when no package has the text.
 * @param {Package} one
 * @param {readonly Package[]} others
 * @returns {string}
 */
function licenseText(one, others) {
  const own = ownText(one)
  if (own !== '') return own
  const other = others.find((another) => another.license === one.license && ownText(another) !== '')
  if (other === undefined)
    throw new Told(
      `No text of the licence of ${one.name} (${one.license}) is installed, so it cannot be shipped.`,
    )
  return `${one.author === '' ? '' : `By ${one.author}. `}The package names its licence and holds no text of it. This is the text that ${other.name} holds:\n\n${ownText(other)}`
}

/**
 * Writes out/THIRD-PARTY-NOTICES.txt out of what the bundles hold. Throws Told when a bundle was
 * not built.
 * @returns {readonly Package[]} by name
 */
export function writeNotices() {
  const missing = SHIPPED.find((bundle) => !existsSync(listOf(bundle)))
  if (missing !== undefined)
    throw new Told(`The bundle ${missing} is not built: run \`npm run build\` first.`)
  const folders = new Set(
    SHIPPED.flatMap(
      (bundle) => /** @type {string[]} */ (JSON.parse(readFileSync(listOf(bundle), 'utf8'))),
    ),
  )
  for (const folder of UNBUNDLED)
    if (existsSync(inRoot(folder, 'package.json'))) folders.add(folder)
  const packages = [...folders]
    .map(packageOf)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1))
  const others = [...packages, ...STANDARD.map(packageOf)]
  const head = `Cipherbucket holds code of these packages. Electron's own notices lie in LICENSES.chromium.html beside this file.\n`
  const parts = packages.map(
    (one) =>
      `${'='.repeat(78)}\n${one.name} ${one.version} (${one.license})\n\n${licenseText(one, others)}\n`,
  )
  writeFileSync(inRoot('out', 'THIRD-PARTY-NOTICES.txt'), [head, ...parts].join('\n'))
  return packages
}
