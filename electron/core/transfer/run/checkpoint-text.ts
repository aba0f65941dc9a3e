import { z } from 'zod'
import type { Checkpoint } from './checkpoint.ts'
import { fromVersion1 } from './checkpoint-v1.ts'
import type { Takes } from './stored-schema.ts'

/** The version rises where an older version of the app would misread a checkpoint. */
const VERSION = 3
/** Version 2 knew no seals. A record of it lacks the field. */
const WITHOUT_SEALS = 2

/** Writes a checkpoint as the text that {@link readCheckpoint} reads. */
export function writeCheckpoint(checkpoint: Checkpoint): string {
  return JSON.stringify({ version: VERSION, ...checkpoint })
}

const text = z.string()
const count = z.int().nonnegative()
const source = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('file'),
    size: count,
    mtimeNs: text,
    ctimeNs: text,
    inode: text,
    device: text,
    sample: text,
  }),
  z.object({ kind: z.literal('state'), state: text }),
  z.object({ kind: z.literal('object'), etag: text, size: count }),
])
const message = z.object({
  header: text,
  iv: text,
  tag: text,
  before: text,
  after: text,
  tagged: text,
})
const started = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('upload'), uploadId: text }),
  z.object({ kind: z.literal('file'), temporary: text, mark: text }),
])
/** One piece that is done, as the journal has it too. */
export const savedPart = z.object({
  number: count,
  etag: text,
  crc64: text,
  leaves: text.exactOptional(),
})
const checkpoint = z.object({
  way: z.enum(['whole', 'parts', 'file']),
  stage: z.enum(['sending', 'proven', 'foreign']),
  to: z.object({ bucket: text.nullable(), key: text.nullable() }),
  source: source.nullable(),
  what: z.object({
    headers: z.record(text, text),
    etag: text.nullable(),
    before: text,
    message: message.nullable(),
  }),
  started: started.nullable(),
  pieces: z.object({
    bytes: count.nullable(),
    done: z.array(savedPart).readonly(),
  }),
  prints: z.object({ file: text }).nullable(),
  seal: z.object({ id: text, exponent: count, text: text.nullable() }).nullable().default(null),
}) satisfies z.ZodType<Checkpoint>

true satisfies Takes<Checkpoint, typeof checkpoint>

const versioned = z.looseObject({ version: z.number() })

/**
 * Reads a checkpoint of this version or an earlier one. Null for another text: then the transfer
 * starts over, and nothing wrong is believed. Fields that are not known are left out.
 */
export function readCheckpoint(text: string): Checkpoint | null {
  const value = versionedIn(text)
  if (value?.version === 1) return fromVersion1(value)
  if (value?.version !== VERSION && value?.version !== WITHOUT_SEALS) return null
  return checkpoint.safeParse(value).data ?? null
}

/**
 * Tells whether a later version of the app wrote this text. Such a text is set aside and reported.
 */
export const isOfLaterVersion = (text: string): boolean =>
  (versionedIn(text)?.version ?? 0) > VERSION

function versionedIn(text: string): z.infer<typeof versioned> | null {
  try {
    return versioned.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
