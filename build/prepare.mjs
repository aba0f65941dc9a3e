// Makes a fresh clone ready: `node build/prepare.mjs [--deps] [--tests]`. Says nothing when nothing
// is missing.
import { ensurePackages } from './packages.mjs'
import { ensureTestPackages } from './system-packages.mjs'
import { main } from './tools.mjs'

await main(async () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    process.stderr.write(`Node ${process.versions.node} is older than 20.19, which this needs.\n`)
  // Before the packages: keytar is built against what this brings.
  if (process.argv.includes('--tests')) ensureTestPackages()
  await ensurePackages()
})
