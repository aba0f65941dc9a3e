import { sentence as sentenceOn, type Language } from '../../shared/contract/sentences/sentences.ts'
import type { AppError } from '../../shared/contract/errors.ts'
import { system } from './use-text.tsx'

/** Returns an error in words, with the terms of the core's system. */
export const errorSentence = (error: AppError, language: Language): string =>
  sentenceOn(error, language, system())
