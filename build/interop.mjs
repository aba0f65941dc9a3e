// `npm run test:interop`: the matrix of test/interop against the live SDKs. Builds what it needs,
// then runs it.
import { bundle } from './bundle.mjs'
import { ensureBundles } from './freshness.mjs'
import { inRoot, root, run } from './tools.mjs'

/**
 * @param {readonly string[]} options `--only NAME`, `--record`, `--readme`
 * @returns {Promise<number>} exit code
 */
export async function interop(options) {
  await ensureBundles(['core/part-worker', 'core/index-worker', 'cli'])
  await bundle(['interop'])
  return run(process.execPath, [inRoot('out', 'interop.mjs'), root, ...options])
}
