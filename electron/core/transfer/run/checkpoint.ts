import { z } from 'zod'
import type { Takes } from './stored-schema.ts'

/**
 * What lets a transfer continue after a restart, as text. It holds the envelope as it was written,
 * and never a plaintext key: whoever reads it still needs the master key.
 */
export type Checkpoint =
  PutCheckpoint | PartsCheckpoint | DownloadCheckpoint | CopyCheckpoint | MovedCheckpoint

/** An upload in one request: only whether it arrived has to be told afterwards. */
export interface PutCheckpoint {
  readonly kind: 'put'
  /** Metadata that was sent, the wrapped data key among it. */
  readonly headers: Readonly<Record<string, string>>
  /** Base64 of what the object has before its ciphertext; '' for all but whole messages. */
  readonly before: string
  /** Which state of the file was sent. */
  readonly state: string
}

/** An upload in parts. */
export interface PartsCheckpoint {
  readonly kind: 'parts'
  /** Where it goes: a checkpoint is good for no other object. */
  readonly bucket: string
  readonly key: string
  readonly uploadId: string
  /**
   * The file that is uploaded, as it was; null for an upload that this computer did not start: it
   * never goes on.
   */
  readonly source: SavedSource | null
  /** Metadata as it was sent with the initiate request: the envelope, in whatever format. */
  readonly headers: Readonly<Record<string, string>>
  /** For messages of the KMS Encryption SDK; null for envelopes. */
  readonly message: SavedMessage | null
  /** Bytes of every part but the last. */
  readonly partSize: number
  readonly parts: readonly SavedPart[]
  /**
   * What was sent of it; null where nobody knows, as in what the versions before wrote: then it
   * never goes on.
   */
  readonly prints: SavedPrints | null
}

/** By what the prints of an upload are found; `file`: in the folder of all prints. */
export interface SavedPrints {
  readonly file: string
}

export interface DownloadCheckpoint {
  readonly kind: 'download'
  /** Of the object, without quotes. */
  readonly etag: string
  /** Bytes of the object. */
  readonly size: number
  /** Absolute path of the hidden file that is written to. */
  readonly temporary: string
  /** Of that file, decimal; '' before it was made. */
  readonly inode: string
  /** Bytes asked for at once. */
  readonly pieceBytes: number
  /** Pieces that are in the file. */
  readonly parts: readonly SavedPart[]
}

/** A copy that was begun: by what it is known again, and what of it is there. */
export interface CopyCheckpoint {
  readonly kind: 'copy'
  /** It is written to: a name may have been found for it. */
  readonly key: string
  /** Of the source, without quotes. */
  readonly etag: string
  /** Bytes of the source. */
  readonly size: number
  /** '' for what goes in one request, and before an upload in parts is begun. */
  readonly uploadId: string
  /** Metadata of the copy. */
  readonly headers: Readonly<Record<string, string>>
  /** Bytes of every part but the last; 0 for what goes in one request. */
  readonly partSize: number
  readonly parts: readonly SavedPart[]
}

/**
 * A copy that was proven, and whose source is about to be deleted: a source that is gone then was
 * moved.
 */
export interface MovedCheckpoint {
  readonly kind: 'moved'
  /** Of the copy: a name may have been found for it. */
  readonly key: string
  /** Of the copy, without quotes. */
  readonly etag: string
}

/** Decimal texts where a number could be too long. `sample`: SHA-256 of some of its bytes, hex. */
export interface SavedSource {
  readonly size: number
  readonly mtimeNs: string
  readonly ctimeNs: string
  readonly inode: string
  readonly device: string
  readonly sample: string
}

/** Base64 each; `tagged`: CRC-64 the whole object must have for its tag to fit, decimal. */
export interface SavedMessage {
  readonly header: string
  readonly iv: string
  readonly tag: string
  readonly before: string
  readonly after: string
  readonly tagged: string
}

/** `etag` '' for a piece of a download. `crc64`: of the ciphertext, decimal. */
export interface SavedPart {
  readonly number: number
  readonly etag: string
  readonly crc64: string
}

/** It rises where an older version of the app would misread a checkpoint. */
const VERSION = 1

export function writeCheckpoint(checkpoint: Checkpoint): string {
  return JSON.stringify({ version: VERSION, ...checkpoint })
}

const text = z.string()
const count = z.int().nonnegative()
const textsByName = z.record(text, text)
const part = z.object({ number: count, etag: text, crc64: text })
const source = z.object({
  size: count,
  mtimeNs: text,
  ctimeNs: text,
  inode: text,
  device: text,
  sample: text,
})
const message = z.object({
  header: text,
  iv: text,
  tag: text,
  before: text,
  after: text,
  tagged: text,
})

const put = z.object({
  kind: z.literal('put'),
  headers: textsByName,
  before: text,
  state: text,
}) satisfies z.ZodType<PutCheckpoint>

const parts = z.object({
  kind: z.literal('parts'),
  // Versions before wrote none of these: such an upload never goes on.
  bucket: text.default(''),
  key: text.default(''),
  prints: z.object({ file: text }).nullable().default(null),
  uploadId: text,
  source: source.nullable(),
  headers: textsByName,
  message: message.nullable(),
  partSize: count,
  parts: z.array(part).readonly(),
}) satisfies z.ZodType<PartsCheckpoint>

const download = z.object({
  kind: z.literal('download'),
  etag: text,
  size: count,
  temporary: text,
  inode: text,
  pieceBytes: count,
  parts: z.array(part).readonly(),
}) satisfies z.ZodType<DownloadCheckpoint>

const copy = z.object({
  kind: z.literal('copy'),
  key: text,
  etag: text,
  size: count,
  uploadId: text,
  headers: textsByName,
  partSize: count,
  parts: z.array(part).readonly(),
}) satisfies z.ZodType<CopyCheckpoint>

const moved = z.object({
  kind: z.literal('moved'),
  key: text,
  etag: text,
}) satisfies z.ZodType<MovedCheckpoint>

true satisfies Takes<PutCheckpoint, typeof put> &
  Takes<PartsCheckpoint, typeof parts> &
  Takes<DownloadCheckpoint, typeof download> &
  Takes<CopyCheckpoint, typeof copy> &
  Takes<MovedCheckpoint, typeof moved>

const checkpoints = z.discriminatedUnion('kind', [put, parts, download, copy, moved])
const versioned = z.looseObject({ version: z.number() })

/**
 * Reads a checkpoint. Null for a text that is not one, or that has another version: then the
 * transfer starts over, and nothing wrong is believed. Fields that are not known are left out.
 */
export function readCheckpoint(text: string): Checkpoint | null {
  const value = versionedIn(text)
  if (value?.version !== VERSION) return null
  const read = checkpoints.safeParse(value)
  return read.success ? read.data : null
}

/** Did a later version of the app write this? It is kept beside then, and told of. */
export const isOfLaterVersion = (text: string): boolean =>
  (versionedIn(text)?.version ?? 0) > VERSION

function versionedIn(text: string): z.infer<typeof versioned> | null {
  try {
    return versioned.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
