import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startPractice } from '../../electron/practice/start.ts'
import { allCases } from './cases.ts'
import type { CellResult } from './cells.ts'
import { openCli } from './cli.ts'
import { startDriver } from './driver.ts'
import { unusedFailures } from './known.ts'
import { makeMasters } from './masters.ts'
import { runMatrix } from './matrix.ts'
import { openOurs } from './ours.ts'
import type { Peer } from './protocol.ts'
import { openRecorder } from './record.ts'
import { writeResults } from './results.ts'
import { openTlsFront } from './tls-front.ts'
import { cacheFolder, driverEnv, install, manifests, missing, type Manifest } from './toolchain.ts'
import { uploadCells } from './uploads.ts'
import { versionCells } from './versions.ts'

/**
 * `interop.mjs <root of the repository> [--only NAME,…] [--record] [--readme]`: installs the SDKs,
 * runs the matrix, writes its results. Exit code 1 when a cell failed that the table of known
 * failures does not explain, or, in CI, when a toolchain is missing.
 */
async function main(root: string, options: readonly string[]): Promise<number> {
  const only = options.flatMap((option, at) =>
    options[at - 1] === '--only' ? option.split(',') : [],
  )
  const began = Date.now()
  const cache = cacheFolder(process.env)
  const wanted = manifests(join(root, 'test', 'interop', 'drivers'), cache).filter(
    ({ name }) => only.length === 0 || only.includes(name),
  )
  const ready = await installed(wanted, cache)
  if (ready === null) return 1
  const installedAt = Date.now()

  const folder = mkdtempSync(join(tmpdir(), 'cb-interop-'))
  const practice = await startPractice({ directory: join(folder, 'practice') })
  const front = await openTlsFront(practice.kms.endpoint)
  const peers: Peer[] = []
  try {
    const ca = join(folder, 'ca.pem')
    writeFileSync(ca, front.ca)
    const { endpoint, region, bucket, accessKeyId, accessKeySecret } = practice
    const at = { endpoint, region, bucket, accessKeyId, accessKeySecret }
    const version = (
      JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    ).version
    const started = await Promise.allSettled(
      ready.map(({ name, run }) => {
        const home = join(folder, 'homes', name)
        mkdirSync(home, { recursive: true })
        return startDriver({ name, run, env: driverEnv(home, ca), cwd: home, at })
      }),
    )
    for (const one of started) if (one.status === 'fulfilled') peers.push(one.value)
    for (const one of started) if (one.status === 'rejected') throw one.reason
    const masters = makeMasters(practice, join(folder, 'keys'), front.endpoint, ca)
    const ours = await openOurs({
      practice,
      folder: join(folder, 'ours'),
      worker: pathToFileURL(join(root, 'out', 'core', 'part-worker.mjs')),
      version,
      exampleKey: join(root, 'test', 'interop', 'example-key.mjs'),
    })
    const cli = openCli({
      bundle: join(root, 'out', 'cli.mjs'),
      at,
      folder: join(folder, 'cli'),
      version,
    })
    const all = [ours, cli, ...peers]
    peers.push(ours)

    const recorder = options.includes('--record')
      ? openRecorder(practice, join(folder, 'practice'))
      : null
    const { cells } = await runMatrix(allCases(masters), all, folder, async (written) =>
      recorder?.take(written),
    )
    const thousand = join(folder, 'plain', '1000.bin')
    const more = await uploadCells(
      practice,
      ours,
      all.filter((peer) => peer !== ours && peer !== cli),
      masters,
      thousand,
    )
    const versions = await versionCells(peers.filter((peer) => peer !== ours))
    const results = [...cells, ...more, ...versions]
    tell(results, { install: installedAt - began, matrix: Date.now() - installedAt })
    const unused = ready.length < wanted.length || only.length > 0 ? [] : unusedFailures(results)
    for (const { reason } of unused)
      process.stdout.write(`FAILED  known.ts speaks of nothing that was tried: ${reason}\n`)
    if (only.length === 0 && ready.length === wanted.length)
      writeResults(
        root,
        results,
        all.map(({ hello }) => hello),
        options.includes('--readme'),
      )
    recorder?.save(join(root, 'test', 'vectors'))
    const failed = results.filter(({ state }) => state === 'failed').length + unused.length
    writeTotals(root, results.length, failed)
    return failed > 0 ? 1 : 0
  } finally {
    await Promise.all(peers.map((peer) => peer.close()))
    await front.close()
    await practice.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Drivers that could be installed; null when one that must be there could not. */
async function installed(
  wanted: readonly Manifest[],
  cache: string,
): Promise<readonly Manifest[] | null> {
  const ready: Manifest[] = []
  let complete = true
  for (const manifest of wanted) {
    const lacking = missing(manifest.needs, process.env)
    if (lacking.length === 0) ready.push(manifest)
    else
      process.stderr.write(
        `${manifest.name} ${process.env['CI'] === undefined ? 'is skipped' : 'failed'}: ${lacking.join(', ')} ${lacking.length === 1 ? 'is' : 'are'} not installed.\n`,
      )
    if (lacking.length > 0 && process.env['CI'] !== undefined) complete = false
  }
  if (!complete) return null
  // One after the other of each kind, for they may share a folder of the cache; the kinds together.
  const kinds = new Map<string, Manifest[]>()
  for (const manifest of ready)
    kinds.set(manifest.needs.join(), [...(kinds.get(manifest.needs.join()) ?? []), manifest])
  await Promise.all(
    [...kinds.values()].map(async (some) => {
      for (const manifest of some) await install(manifest, cache)
    }),
  )
  return ready
}

function tell(
  cells: readonly CellResult[],
  took: { readonly install: number; readonly matrix: number },
): void {
  const count = (state: CellResult['state']) => cells.filter((cell) => cell.state === state).length
  for (const { writer, reader, format, group, name, detail } of cells.filter(
    ({ state }) => state === 'failed',
  )) {
    process.stdout.write(
      `FAILED  ${writer} → ${reader || '(writing)'}  ${format}  ${group}: ${name}\n        ${detail}\n`,
    )
  }
  process.stdout.write(
    `${count('passed')} passed, ${count('documented')} documented failures, ${count('failed')} failed; `,
  )
  process.stdout.write(
    `${Math.round(took.install / 1000)} s to install, ${Math.round(took.matrix / 1000)} s to run\n`,
  )
}

/** For .ci/run, beside the totals of the tests. */
function writeTotals(root: string, tried: number, failed: number): void {
  mkdirSync(join(root, 'out', 'test-results'), { recursive: true })
  writeFileSync(
    join(root, 'out', 'test-results', 'interop.txt'),
    `${tried - failed} passed, ${failed} failed\n`,
  )
}

const [root = '', ...options] = process.argv.slice(2)
process.exitCode = await main(root, options)
