import { sentence as sentenceOn } from '../../shared/contract/sentences/sentences.ts'
import type { AppError } from '../../shared/contract/errors.ts'
import { system } from './use-text.tsx'
import type { Language } from './words.ts'

/** Returns an error in words, with the terms of the core's system. */
export const sentence = (error: AppError, language: Language): string =>
  sentenceOn(error, language, system())
