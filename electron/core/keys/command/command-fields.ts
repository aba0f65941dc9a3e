import { isAbsolute } from 'node:path'
import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { CommandKeyFacts } from '../../../../shared/contract/models.ts'
import { KMS_WRAP, OAEP_WRAP, RSA_WRAP } from '../../../../shared/format/envelope/envelope.ts'
import { sameAlgorithm } from '../key-order.ts'

const MAX_NAME = 64
const MAX_ARGS = 100
const MAX_ARG = 4096
const MAX_SECONDS = 300

/**
 * Checks whether a master key can be this program, and returns the fields with the name of the
 * algorithm trimmed. The program is not started and not looked for; the proof of the key does both.
 *
 * Errors  'bad-request' with the name of the field. A path must be absolute. An argument must not
 * be too long or have a NUL. The time must be in range. The name of the algorithm must be 1 to 64
 * printable ASCII characters, and not one of RSA or KMS. The name goes into the header `wrap-alg`.
 */
export function checkCommandKey(fields: CommandKeyFacts): Result<CommandKeyFacts> {
  const { program, args, timeoutSeconds } = fields
  const wrapAlgorithm = fields.wrapAlgorithm.trim()
  const refuse = (detail: keyof CommandKeyFacts) => fail({ code: 'bad-request', detail })
  if (!isAbsolute(program) || program.includes('\0')) return refuse('program')
  if (args.length > MAX_ARGS || args.some((arg) => arg.length > MAX_ARG || arg.includes('\0')))
    return refuse('args')
  if (!/^[\x20-\x7e]+$/.test(wrapAlgorithm) || wrapAlgorithm.length > MAX_NAME)
    return refuse('wrapAlgorithm')
  if ([RSA_WRAP, OAEP_WRAP, KMS_WRAP].some((taken) => sameAlgorithm(wrapAlgorithm, taken)))
    return refuse('wrapAlgorithm')
  if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 1 || timeoutSeconds > MAX_SECONDS)
    return refuse('timeoutSeconds')
  return ok({ ...fields, wrapAlgorithm })
}
