import { Failure } from '../../../../shared/contract/errors.ts'
import type { VaultSync } from '../../../../shared/contract/models-vault.ts'
import type { Oss } from '../../oss/client.ts'
import { getRange, listObjects, putSmall } from '../../oss/objects.ts'
import {
  isSegmentName,
  MOST_SEGMENT_BYTES,
  readSegment,
  segmentName,
  writerOfSegment,
} from '../../vault/segment.ts'
import type { VaultFolder } from '../../vault/vault-folder.ts'
import type { VaultKeys } from './vault-keys.ts'

const PAGE_ROWS = 1000

interface Place {
  readonly bucket: string
  /** Ends in '/', or is empty. */
  readonly prefix: string
}

/**
 * Brings the segments of this computer and of a folder in a bucket to each other. A segment is
 * taken only if its name is its hash and a key at hand opens it. Throws Failure of a request.
 */
export async function syncVault(
  oss: Oss,
  { bucket, prefix }: Place,
  { folder, keys }: { readonly folder: VaultFolder; readonly keys: VaultKeys },
  signal: AbortSignal,
): Promise<VaultSync> {
  const there = await segmentsIn(oss, { bucket, prefix }, signal)
  const counts = { written: 0, read: 0, both: 0, foreign: 0, damaged: 0, noRoom: 0 }
  /** The sound segments of this computer. A damaged one is read from the bucket again. */
  const here = new Set<string>()
  for (const name of await folder.names()) {
    const segment = await folder.read(name)
    if (segment === null) continue
    here.add(name)
    if (there.has(name)) {
      counts.both += 1
      continue
    }
    await putSegment(oss, { bucket, key: prefix + name, body: segment }, signal)
    counts.written += 1
  }
  for (const [name, size] of there) {
    if (here.has(name)) continue
    const segment =
      size > MOST_SEGMENT_BYTES ? null : await download(oss, { bucket, key: prefix + name }, signal)
    const writer = segment === null ? null : writerOfSegment(segment)
    const key = keys.all.find((one) => one.writer === writer)
    if (segment === null || writer === null || segmentName(segment) !== name) counts.damaged += 1
    else if (key === undefined) counts.foreign += 1
    else if (readSegment(key.secret, segment) === null) counts.damaged += 1
    else if ((await folder.add(segment)) === null) counts.noRoom += 1
    else counts.read += 1
  }
  return counts
}

/** Lists the segments of a folder, by name and size. */
async function segmentsIn(
  oss: Oss,
  { bucket, prefix }: Place,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  let cursor: string | null = null
  do {
    const wanted = { bucket, prefix, delimiter: '/', cursor, max: PAGE_ROWS }
    const page: Awaited<ReturnType<typeof listObjects>> = await listObjects(oss, wanted, signal)
    for (const { key, kind, size } of page.rows) {
      const name = key.slice(prefix.length)
      if (kind === 'file' && isSegmentName(name)) found.set(name, size)
    }
    cursor = page.cursor
  } while (cursor !== null)
  return found
}

/** Puts a segment. Another computer may have put the same one meanwhile. */
async function putSegment(
  oss: Oss,
  object: { readonly bucket: string; readonly key: string; readonly body: Buffer },
  signal: AbortSignal,
): Promise<void> {
  try {
    const headers = { 'content-type': 'application/octet-stream' }
    await putSmall(oss, { ...object, headers, forbidOverwrite: true }, signal)
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.error.code !== 'object-exists') throw cause
  }
}

async function download(
  oss: Oss,
  object: { readonly bucket: string; readonly key: string },
  signal: AbortSignal,
): Promise<Buffer | null> {
  const { body } = await getRange(
    oss,
    { ...object, offset: 0, length: null, ifMatch: null },
    signal,
  )
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_SEGMENT_BYTES) {
      body.destroy()
      return null
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
