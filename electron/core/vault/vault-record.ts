import { createHash } from 'node:crypto'
import { z } from 'zod'

/** One envelope that was seen: a line of a segment. Lines of other programs may have less. */
export interface VaultRecord {
  readonly bucket: string
  readonly key: string
  readonly versionId: string | null
  readonly etag: string
  /** Stored bytes. */
  readonly size: number
  /** Of the stored bytes, decimal; null where OSS gave none. */
  readonly crc64: string | null
  /** User metadata, the envelope among them: lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** The text of the seal in the tags; null for none. One in the metadata is in `headers`. */
  readonly seal: string | null
  /** Ms since 1970, when this computer saw it first and last before the segment was written. */
  readonly from: number
  readonly to: number
}

const whole = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const record = z.object({
  bucket: z.string(),
  key: z.string(),
  versionId: z.string().nullable().default(null),
  etag: z.string().default(''),
  size: whole,
  crc64: z
    .string()
    .regex(/^\d{1,20}$/)
    .nullable()
    .default(null),
  headers: z.record(z.string(), z.string()).default({}),
  seal: z.string().nullable().default(null),
  from: whole.default(0),
  to: whole.default(0),
}) satisfies z.ZodType<VaultRecord>

/** Writes records as the lines of a segment: one JSON object a line, each with a line feed. */
export const writeLines = (records: readonly VaultRecord[]): string =>
  records.map((one) => `${JSON.stringify(one)}\n`).join('')

/** Reads the lines of a segment. `unread`: lines that are no record, of a later version maybe. */
export function readLines(text: string): {
  readonly records: readonly VaultRecord[]
  readonly unread: number
} {
  const lines = text.split('\n').filter((line) => line !== '')
  const records = lines.flatMap((line) => {
    const read = record.safeParse(jsonOf(line))
    return read.success ? [read.data] : []
  })
  return { records, unread: lines.length - records.length }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

/**
 * Returns the name by which this computer knows that it has a record: 16 bytes. The times are no
 * part of it.
 */
export function recordHash({ from: _from, to: _to, ...rest }: VaultRecord): Buffer {
  const { headers, ...facts } = rest
  const sorted = Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([facts, sorted]))
    .digest()
    .subarray(0, 16)
}
