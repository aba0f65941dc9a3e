// What run-cli.mjs needs, made in a process of its own so that nothing of it stays in memory.
import { ensureBundles } from './freshness.mjs'
import { ensurePackages } from './packages.mjs'
import { main } from './tools.mjs'

await main(async () => {
  await ensurePackages({ quiet: true })
  await ensureBundles(['cli', 'core/part-worker'])
})
