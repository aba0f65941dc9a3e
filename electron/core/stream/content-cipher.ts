import { createCipheriv, createDecipheriv } from 'node:crypto'
import { BLOCK_BYTES } from '../../../shared/format/counter.ts'
import { ctrCipher, resplitCipher } from './ctr.ts'
import type { JobCipher } from './part-job.ts'

/** Bytes of an object through its cipher, in order. */
export interface ContentCipher {
  /** May answer with fewer bytes than it was given, or with none yet. */
  update(bytes: Uint8Array): Uint8Array
  /** Bytes at the start of the input that belong to what comes before it: they only set the cipher up, and no sum counts them. */
  readonly lead: number
  /** After the last byte: the tag of a GCM pass, null for a cipher without. */
  tag(): Uint8Array | null
}

/** The cipher that a job describes. It copies the key. */
export function openCipher(job: JobCipher): ContentCipher {
  switch (job.kind) {
    case 'ctr': {
      const { dataKey, counter, at, resplit } = job
      const cipher = resplit === null ? ctrCipher(dataKey, counter, at) : resplitCipher(dataKey, counter, at, resplit)
      return { update: (bytes) => cipher.update(bytes), lead: 0, tag: () => null }
    }
    case 'cbc':
      return cbcCipher(job)
    case 'gcm': {
      const cipher = createCipheriv(job.dataKey.length === 16 ? 'aes-128-gcm' : 'aes-256-gcm', job.dataKey, job.iv)
      cipher.setAAD(job.associated)
      return { update: (bytes) => cipher.update(bytes), lead: 0, tag: () => (cipher.final(), cipher.getAuthTag()) }
    }
  }
}

/** Decrypts from any block on: every block needs only the one before it. Source NIST SP 800-38A 6.2. */
function cbcCipher({ dataKey, iv, skip, length }: Extract<JobCipher, { kind: 'cbc' }>): ContentCipher {
  const open = (block: Uint8Array) => createDecipheriv(`aes-${dataKey.length * 8}-cbc`, dataKey, block).setAutoPadding(false)
  let decipher = iv === null ? null : open(iv)
  let lead: Uint8Array = new Uint8Array(0)
  let [unwanted, wanted] = [skip, length]
  return {
    lead: iv === null ? BLOCK_BYTES : 0,
    tag: () => null,
    update(bytes) {
      let rest = bytes
      if (decipher === null) {
        const missing = BLOCK_BYTES - lead.length
        lead = Buffer.concat([lead, bytes.subarray(0, missing)])
        rest = bytes.subarray(missing)
        if (lead.length < BLOCK_BYTES) return rest
        decipher = open(lead)
      }
      const plain = decipher.update(rest)
      const from = Math.min(unwanted, plain.length)
      const kept = plain.subarray(from, from + wanted)
      unwanted -= from
      wanted -= kept.length
      return kept
    },
  }
}
