// Builds every process of the app into out/: one Vite call per kind of entry. `node
// build/bundle.mjs [name…]`.
import { copyFileSync, existsSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { collectPackages } from './notices.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const builtins = [...builtinModules, ...builtinModules.map((name) => `node:${name}`)]

/** Native modules, and Electron. They load from their own files. */
const NATIVE = ['electron', 'keytar', 'libsql']

/**
 * Node entries: name in out/ → source. Everything is bundled but Node itself and {@link NATIVE}.
 */
const NODE_ENTRIES = {
  'core/part-worker': 'electron/core/worker/worker.ts',
  'core/index-worker': 'electron/core/index/index-worker.ts',
  loopback: 'electron/loopback/main.ts',
  cli: 'electron/cli/main.ts',
  'desktop/main': 'electron/desktop/main.ts',
}

/** Built only when asked for by name: no part of the app. */
const ON_REQUEST = {
  bench: 'test/bench/main.ts',
  interop: 'test/interop/main.ts',
  fuzz: 'test/fuzz/main.ts',
  victim: 'test/faults/victim-main.ts',
  'journal-victim': 'test/faults/journal-main.ts',
}

/**
 * @param {Record<string, string>} input name in out/ → source
 * @param {import('vite').Rolldown.OutputOptions} output
 * @param {string} bundle name for its list of packages
 */
function nodeBuild(input, output, bundle) {
  return build({
    root,
    configFile: false,
    logLevel: 'warn',
    plugins: [collectPackages(bundle)],
    ssr: { noExternal: true, external: NATIVE },
    build: {
      ssr: true,
      target: 'node20',
      outDir: 'out',
      emptyOutDir: false,
      minify: false,
      rolldownOptions: { input, external: [...NATIVE, ...builtins], output },
    },
  })
}

/** The preload runs in Electron's sandbox, which loads one CommonJS file. */
function preloadBuild() {
  return nodeBuild(
    { 'desktop/preload': 'electron/desktop/preload.ts' },
    { format: 'cjs', entryFileNames: '[name].cjs' },
    'preload',
  )
}

async function rendererBuild() {
  const { default: react } = await import('@vitejs/plugin-react')
  return build({
    root: `${root}/renderer`,
    base: './',
    configFile: false,
    logLevel: 'warn',
    plugins: [react(), collectPackages('renderer')],
    build: {
      outDir: '../out/renderer',
      emptyOutDir: true,
      target: 'chrome120',
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 2000,
      modulePreload: { polyfill: false },
    },
  })
}

/** Builds what is named, or the whole app.  @param {readonly string[]} [names] */
export async function bundle(names = []) {
  const wanted = (/** @type {string} */ name) => names.length === 0 || names.includes(name)
  // One at a time: each file stands alone, but for what it loads later.
  for (const [name, source] of Object.entries(
    names.length === 0 ? NODE_ENTRIES : { ...NODE_ENTRIES, ...ON_REQUEST },
  )) {
    if (!wanted(name) || !existsSync(`${root}/${source}`)) continue
    // Names without a hash: a new build replaces the old one, and nothing old is packed.
    const chunkFileNames = `chunks/${name.replace('/', '-')}-[name].mjs`
    await nodeBuild(
      { [name]: source },
      { format: 'es', entryFileNames: '[name].mjs', chunkFileNames },
      name.replace('/', '-'),
    )
  }
  // The window's own icon, where the system does not take the program's.
  if (wanted('desktop/main'))
    copyFileSync(`${root}/build/icons/linux/256x256.png`, `${root}/out/desktop/icon.png`)
  if (wanted('preload') && existsSync(`${root}/electron/desktop/preload.ts`)) await preloadBuild()
  if (wanted('renderer') && existsSync(`${root}/renderer/index.html`)) await rendererBuild()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(process.argv.slice(2))
