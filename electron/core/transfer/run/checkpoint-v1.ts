import { z } from 'zod'
import { newCheckpoint, type Checkpoint } from './checkpoint.ts'

/*
 * Checkpoints of version 1: five kinds, in which an empty text or a zero stood for what was not
 * known.
 */

const text = z.string()
const count = z.int().nonnegative()
const headers = z.record(text, text)
const parts = z.array(z.object({ number: count, etag: text, crc64: text })).readonly()
/** '' stood for nothing. */
const orNull = (value: string): string | null => (value === '' ? null : value)
const uploadIn = (uploadId: string): Checkpoint['started'] =>
  uploadId === '' ? null : { kind: 'upload', uploadId }

/** An upload in one request. */
const put = z
  .object({ kind: z.literal('put'), headers, before: text, state: text })
  .transform(({ headers, before, state }) =>
    newCheckpoint({
      way: 'whole',
      source: { kind: 'state', state },
      what: { headers, before },
    }),
  )

/**
 * An upload in parts. The first versions wrote neither `bucket`, `key` nor `prints`. `source` null:
 * the upload of another computer.
 */
const uploaded = z
  .object({
    kind: z.literal('parts'),
    bucket: text.default(''),
    key: text.default(''),
    prints: z.object({ file: text }).nullable().default(null),
    uploadId: text,
    source: z
      .object({
        size: count,
        mtimeNs: text,
        ctimeNs: text,
        inode: text,
        device: text,
        sample: text,
      })
      .nullable(),
    headers,
    message: z
      .object({ header: text, iv: text, tag: text, before: text, after: text, tagged: text })
      .nullable(),
    partSize: count,
    parts,
  })
  .transform(({ bucket, key, prints, uploadId, source, headers, message, partSize, parts }) =>
    newCheckpoint({
      way: 'parts',
      stage: source === null ? 'foreign' : 'sending',
      to: { bucket: orNull(bucket), key: orNull(key) },
      source: source === null ? null : { kind: 'file', ...source },
      what: { headers, message },
      started: uploadIn(uploadId),
      pieces: { bytes: source === null ? null : partSize, done: parts },
      prints,
    }),
  )

const download = z
  .object({
    kind: z.literal('download'),
    etag: text,
    size: count,
    temporary: text,
    inode: text,
    pieceBytes: count,
    parts,
  })
  .transform(({ etag, size, temporary, inode, pieceBytes, parts }) =>
    newCheckpoint({
      way: 'file',
      source: { kind: 'object', etag, size },
      started: { kind: 'file', temporary, mark: inode },
      pieces: { bytes: pieceBytes, done: parts },
    }),
  )

/** A copy. `partSize` 0: in one request. Its bucket was the one of the job. */
const copy = z
  .object({
    kind: z.literal('copy'),
    key: text,
    etag: text,
    size: count,
    uploadId: text,
    headers,
    partSize: count,
    parts,
  })
  .transform(({ key, etag, size, uploadId, headers, partSize, parts }) =>
    newCheckpoint({
      way: partSize === 0 ? 'whole' : 'parts',
      to: { bucket: null, key },
      source: { kind: 'object', etag, size },
      what: { headers },
      started: uploadIn(uploadId),
      pieces: { bytes: partSize === 0 ? null : partSize, done: parts },
    }),
  )

/** A copy that was proven, whose source was about to be deleted. */
const moved = z
  .object({ kind: z.literal('moved'), key: text, etag: text })
  .transform(({ key, etag }) =>
    newCheckpoint({
      way: 'whole',
      stage: 'proven',
      to: { bucket: null, key },
      what: { etag },
    }),
  )

const checkpoints = z.discriminatedUnion('kind', [put, uploaded, download, copy, moved])

/** Reads a checkpoint of version 1 as one of this version. Null for everything else. */
export function fromVersion1(value: unknown): Checkpoint | null {
  return checkpoints.safeParse(value).data ?? null
}
