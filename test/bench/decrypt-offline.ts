import { execFile } from 'node:child_process'
import { createCipheriv } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { serializeEnvelope } from '../../shared/format/envelope/envelope.ts'
import { newEnvelope } from '../../electron/core/keys/keyring.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import { decryptFile } from '../../electron/core/transfer/download/decrypt-file.ts'
import { byTurns, median, timed, type Figure } from './statistics.ts'
import { figure } from './table.ts'
import { randomFile, scaledBytes, type Workbench } from './workbench.ts'

/** 1 GiB file to file in memory, against openssl's one thread. Neither checks a sum. */
export async function decryptOffline(bench: Workbench): Promise<readonly Figure[]> {
  const bytes = scaledBytes(bench, 1024 ** 3)
  const [plain, blob, out, theirs] = ['plain', 'blob', 'out', 'theirs'].map((name) =>
    join(bench.memory, name),
  ) as [string, string, string, string]
  const { dataKey, counter, envelope } = valueOf(
    await newEnvelope(bench.masterKey(), 'v2', new AbortController().signal),
  )
  await randomFile(plain, bytes)
  await pipeline(
    createReadStream(plain),
    createCipheriv('aes-256-ctr', dataKey.bytes, counter),
    createWriteStream(blob),
  )
  await rm(plain)
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
  const key = hex(dataKey.bytes)
  dataKey[Symbol.dispose]()
  const ours = (): Promise<unknown> =>
    decryptFile(
      {
        kind: 'decrypt',
        envelopeFile: '',
        name: 'blob',
        target: '',
        profileId: null,
        keyName: null,
        blob,
        size: bytes,
        headers: new Map(Object.entries(serializeEnvelope(envelope))),
        expectedSize: bytes,
        expectedCrc64: null,
        path: out,
        existing: 'replace',
        openers: bench.openers(),
        whole: false,
        repair: false,
        parallel: 2,
      },
      bench.running(2),
    )
  const peer = (): Promise<unknown> =>
    promisify(execFile)('openssl', [
      'enc',
      '-d',
      '-aes-256-ctr',
      '-K',
      key,
      '-iv',
      hex(counter),
      '-in',
      blob,
      '-out',
      theirs,
    ])
  const times = await byTurns(bench.effort.rounds ?? 5, { ours: timed(ours), peer: timed(peer) })
  return [figure('decrypt-offline', median(times.ours), median(times.peer))]
}
