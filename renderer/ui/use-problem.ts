import { sentence } from '../text/sentence.ts'
import { errorOf } from '../text/error-of.ts'
import { useLanguage } from '../text/use-text.tsx'
import type { FieldMessage } from './controls/field.tsx'

/**
 * What a query or mutation threw, as a message under a field or in a note; null when nothing was
 * thrown, or it was cancelled.
 */
export function useProblem(cause: unknown): FieldMessage | null {
  const language = useLanguage()
  if (cause === null || cause === undefined) return null
  const error = errorOf(cause)
  return error.code === 'cancelled' ? null : { kind: 'bad', text: sentence(error, language), error }
}
