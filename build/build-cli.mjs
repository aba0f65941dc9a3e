// Builds the bundles that run-cli.mjs needs. It is a process of its own, so that no build tool
// stays in memory.
import { ensureBundles } from './freshness.mjs'
import { ensurePackages } from './packages.mjs'
import { main } from './tools.mjs'

await main(async () => {
  await ensurePackages({ quiet: true })
  await ensureBundles(['cli', 'core/part-worker', 'core/index-worker'])
})
