import { link, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ENVELOPE_FILE_SUFFIX } from '../../../shared/format/envelope/envelope-file.ts'
import { openSink, type ExistingRule, type FileSink } from './file-sink.ts'
import { numbered, placeNew, placeOver, trySyncFolder, temporaryBeside } from './place-file.ts'
import { lookBefore, mayReplace, takenFailure } from './target-path.ts'

/** Returns the path of the envelope file of a raw blob. */
export function sidecarOf(path: string): string {
  return path + ENVELOPE_FILE_SUFFIX
}

/**
 * Gives a raw blob and its envelope file their names: both or neither. The envelope file comes
 * first. A crash between the two leaves an envelope without its blob, which does no harm; a blob
 * without its envelope would look damaged. Returns the path of the blob, and null when the rule is
 * 'skip' and a name was taken.
 */
export async function placeWithSidecar(
  blob: FileSink,
  path: string,
  text: string,
  rule: ExistingRule,
  root: string | null = null,
): Promise<string | null> {
  const bytes = Buffer.from(text)
  const sidecar = await openSink(sidecarOf(path), bytes.length, { root })
  try {
    await sidecar.write(bytes)
    await sidecar.sync()
    await blob.sync()
    const placed =
      rule === 'replace'
        ? await replaceBoth(blob, sidecar, path)
        : await placeBoth(blob, sidecar, path, rule)
    if (placed !== null) await trySyncFolder(dirname(path))
    return placed
  } finally {
    await sidecar.abort()
  }
}

async function placeBoth(
  blob: FileSink,
  sidecar: FileSink,
  path: string,
  rule: ExistingRule,
): Promise<string | null> {
  for (let n = 1; n === 1 || rule === 'rename'; n++) {
    const candidate = numbered(path, n, ENVELOPE_FILE_SUFFIX.length)
    if (!(await placeNew(sidecar.temporary, sidecarOf(candidate)))) continue
    const takeBack = (): Promise<void> => rename(sidecarOf(candidate), sidecar.temporary)
    try {
      if (await placeNew(blob.temporary, candidate)) return candidate
    } catch (cause) {
      await takeBack()
      throw cause
    }
    await takeBack()
  }
  if (rule === 'skip') return null
  const blobTaken = await lookBefore(path, 'skip')
  throw await takenFailure(blobTaken === 'taken' ? path : sidecarOf(path))
}

/**
 * Replaces a pair. The old envelope file stays reachable until the new pair is whole, and comes
 * back after a failure.
 */
async function replaceBoth(blob: FileSink, sidecar: FileSink, path: string): Promise<string> {
  for (const one of [path, sidecarOf(path)]) await mayReplace(one)
  const kept = temporaryBeside(path)
  const had = await link(sidecarOf(path), kept).then(
    () => true,
    () => false,
  )
  try {
    await placeOver(sidecar.temporary, sidecarOf(path))
    await placeOver(blob.temporary, path).catch(async (cause: unknown) => {
      await (had ? rename(kept, sidecarOf(path)) : rm(sidecarOf(path), { force: true }))
      throw cause
    })
    return path
  } finally {
    await rm(kept, { force: true })
  }
}
