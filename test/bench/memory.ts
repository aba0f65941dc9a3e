import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ok } from '../../shared/contract/errors.ts'
import { download } from '../../electron/core/transfer/download.ts'
import { upload } from '../../electron/core/transfer/upload.ts'
import { rounded, type Figure, type Workbench } from './workbench.ts'

const BYTES = 20 * 1024 ** 3
const PART = 8 * 1024 * 1024
const PARALLEL = 4
const MIB = 1024 ** 2
/** Resident set of the whole process, threads included, in MiB. */
const TARGET = 300

/** A sparse file of 20 GiB up to a sink and down again. `ours`: largest resident set on the way, `peer`: the one before it, MiB. */
export async function memory(bench: Workbench): Promise<Figure> {
  const source = join(bench.disk, 'sparse')
  const path = join(bench.disk, 'down')
  const file = await open(source, 'w')
  await file.truncate(BYTES)
  await file.close()
  const common = { name: 'sparse', target: '', profileId: null, keyName: null, oss: async () => ok(bench.oss), bucket: 'bench-bucket', key: 'sparse', size: BYTES, partSize: PART, parallel: PARALLEL }
  const before = process.memoryUsage.rss()
  let most = 0
  const watch = setInterval(() => void (most = Math.max(most, process.memoryUsage.rss())), 50)
  try {
    await upload({ ...common, kind: 'upload', source, masterKey: async () => ok(bench.masterKey()), format: 'v2', replace: true, multipartFrom: 1 }, bench.running(PARALLEL))
    await download({ ...common, kind: 'download', path, existing: 'fail', raw: false, range: null, openers: bench.openers(), message: false, repair: false }, bench.running(PARALLEL))
  } finally {
    clearInterval(watch)
    await rm(path, { force: true })
  }
  return { name: 'memory', ours: rounded(most / MIB), peer: rounded(before / MIB), ratio: rounded(most / MIB / TARGET), target: 1, met: most / MIB < TARGET }
}
