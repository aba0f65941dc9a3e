import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { FormatName } from '../../../../shared/contract/errors.ts'
import type { EnvelopeFacts } from '../../../../shared/contract/models.ts'
import { envelopeFacts } from '../../../../shared/format/envelope/envelope.ts'
import { recognise, type Headers } from '../../../../shared/format/recognise.ts'
import type { HeadText } from '../../index/port.ts'

/** The encryption that the headers of an object show, without the envelope itself. */
export type HeadFacts =
  /**
   * `isMessage`: the object is a whole message of the KMS Encryption SDK, which has no header. Only
   * the objects that were encrypted before are examined.
   */
  | { readonly kind: 'plain'; readonly isMessage: boolean }
  | {
      readonly kind: 'broken'
      readonly header: string
      readonly problem: 'missing' | 'invalid'
      readonly present: readonly string[]
    }
  | { readonly kind: 'later'; readonly format: FormatName; readonly facts: EnvelopeFacts }
  | { readonly kind: 'encrypted' | 'message'; readonly facts: EnvelopeFacts }

/** Reads the facts of headers. `isMessage` is false. */
export function headFacts(headers: Headers): HeadFacts {
  const found = recognise(headers)
  switch (found.kind) {
    case 'plain':
      return { kind: 'plain', isMessage: false }
    case 'broken': {
      const { header, problem, present } = found
      return { kind: 'broken', header, problem, present }
    }
    case 'later':
      return { kind: 'later', format: found.format, facts: envelopeFacts(found.message, headers) }
    case 'encrypted':
      return { kind: 'encrypted', facts: envelopeFacts(found.envelope, headers) }
    case 'message':
      return { kind: 'message', facts: envelopeFacts(found.message, headers) }
  }
}

/** Returns a hash of the wrapped data key in headers; null where they have none. */
export function dataKeyHash(headers: Headers): string | null {
  const found = recognise(headers)
  if (found.kind === 'encrypted') return hashOf(found.envelope.wrappedDataKey)
  if (found.kind !== 'message') return null
  const [first] = found.message.header.dataKeys
  return first === undefined ? null : hashOf(first.wrapped)
}

/** Returns a hash that stands for stored bytes. Copies of OSS may have another ETag. */
export const contentHash = (head: {
  readonly size: number
  readonly crc64: string | null
  readonly etag: string
}): string => hashOf(JSON.stringify([head.size, head.crc64 ?? head.etag]))

/** 16 bytes of SHA-256, in base64url. */
const hashOf = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest().subarray(0, 16).toString('base64url')

const facts = z.object({
  format: z.string().transform((name) => name as FormatName),
  description: z.string(),
  contentAlgorithm: z.string(),
  wrapAlgorithm: z.string(),
  wrapBits: z.number(),
  cmks: z.array(z.string()),
  context: z.record(z.string(), z.string()),
  protection: z.enum(['none', 'tag']),
  resplit: z.object({ declared: z.number(), actual: z.number() }).nullable(),
  plaintextMd5: z.boolean(),
})
const text = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('plain'), isMessage: z.boolean() }),
  z.object({
    kind: z.literal('broken'),
    header: z.string(),
    problem: z.enum(['missing', 'invalid']),
    present: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('later'),
    format: z.string().transform((name) => name as FormatName),
    facts,
  }),
  z.object({ kind: z.enum(['encrypted', 'message']), facts }),
])

/** Writes facts for the index. Objects under one key mostly have one text. */
export function writeHead(one: HeadFacts): HeadText {
  if (!('facts' in one)) return { text: JSON.stringify(one), dataSize: null, partSize: null }
  const { dataSize, partSize, ...others } = one.facts
  return { text: JSON.stringify({ ...one, facts: others }), dataSize, partSize }
}

/**
 * Reads the facts of {@link writeHead}; null for another text. An earlier version wrote 'sealed'
 * for 'encrypted'.
 */
export function readHead({ text: written, dataSize, partSize }: HeadText): HeadFacts | null {
  let json: unknown
  try {
    json = JSON.parse(written.replace(/^\{"kind":"sealed"/, '{"kind":"encrypted"'))
  } catch {
    return null
  }
  const { success, data } = text.safeParse(json)
  if (!success) return null
  return 'facts' in data ? { ...data, facts: { ...data.facts, dataSize, partSize } } : data
}
