import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BlobStore, Segment } from './blob-store.ts'
import { refusal } from '../errors.ts'
import { publish } from './publish.ts'

export const MAX_PART_NUMBER = 10_000

/** The content of an InitiateMultipartUpload. */
export interface MultipartRecord {
  readonly id: string
  readonly bucket: string
  readonly key: string
  /** ms since 1970 */
  readonly initiated: number
  readonly storageClass: string
  readonly headers: readonly (readonly [string, string])[]
  readonly tags: readonly (readonly [string, string])[]
  readonly forbidOverwrite: boolean
  readonly acl?: string | undefined
}

export interface UploadedPart {
  readonly number: number
  readonly size: number
  /** MD5, upper-case hex. */
  readonly etag: string
  /** Decimal. */
  readonly crc64: string
  readonly modified: number
  readonly segments: readonly Segment[]
}

export interface StoredUpload extends MultipartRecord {
  readonly parts: ReadonlyMap<number, UploadedPart>
}

/** Unfinished uploads on the disk: a folder for each, and a small file for each part. */
export class MultipartStore {
  readonly #directory: string
  readonly #blobs: BlobStore
  readonly #uploads = new Map<
    string,
    MultipartRecord & { readonly parts: Map<number, UploadedPart> }
  >()

  /** `named`: the blobs that versions need; those of parts are added. */
  constructor(directory: string, blobs: BlobStore, named: Set<string>) {
    this.#directory = directory
    this.#blobs = blobs
    mkdirSync(directory, { recursive: true })
    for (const id of readdirSync(directory)) this.#load(id, named)
  }

  start(given: Omit<MultipartRecord, 'id'>): MultipartRecord {
    const start = { id: randomBytes(16).toString('hex').toUpperCase(), ...given }
    mkdirSync(join(this.#directory, start.id))
    publish(join(this.#directory, start.id, 'upload.json'), JSON.stringify(start))
    this.#uploads.set(start.id, { ...start, parts: new Map() })
    return start
  }

  /** Errors: NoSuchUpload with `ec`, which differs between operations. */
  get(bucket: string, key: string, id: string, ec?: string): StoredUpload {
    const found = this.#uploads.get(id)
    if (found === undefined || found.bucket !== bucket || found.key !== key) {
      throw refusal(
        'NoSuchUpload',
        ec === undefined ? { extra: { UploadId: id } } : { ec, extra: { UploadId: id } },
      )
    }
    return found
  }

  /** Lists the uploads of a bucket by key, then by id. */
  list(bucket: string): readonly StoredUpload[] {
    const order = (a: StoredUpload, b: StoredUpload) =>
      Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) || (a.id < b.id ? -1 : 1)
    return [...this.#uploads.values()].filter((upload) => upload.bucket === bucket).sort(order)
  }

  /**
   * Adds a part in place of an earlier one with its number.
   * Errors: NoSuchUpload when the upload ended meanwhile.
   */
  addPart(upload: StoredUpload, part: UploadedPart): void {
    const held = this.#uploads.get(upload.id)
    if (held === undefined) {
      this.#blobs.remove(part.segments)
      throw refusal('NoSuchUpload', { ec: '0042-00000104', extra: { UploadId: upload.id } })
    }
    const old = held.parts.get(part.number)
    publish(join(this.#directory, upload.id, `${part.number}.json`), JSON.stringify(part))
    held.parts.set(part.number, part)
    this.#blobs.remove(old?.segments ?? [])
  }

  /** Removes the upload. The bytes of `kept` parts belong to an object now; the others go. */
  end(upload: StoredUpload, kept: readonly UploadedPart[]): void {
    const numbers = new Set(kept.map(({ number }) => number))
    const parts = [...upload.parts.values()]
    this.#uploads.delete(upload.id)
    rmSync(join(this.#directory, upload.id), { recursive: true, force: true })
    for (const part of parts) if (!numbers.has(part.number)) this.#blobs.remove(part.segments)
  }

  #load(id: string, named: Set<string>): void {
    const folder = join(this.#directory, id)
    const parts = new Map<number, UploadedPart>()
    try {
      const start = JSON.parse(readFileSync(join(folder, 'upload.json'), 'utf8')) as MultipartRecord
      for (const name of readdirSync(folder)) {
        if (!/^\d+\.json$/.test(name)) continue
        const part = JSON.parse(readFileSync(join(folder, name), 'utf8')) as UploadedPart
        if (this.#blobs.holds(part.segments)) parts.set(part.number, part)
      }
      const blobs = [...parts.values()].flatMap(({ segments }) => segments.map(({ blob }) => blob))
      // An object has these bytes: the upload was completed, and only its folder is left.
      if (blobs.some((blob) => named.has(blob))) throw new Error('completed')
      for (const blob of blobs) named.add(blob)
      this.#uploads.set(id, { ...start, parts })
    } catch {
      // Or the start of the upload was cut off, and no client knows its id.
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
