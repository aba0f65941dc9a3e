import { randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../../../shared/contract/errors.ts'
import type { SavedPrints } from '../run/checkpoint.ts'
import { readSmallFile } from '../../store/small-file.ts'
import { recordsByPart, type JobPrints } from '../../worker/sent-prints.ts'

/**
 * Prints of everything that was sent of one upload under one data key, by part. It does not matter
 * whether OSS took the bytes.
 */
export interface PartPrints {
  /**
   * Returns the prints for the next attempt at a part. Throws Failure 'source-changed' (`path`: the
   * file) where nobody knows what the last attempt sent.
   */
  of(part: number, path: string): JobPrints
  /** Takes the prints that an attempt answered with; null: its thread died. */
  heard(part: number, records: Uint8Array | null): void
  /** The note by which a later start of the app finds them; null: they end with this one. */
  readonly saved: SavedPrints | null
  /** Removes the prints: nothing more is sent under this data key. Never fails. */
  drop(): Promise<void>
}

/**
 * Makes the prints of a new data key. `folder`: where their file is made, so that they outlive this
 * start of the app. Null, or a folder that cannot be written to: they end with it, and the upload
 * is sent all the same.
 */
export async function newPrints(folder: string | null): Promise<PartPrints> {
  if (folder === null) return printsOver(new Map(), null, null)
  const file = `${randomBytes(16).toString('hex')}.prints`
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(join(folder, file), '', { flag: 'wx', mode: 0o600 })
  } catch {
    return newPrints(null)
  }
  return printsOver(new Map(), join(folder, file), { file })
}

/**
 * Reads the prints of an earlier start of the app. Null: they are gone or cannot be read, and
 * nobody knows what was sent.
 */
export async function savedPrints(
  folder: string | null,
  saved: SavedPrints | null,
): Promise<PartPrints | null> {
  if (folder === null || saved === null || !NAME.test(saved.file)) return null
  const path = join(folder, saved.file)
  try {
    return printsOver(recordsByPart(await readSmallFile(path, MOST_PRINTS_BYTES)), path, saved)
  } catch {
    return null
  }
}

/** Bytes of the prints of 11 TB in batches of 512 KiB: more than a file of ours has. */
const MOST_PRINTS_BYTES = 512 * 1024 ** 2
/** Names that we make. No other name is opened, so that none leads out of the folder. */
const NAME = /^[0-9a-f]{32}\.prints$/

function printsOver(
  byPart: Map<number, Uint8Array | null>,
  path: string | null,
  saved: SavedPrints | null,
): PartPrints {
  return {
    saved,
    of(part, source) {
      const records = byPart.get(part) ?? (byPart.has(part) ? null : new Uint8Array(0))
      if (records === null) throw new Failure({ code: 'source-changed', path: source })
      return { part, records, path }
    },
    heard: (part, records) => void byPart.set(part, records),
    drop: async () =>
      path === null ? undefined : rm(path, { force: true }).catch(() => undefined),
  }
}
