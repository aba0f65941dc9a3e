import { openCipher } from '../cipher/content-cipher.ts'
import { takeCrc64 } from '../cipher/crc64-sum.ts'
import type { JobRecode } from './job.ts'

/** Bytes on their way from one data key to another. */
export interface Recoding {
  /** Decrypts and encrypts a body. The plaintext of each chunk is wiped at once. */
  through(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
  /** Returns the CRC-64 of the bytes before they were decrypted. */
  sum(): bigint
  release(): void
}

/** Opens both ciphers of a recoded range. */
export async function openRecoding({ from, to }: JobRecode): Promise<Recoding> {
  const crc = await takeCrc64()
  const [decipher, cipher] = [openCipher(from), openCipher(to)]
  return {
    async *through(body) {
      for await (const chunk of body) {
        crc.update(chunk)
        const plain = decipher.update(chunk)
        const again = cipher.update(plain)
        plain.fill(0)
        yield again
      }
    },
    sum: () => crc.value(),
    release: () => crc.release(),
  }
}
