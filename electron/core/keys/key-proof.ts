import { randomBytes } from 'node:crypto'
import type { MasterKeyHandle } from './master-key.ts'

/**
 * Wraps what a real envelope would hold (32 and 16 random bytes), unwraps it and compares. A key that holds only its
 * public half can prove no more than that wrapping works and changes the bytes.
 */
export async function proves(key: MasterKeyHandle): Promise<boolean> {
  for (const length of [32, 16]) {
    const secret = randomBytes(length)
    try {
      const wrapped = await key.wrap(secret)
      if (wrapped.length < 128 || Buffer.from(wrapped).includes(secret)) return false
      if (key.canUnwrap && Buffer.compare(await key.unwrap(wrapped), secret) !== 0) return false
    } catch {
      // Whatever a bad pair of halves throws, it proves nothing.
      return false
    } finally {
      secret.fill(0)
    }
  }
  return true
}
