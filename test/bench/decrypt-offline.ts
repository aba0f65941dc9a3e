import { execFile } from 'node:child_process'
import { createCipheriv } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { serializeEnvelope } from '../../shared/format/envelope.ts'
import { seal } from '../../electron/core/keys/keyring.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import { decryptFile } from '../../electron/core/transfer/decrypt-file.ts'
import { interleaved, randomFile, rounded, type Figure, type Workbench } from './workbench.ts'

const BYTES = 1024 ** 3
const ROUNDS = 5

/** 1 GiB file to file, against `openssl enc -d -aes-256-ctr`; speed, so above 1 is faster. Seconds. Neither checks a sum. */
export async function decryptOffline(bench: Workbench): Promise<Figure> {
  const [plain, blob, out, theirs] = ['plain', 'blob', 'out', 'theirs'].map((name) => join(bench.memory, name)) as [string, string, string, string]
  const { dataKey, counter, envelope } = valueOf(await seal(bench.masterKey(), 'v2', new AbortController().signal))
  await randomFile(plain, BYTES)
  await pipeline(createReadStream(plain), createCipheriv('aes-256-ctr', dataKey.bytes, counter), createWriteStream(blob))
  await rm(plain)
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
  const key = hex(dataKey.bytes)
  dataKey[Symbol.dispose]()
  const ours = (): Promise<unknown> =>
    decryptFile({
      kind: 'decrypt', name: 'blob', target: '', profileId: null, keyName: null, blob, size: BYTES, headers: new Map(Object.entries(serializeEnvelope(envelope))),
      expectedSize: BYTES, expectedCrc64: null, path: out, existing: 'replace', openers: bench.openers(), message: null, repair: false, parallel: 2,
    }, bench.running(2))
  const peer = (): Promise<unknown> => promisify(execFile)('openssl', ['enc', '-d', '-aes-256-ctr', '-K', key, '-iv', hex(counter), '-in', blob, '-out', theirs])
  const times = await interleaved(ROUNDS, ours, peer)
  const ratio = times.peer / times.ours
  return { name: 'decrypt-offline', ours: rounded(times.ours), peer: rounded(times.peer), ratio: rounded(ratio), target: 0.8, met: ratio >= 0.8 }
}
