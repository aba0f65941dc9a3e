import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, linkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { takePooledCrc64 } from './crc64-pool.ts'
import { isMadeUpSegment, madeUpBytes } from './made-up.ts'
import { FanOut } from './fan-out.ts'

/** One file of stored bytes. It never changes once written; an object is a list of segments. */
export interface Segment {
  readonly blob: string
  readonly bytes: number
}

/** The bytes of one body, and their sums. */
export interface ReceivedBody {
  /** One segment; none for an empty body. */
  readonly segments: readonly Segment[]
  readonly bytes: number
  /** MD5, 16 bytes. */
  readonly md5: Buffer
  /** CRC-64/XZ. */
  readonly crc64: bigint
}

/** Chunks are collected up to so many bytes before they are written. */
const WRITE_BYTES = 1024 * 1024

/**
 * Stores bytes on the disk under random names: an object's key is never part of a path. A blob that
 * no record names is removed at the next start.
 */
export class BlobStore {
  readonly #files: FanOut

  constructor(directory: string) {
    this.#files = new FanOut(directory)
  }

  /** Writes `body` to a new blob in constant memory. A body that breaks off leaves nothing. */
  async receive(body: AsyncIterable<Buffer>): Promise<ReceivedBody> {
    const blob = randomUUID()
    const md5 = createHash('md5')
    const crc64 = await takePooledCrc64()
    let bytes = 0
    let pending: Buffer[] = []
    let pendingBytes = 0
    let file: Awaited<ReturnType<typeof open>> | null = null
    let writing: Promise<unknown> = Promise.resolve()
    try {
      for await (const chunk of body) {
        md5.update(chunk)
        crc64.update(chunk)
        bytes += chunk.length
        pending.push(chunk)
        pendingBytes += chunk.length
        if (pendingBytes < WRITE_BYTES) continue
        file ??= await open(this.#files.path(blob), 'wx', 0o600)
        await writing
        // The next chunks are hashed while these are written.
        writing = file.writev(pending)
        writing.catch(() => {})
        pending = []
        pendingBytes = 0
      }
      await writing
      // One synchronous write of a small body costs far less than four trips to the thread pool.
      if (file !== null && pendingBytes > 0) await file.writev(pending)
      else if (file === null && bytes > 0)
        writeFileSync(this.#files.path(blob), Buffer.concat(pending), { flag: 'wx', mode: 0o600 })
      return {
        segments: bytes === 0 ? [] : [{ blob, bytes }],
        bytes,
        md5: md5.digest(),
        crc64: crc64.digest(),
      }
    } catch (cause) {
      await writing.catch(() => {})
      await file?.close()
      this.remove([{ blob, bytes }])
      throw cause
    } finally {
      await file?.close()
      crc64.release()
    }
  }

  /** Returns bytes `offset` to `offset + length` of all segments together. */
  read(segments: readonly Segment[], offset: number, length: number): Readable {
    return Readable.from(this.#chunks(segments, offset, length), {
      objectMode: false,
      highWaterMark: 256 * 1024,
    })
  }

  async *#chunks(
    segments: readonly Segment[],
    offset: number,
    length: number,
  ): AsyncGenerator<Buffer> {
    let skip = offset
    let left = length
    for (const segment of segments) {
      const { blob, bytes } = segment
      if (left === 0) return
      const take = Math.min(left, bytes - skip)
      if (take > 0) {
        if (isMadeUpSegment(segment)) yield* madeUpBytes(skip, take)
        else
          yield* createReadStream(this.#files.path(blob), {
            start: skip,
            end: skip + take - 1,
            highWaterMark: 256 * 1024,
          })
        left -= take
      }
      skip = Math.max(0, skip - bytes)
    }
  }

  /** Gives the same bytes new names, without a copy of them. */
  link(segments: readonly Segment[]): readonly Segment[] {
    return segments.map((segment) => {
      if (isMadeUpSegment(segment)) return segment
      const { blob, bytes } = segment
      const copy = randomUUID()
      linkSync(this.#files.path(blob), this.#files.path(copy))
      return { blob: copy, bytes }
    })
  }

  remove(segments: readonly Segment[]): void {
    for (const { blob } of segments.filter((segment) => !isMadeUpSegment(segment))) {
      try {
        rmSync(this.#files.path(blob), { force: true })
      } catch {
        // Some systems do not remove a file that is being read. The next start removes it.
      }
    }
  }

  /** Returns true when every segment has all of its bytes. */
  holds(segments: readonly Segment[]): boolean {
    return segments.every(
      ({ blob, bytes }) =>
        isMadeUpSegment({ blob }) ||
        statSync(this.#files.path(blob), { throwIfNoEntry: false })?.size === bytes,
    )
  }

  /** Removes blobs that no record names: leftovers of uploads that broke off. */
  sweep(named: ReadonlySet<string>): void {
    for (const blob of this.#files.names())
      if (!named.has(blob)) rmSync(this.#files.path(blob), { force: true })
  }
}
