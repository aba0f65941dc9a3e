import type { AppError } from '../../../shared/contract/errors.ts'
import type { Encryption } from '../../../shared/contract/models.ts'

/**
 * Returns why an object cannot be downloaded decrypted, before anybody tries; null if no reason is
 * known.
 */
export function whyClosed(encryption: Encryption | null | undefined): AppError | null {
  switch (encryption?.state) {
    case 'broken':
      return { code: 'not-an-envelope', header: encryption.header, problem: encryption.problem }
    case 'later':
      return { code: 'unsupported-format', format: encryption.format }
    case 'nokey':
      return {
        code: 'unknown-master-key',
        description:
          encryption.facts.cmks.length > 0
            ? encryption.facts.cmks.join(', ')
            : encryption.facts.description,
      }
    default:
      return null
  }
}
