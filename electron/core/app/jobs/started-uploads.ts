import { createHash } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Checkpoint } from '../../transfer/run/checkpoint.ts'
import { readCheckpoint, writeCheckpoint } from '../../transfer/run/checkpoint-text.ts'
import { loadSound } from '../../store/sound-text.ts'
import type { TextStore } from '../../store/text-store.ts'
import type { CheckpointStore } from '../../transfer/run/checkpoint-store.ts'
import { isAlive } from './queue-memory.ts'

/**
 * The age at which a record is removed, in milliseconds. OSS itself rarely keeps parts for so long.
 */
const KEPT_MS = 90 * 24 * 60 * 60 * 1000
/** The most records. The oldest records are removed first. */
const MOST = 256
const PREFIX = 'started-'

/** One upload in parts, by the values that name it. */
export interface StartedUpload {
  readonly bucket: string
  readonly key: string
  readonly uploadId: string
}

/**
 * Uploads in parts that a shell without a queue (the command line) started on this computer. A
 * record stays until its upload ends. An upload that fails there leaves nothing behind, so only a
 * killed process leaves a record. Without a record of an upload, no process sends anything under
 * its envelope.
 */
export interface StartedUploads {
  /**
   * Returns the checkpoint store of one transfer. A failed note is ignored, and the transfer
   * continues.
   */
  saved(): CheckpointStore
  /**
   * Finds the record of an upload. Resolves with null when this computer did not start the upload,
   * or when the process that started it still runs.
   */
  find(upload: StartedUpload): Promise<Checkpoint | null>
  forget(upload: StartedUpload): Promise<void>
  /** Removes old records and prints. Best effort. */
  sweep(): Promise<void>
  /** Resolves when the dropped records are removed. */
  close(): Promise<void>
}

interface Started {
  readonly checkpoint: Checkpoint
  /** Milliseconds since 1970. */
  readonly at: number
  /** The number of the process that sends the upload. */
  readonly pid: number
}

/**
 * Opens the records. `prints`: folder of the prints of all uploads. `now`: milliseconds since 1970.
 */
export function openStartedUploads({
  texts,
  prints,
  now,
}: {
  readonly texts: TextStore
  readonly prints: string
  readonly now: () => number
}): StartedUploads {
  const dropping = new Set<Promise<void>>()
  const load = async (name: string): Promise<Started | null> =>
    loadSound(texts, name, readStarted).catch(() => null)
  const forget = (name: string): Promise<void> => texts.remove(name).catch(() => undefined)
  const sweepTexts = async (): Promise<void> => {
    const names = await texts.list(PREFIX)
    const all = await Promise.all(
      names.map(async (name) => ({ name, at: (await load(name))?.at ?? 0 })),
    )
    const young = all.filter(({ at }) => now() - at <= KEPT_MS).sort((a, b) => b.at - a.at)
    const kept = new Set(young.slice(0, MOST).map(({ name }) => name))
    for (const name of names) if (!kept.has(name)) await forget(name)
  }
  const sweepPrints = async (): Promise<void> => {
    for (const name of await readdir(prints)) {
      const { mtimeMs } = await stat(join(prints, name))
      if (now() - mtimeMs > KEPT_MS) await rm(join(prints, name), { force: true })
    }
  }
  return {
    saved() {
      let noted: string | null = null
      return {
        outlives: false,
        prints,
        last: () => null,
        async note(checkpoint) {
          const upload = startedIn(checkpoint)
          if (upload === null) return
          const name = nameOf(upload)
          await texts
            .save(
              name,
              JSON.stringify({
                version: 1,
                at: now(),
                pid: process.pid,
                checkpoint: writeCheckpoint(checkpoint),
              }),
            )
            .then(
              () => (noted = name),
              () => undefined,
            )
        },
        part: () => undefined,
        drop() {
          if (noted === null) return
          const gone: Promise<void> = forget(noted).finally(() => dropping.delete(gone))
          dropping.add(gone)
          noted = null
        },
      }
    },
    async find(upload) {
      const found = await load(nameOf(upload))
      if (found === null || isAlive(found.pid)) return null
      const noted = startedIn(found.checkpoint)
      return noted !== null && nameOf(noted) === nameOf(upload) ? found.checkpoint : null
    },
    forget: (upload) => forget(nameOf(upload)),
    close: async () => void (await Promise.all(dropping)),
    async sweep() {
      await sweepTexts().catch(() => undefined)
      await sweepPrints().catch(() => undefined)
    },
  }
}

/**
 * Reads the upload out of a note; null when no upload was started or the upload is not in parts.
 */
function startedIn({ way, to: { bucket, key }, started }: Checkpoint): StartedUpload | null {
  if (way !== 'parts' || started?.kind !== 'upload' || bucket === null || key === null) return null
  return { bucket, key, uploadId: started.uploadId }
}

/**
 * Returns the name of an upload's record. No two uploads share a name, and the name does not reveal
 * the object's name.
 */
function nameOf({ bucket, key, uploadId }: StartedUpload): string {
  return (
    PREFIX +
    createHash('sha256')
      .update(JSON.stringify([bucket, key, uploadId]))
      .digest('hex')
      .slice(0, 32)
  )
}

/**
 * Reads a record. Returns null for a damaged record and for one of another version. The record is
 * then set aside, and the upload starts again.
 */
function readStarted(text: string): Started | null {
  const { version, at, pid, checkpoint } = JSON.parse(text) as Record<string, unknown>
  const read = typeof checkpoint === 'string' ? readCheckpoint(checkpoint) : null
  if (
    version !== 1 ||
    !Number.isSafeInteger(at) ||
    !Number.isSafeInteger(pid) ||
    read?.way !== 'parts'
  )
    return null
  return { checkpoint: read, at: at as number, pid: pid as number }
}
