import { closeSync, openSync, writeSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { newEnvelope } from '../../electron/core/keys/keyring.ts'
import { abortUpload, initiate } from '../../electron/core/oss/multipart.ts'
import { download } from '../../electron/core/transfer/download/download.ts'
import { ok, valueOf } from '../../shared/contract/errors.ts'
import { serializeEnvelope } from '../../shared/format/envelope/envelope.ts'
import { byTurns, median, seconds, type Figure } from './statistics.ts'
import { figure, type RowName } from './table.ts'
import { PARALLEL, PART } from './upload.ts'
import { scaledBytes, type SinkSide, type Workbench } from './workbench.ts'

const never = new AbortController().signal
const KEY = 'large'

/**
 * 1 GiB from the sink into a file, decrypted, with its sum compared: once on a disk, once in
 * memory.
 */
export async function downloadLarge(bench: Workbench): Promise<readonly Figure[]> {
  const side = await bench.sink(null)
  const bytes = scaledBytes(bench, 1024 ** 3)
  await announce(bench, side, bytes)
  const peer = await side.peer('bench-go-v1')
  const figures: Figure[] = []
  for (const [row, folder] of [
    ['download-large', bench.disk],
    ['download-large-memory', bench.memory],
  ] as const satisfies readonly (readonly [RowName, string])[]) {
    const path = join(folder, 'down')
    // Removed outside of the clock: pages that wait for the disk would else be written while the
    // other one is measured.
    const measured = (work: () => Promise<unknown>) => async () => {
      const took = await seconds(work)
      await rm(path)
      return took
    }
    const contenders: Record<string, () => Promise<number>> = {
      ours: measured(() =>
        download(
          {
            kind: 'download',
            name: KEY,
            target: '',
            profileId: null,
            keyName: null,
            oss: async () => ok(side.oss),
            bucket: side.bucket,
            key: KEY,
            size: bytes,
            path,
            existing: 'fail',
            raw: false,
            range: null,
            openers: bench.openers(),
            message: false,
            repair: false,
            partSize: PART,
            parallel: PARALLEL,
          },
          bench.running(PARALLEL),
        ),
      ),
    }
    const fetched =
      peer === null
        ? null
        : (): Promise<unknown> => peer.run('get', { master: bench.master, key: KEY, file: path })
    if (fetched !== null) contenders['peer'] = measured(fetched)
    if (folder === bench.disk) {
      contenders['plainWriteSeconds'] = measured(() => plainWrite(path, bytes))
      if (fetched !== null)
        contenders['peerOnDiskSeconds'] = measured(() => fetched().then(() => brought(path)))
    }
    const { ours, peer: theirs, ...others } = await byTurns(bench.effort.rounds ?? 5, contenders)
    const more = Object.fromEntries(
      Object.entries(others).map(([name, times]) => [name, median(times)]),
    )
    figures.push(
      figure(
        row,
        median(ours ?? []),
        theirs === undefined ? null : median(theirs),
        folder === bench.disk ? more : undefined,
      ),
    )
  }
  return figures
}

/**
 * Writes as many bytes to this disk without a network or a cipher. A download that ends on the disk
 * cannot be faster.
 */
async function plainWrite(path: string, bytes: number): Promise<void> {
  const piece = Buffer.alloc(64 * 1024)
  const file = openSync(path, 'w')
  for (let at = 0; at < bytes; at += piece.length)
    writeSync(file, piece, 0, Math.min(piece.length, bytes - at), at)
  closeSync(file)
  await brought(path)
}

/** Brings a file to the disk. */
async function brought(path: string): Promise<void> {
  const file = await open(path, 'r+')
  await file.datasync().finally(() => file.close())
}

/**
 * Makes the sink serve a sealed object of this size. The sink takes the headers of the last upload
 * that was started.
 */
export async function announce(
  bench: Workbench,
  { oss, bucket }: SinkSide,
  bytes: number,
): Promise<void> {
  const { dataKey, envelope } = valueOf(await newEnvelope(bench.masterKey(), 'v2', never))
  dataKey[Symbol.dispose]()
  const headers = { ...serializeEnvelope({ ...envelope, dataSize: bytes, partSize: PART }) }
  const uploadId = await initiate(oss, { bucket, key: KEY, headers, forbidOverwrite: false }, never)
  await abortUpload(oss, { bucket, key: KEY, uploadId }, never)
}
