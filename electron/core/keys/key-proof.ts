import { randomBytes } from 'node:crypto'
import { Failure, fail, ok, type Result } from '../../../shared/contract/errors.ts'
import type { MasterKeyHandle } from './master-key.ts'

/**
 * Wraps what a real envelope would hold (32 and 16 random bytes), unwraps it and compares. A key
 * that holds only its public half can prove no more than that wrapping works and changes the bytes.
 *
 * Errors 'key-proof-failed'; for keys that are elsewhere also why KMS or the program did not
 * answer.
 */
export async function proves(key: MasterKeyHandle, signal: AbortSignal): Promise<Result<null>> {
  const failed = fail({ code: 'key-proof-failed', name: key.name })
  const how = { algorithm: key.wrapAlgorithm, payload: 'bytes' } as const
  for (const length of [32, 16]) {
    const secret = randomBytes(length)
    try {
      const wrapped = await key.wrap(secret, how, signal)
      if ((key.kind === 'rsa' && wrapped.length < 128) || Buffer.from(wrapped).includes(secret))
        return failed
      if (!key.canUnwrap) continue
      const back = await key.unwrap(wrapped, how, signal)
      const same = Buffer.compare(back, secret) === 0
      back.fill(0)
      if (!same) return failed
    } catch (cause) {
      // Whatever a bad pair of halves throws, it proves nothing. What a network or a program says
      // is worth knowing.
      if (key.kind === 'rsa') return failed
      if (!(cause instanceof Failure)) throw cause
      return cause.error.code === 'wrong-master-key' ? failed : fail(cause.error)
    } finally {
      secret.fill(0)
    }
  }
  return ok(null)
}
