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

const VERSION = 1

export function writeCheckpoint(checkpoint: Checkpoint): string {
  return JSON.stringify({ version: VERSION, ...checkpoint })
}

/**
 * Null for what is none, or of a version that is not known: then the transfer starts over, and
 * nothing wrong is believed.
 */
export function readCheckpoint(text: string): Checkpoint | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (!isRecord(value) || value['version'] !== VERSION) return null
  const { version: _known, ...fields } = value
  if (fits(fields, OLDER_PARTS)) return { ...(fields as unknown as PartsCheckpoint), ...NOT_YET }
  return SHAPES.some((shape) => fits(fields, shape)) ? (fields as unknown as Checkpoint) : null
}

/** What an upload in parts did not note of itself at first. */
const NOT_YET = { bucket: '', key: '', prints: null } as const

type Shape =
  | 'text'
  | 'count'
  | readonly [Shape]
  | { readonly maybe: Shape }
  | { readonly textsBy: 'name' }
  | { readonly is: string }
  | { readonly fields: Readonly<Record<string, Shape>> }

const PART: Shape = { fields: { number: 'count', etag: 'text', crc64: 'text' } }
const PARTS: Readonly<Record<string, Shape>> = {
  kind: { is: 'parts' },
  uploadId: 'text',
  headers: { textsBy: 'name' },
  partSize: 'count',
  parts: [PART],
  source: {
    maybe: {
      fields: {
        size: 'count',
        mtimeNs: 'text',
        ctimeNs: 'text',
        inode: 'text',
        device: 'text',
        sample: 'text',
      },
    },
  },
  message: {
    maybe: {
      fields: {
        header: 'text',
        iv: 'text',
        tag: 'text',
        before: 'text',
        after: 'text',
        tagged: 'text',
      },
    },
  },
}
const OLDER_PARTS: Shape = { fields: PARTS }
const SHAPES: readonly Shape[] = [
  { fields: { kind: { is: 'put' }, headers: { textsBy: 'name' }, before: 'text', state: 'text' } },
  {
    fields: {
      ...PARTS,
      bucket: 'text',
      key: 'text',
      prints: { maybe: { fields: { file: 'text' } } },
    },
  },
  {
    fields: {
      kind: { is: 'download' },
      etag: 'text',
      size: 'count',
      temporary: 'text',
      inode: 'text',
      pieceBytes: 'count',
      parts: [PART],
    },
  },
  {
    fields: {
      kind: { is: 'copy' },
      key: 'text',
      etag: 'text',
      size: 'count',
      uploadId: 'text',
      headers: { textsBy: 'name' },
      partSize: 'count',
      parts: [PART],
    },
  },
  { fields: { kind: { is: 'moved' }, key: 'text', etag: 'text' } },
]

function fits(value: unknown, shape: Shape): boolean {
  if (shape === 'text') return typeof value === 'string'
  if (shape === 'count') return Number.isSafeInteger(value) && (value as number) >= 0
  if (isList(shape)) return Array.isArray(value) && value.every((one) => fits(one, shape[0]))
  if ('maybe' in shape) return value === null || fits(value, shape.maybe)
  if ('textsBy' in shape)
    return isRecord(value) && Object.values(value).every((one) => typeof one === 'string')
  if ('is' in shape) return value === shape.is
  return (
    isRecord(value) &&
    Object.keys(value).length === Object.keys(shape.fields).length &&
    Object.entries(shape.fields).every(([name, inner]) => fits(value[name], inner))
  )
}

const isList = (shape: Shape): shape is readonly [Shape] => Array.isArray(shape)

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
