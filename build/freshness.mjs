// Finds bundles that are older than their sources, and builds only those, one process at a time.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { alone } from './alone.mjs'
import { inRoot } from './tools.mjs'

const CORE = ['shared', 'electron/core']

/** Bundle name → what it makes, and out of what. */
const BUNDLES = {
  'core/part-worker': { output: 'out/core/part-worker.mjs', sources: CORE },
  'core/index-worker': { output: 'out/core/index-worker.mjs', sources: CORE },
  cli: { output: 'out/cli.mjs', sources: [...CORE, 'electron/practice', 'electron/cli'] },
  loopback: {
    output: 'out/loopback.mjs',
    sources: [...CORE, 'electron/practice', 'electron/loopback'],
  },
  'desktop/main': {
    output: 'out/desktop/main.mjs',
    sources: [...CORE, 'electron/practice', 'electron/desktop'],
  },
  preload: { output: 'out/desktop/preload.cjs', sources: ['shared/contract', 'electron/desktop'] },
  renderer: { output: 'out/renderer/index.html', sources: ['shared', 'renderer'] },
}

/** No part of the app. */
const FOR_TESTS = {
  victim: { output: 'out/victim.mjs', sources: [...CORE, 'test/faults'] },
  'journal-victim': { output: 'out/journal-victim.mjs', sources: [...CORE, 'test/faults'] },
}

const ALL = { ...BUNDLES, ...FOR_TESTS }

/** @typedef {keyof typeof ALL} BundleName */

/** The bundles of the app. */
const bundleNames = /** @type {readonly BundleName[]} */ (Object.keys(BUNDLES))

/**
 * Newest change below a folder, in ms; folders count, so that a removed file shows. 0 when there is
 * no such folder.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const info = statSync(path, { throwIfNoEntry: false })
  if (info === undefined) return 0
  if (!info.isDirectory()) return info.mtimeMs
  return readdirSync(path, { withFileTypes: true }).reduce(
    (latest, entry) => Math.max(latest, newest(join(path, entry.name))),
    info.mtimeMs,
  )
}

/**
 * Those of `names` that must be built. One that has no sources here is as fresh as can be: an
 * installed copy has none.
 * @param {readonly BundleName[]} names @returns {BundleName[]}
 */
export function staleBundles(names) {
  const shared = Math.max(
    newest(inRoot('build', 'bundle.mjs')),
    newest(inRoot('package-lock.json')),
  )
  return names.filter((name) => {
    const { output, sources } = ALL[name]
    const own = sources.at(-1) ?? ''
    if (newest(inRoot(own)) === 0) return false
    const made = statSync(inRoot(output), { throwIfNoEntry: false })?.mtimeMs ?? 0
    return made === 0 || Math.max(shared, ...sources.map((source) => newest(inRoot(source)))) > made
  })
}

/**
 * Builds the stale ones of `names`. Two programs that start at once do not write over each other.
 * @param {readonly BundleName[]} [names]
 */
export async function ensureBundles(names = bundleNames) {
  if (staleBundles(names).length === 0) return
  const mode = process.env.NODE_ENV
  try {
    await alone(inRoot('out', '.bundling'), async () => {
      const stale = staleBundles(names)
      const { bundle } = await import('./bundle.mjs')
      if (stale.length > 0) await bundle(stale)
    })
  } finally {
    // The bundler sets it, and the tests that this process starts next are no production.
    if (mode === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = mode
  }
}
