import { randomBytes } from 'node:crypto'
import { Failure, fail, ok, type Result } from '../../../shared/contract/errors.ts'
import type { MasterKeyHandle } from './master-key.ts'

/**
 * Proves a key: wraps 32 and 16 random bytes, as in a real envelope, unwraps them and compares.
 * With only a public half, the proof shows that wrapping works and changes the bytes.
 *
 * Errors  'key-proof-failed'; for a key in KMS or behind a program also the reason why there was no
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
      // Any error of a bad pair of halves means the same. The error of a network or a program is
      // worth reporting.
      if (key.kind === 'rsa') return failed
      if (!(cause instanceof Failure)) throw cause
      return cause.error.code === 'wrong-master-key' ? failed : fail(cause.error)
    } finally {
      secret.fill(0)
    }
  }
  return ok(null)
}
