import { createCipheriv, createDecipheriv } from 'node:crypto'
import { BLOCK_BYTES } from '../../../shared/format/counter.ts'
import type { Resplit } from '../../../shared/format/message/resplit.ts'
import { ctrCipher, resplitCipher } from './ctr.ts'

/**
 * What one job needs to encrypt or decrypt. The data key (16 or 32 bytes) is a copy of the job's
 * own; the worker wipes it.
 */
export type JobCipher = { readonly dataKey: Uint8Array<ArrayBuffer> } &
  /**
   * `counter`: of content byte 0. `at`: bytes of content before the job's first. `resplit`: null
   * for all but certain damaged objects.
   */
  (
    | {
        readonly kind: 'ctr'
        readonly counter: Uint8Array
        readonly at: number
        readonly resplit: Resplit | null
      }
    /**
     * Decrypts. `iv` null: the first 16 bytes of the job are the block before. Of what comes out,
     * `length` bytes after the first `skip`.
     */
    | {
        readonly kind: 'cbc'
        readonly iv: Uint8Array | null
        readonly skip: number
        readonly length: number
      }
    /** Over the whole of a plaintext, for its tag. `associated`: what is authenticated besides. */
    | { readonly kind: 'gcm'; readonly iv: Uint8Array; readonly associated: Uint8Array }
  )

/** What a cipher knows at its end. */
export interface CipherEnd {
  /** 16 bytes; null for all ciphers but GCM. */
  readonly tag: Uint8Array | null
  /**
   * Ciphertext at both ends of what was read: the first 16 bytes, and up to 32 at the end. Null for
   * all ciphers but CBC, where neighbours overlap and no sum covers what is read twice.
   */
  readonly edges: { readonly first: Uint8Array; readonly last: Uint8Array } | null
}

/** Bytes of an object through its cipher, in order. */
export interface ContentCipher {
  /** May answer with fewer bytes than it was given, or with none yet. */
  update(bytes: Uint8Array): Uint8Array
  /**
   * Bytes at the start of the input that belong to what comes before it: they only set the cipher
   * up, and no sum counts them.
   */
  readonly lead: number
  /** After the last byte, once. */
  end(): CipherEnd
}

/** The cipher that a job describes. It copies the key. */
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
 * Decrypts from any block on: every block needs only the one before it. Source NIST SP 800-38A 6.2.
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
