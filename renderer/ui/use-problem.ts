import { errorSentence } from '../text/sentence.ts'
import { errorOf } from '../text/error-of.ts'
import { useLanguage } from '../text/use-text.tsx'
import type { FieldMessage } from './controls/field.tsx'

/**
 * Returns the error of a query or mutation as a message for a field or note. Null without an error,
 * and after a cancel.
 */
export function useProblem(cause: unknown): FieldMessage | null {
  const language = useLanguage()
  if (cause === null || cause === undefined) return null
  const error = errorOf(cause)
  return error.code === 'cancelled'
    ? null
    : { kind: 'bad', text: errorSentence(error, language), error }
}
