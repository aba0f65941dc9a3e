import { createCipheriv, createDecipheriv } from 'node:crypto'
import { BLOCK_BYTES } from '../../../shared/format/counter.ts'
import type { Resplit } from '../../../shared/format/message/resplit.ts'
import { ctrCipher, resplitCipher } from './ctr.ts'

/**
 * The key and the mode of one job. The data key (16 or 32 bytes) is the job's own copy, which the
 * worker wipes.
 */
export type JobCipher = { readonly dataKey: Uint8Array<ArrayBuffer> } &
  /**
   * `counter`: the counter block of content byte 0. `at`: bytes of content before the job's first
   * byte. `resplit`: null except for certain damaged objects.
   */
  (
    | {
        readonly kind: 'ctr'
        readonly counter: Uint8Array
        readonly at: number
        readonly resplit: Resplit | null
      }
    /**
     * Decrypts CBC. `iv` null: the first 16 bytes of the job are the block before it. Of the
     * plaintext, `length` bytes after the first `skip` are returned.
     */
    | {
        readonly kind: 'cbc'
        readonly iv: Uint8Array | null
        readonly skip: number
        readonly length: number
      }
    /**
     * Encrypts a whole plaintext for its tag. `associated`: further bytes that the tag
     * authenticates.
     */
    | { readonly kind: 'gcm'; readonly iv: Uint8Array; readonly associated: Uint8Array }
  )

/** The results of a cipher at its end. */
export interface CipherEnd {
  /** 16 bytes for GCM; null for the other modes. */
  readonly tag: Uint8Array | null
  /**
   * The first 16 bytes and up to 32 last bytes of the ciphertext that was read. Neighbouring ranges
   * of CBC overlap, and no sum covers bytes that are read twice. Null for the other modes.
   */
  readonly edges: { readonly first: Uint8Array; readonly last: Uint8Array } | null
}

/** A cipher that takes the bytes of an object in order. */
export interface ContentCipher {
  /** Encrypts or decrypts bytes. The answer can have fewer bytes than the input, or none. */
  update(bytes: Uint8Array): Uint8Array
  /**
   * Bytes at the start of the input that belong to the block before. They only set up the cipher,
   * and no sum counts them.
   */
  readonly lead: number
  /** Ends the cipher after the last byte. Called once. */
  end(): CipherEnd
}

/** Makes the cipher of a job. The cipher copies the key. */
export function openCipher(job: JobCipher): ContentCipher {
  switch (job.kind) {
    case 'ctr': {
      const { dataKey, counter, at, resplit } = job
      const cipher =
        resplit === null
          ? ctrCipher(dataKey, counter, at)
          : resplitCipher(dataKey, counter, at, resplit)
      return { update: (bytes) => cipher.update(bytes), lead: 0, end: () => NOTHING }
    }
    case 'cbc':
      return cbcCipher(job)
    case 'gcm': {
      const cipher = createCipheriv(
        job.dataKey.length === 16 ? 'aes-128-gcm' : 'aes-256-gcm',
        job.dataKey,
        job.iv,
      )
      cipher.setAAD(job.associated)
      return {
        update: (bytes) => cipher.update(bytes),
        lead: 0,
        end: () => (cipher.final(), { tag: cipher.getAuthTag(), edges: null }),
      }
    }
  }
}

const NOTHING: CipherEnd = { tag: null, edges: null }

/**
 * Decrypts CBC from any block on, because a block needs only the block before it. Source NIST SP
 * 800-38A 6.2.
 */
function cbcCipher({
  dataKey,
  iv,
  skip,
  length,
}: Extract<JobCipher, { kind: 'cbc' }>): ContentCipher {
  const open = (block: Uint8Array) =>
    createDecipheriv(`aes-${dataKey.length * 8}-cbc`, dataKey, block).setAutoPadding(false)
  let decipher = iv === null ? null : open(iv)
  let first: Uint8Array = new Uint8Array(0)
  let last: Uint8Array = first
  let [unwanted, wanted] = [skip, length]
  return {
    lead: iv === null ? BLOCK_BYTES : 0,
    end: () => ({ tag: null, edges: { first, last } }),
    update(bytes) {
      const missing = BLOCK_BYTES - first.length
      if (missing > 0) first = Buffer.concat([first, bytes.subarray(0, missing)])
      last = Buffer.concat([last, bytes.subarray(-2 * BLOCK_BYTES)]).subarray(-2 * BLOCK_BYTES)
      if (decipher === null && first.length < BLOCK_BYTES) return new Uint8Array(0)
      const isFirst = decipher === null
      decipher ??= open(first)
      const plain = decipher.update(isFirst ? bytes.subarray(missing) : bytes)
      const from = Math.min(unwanted, plain.length)
      const kept = plain.subarray(from, from + wanted)
      unwanted -= from
      wanted -= kept.length
      return kept
    },
  }
}
