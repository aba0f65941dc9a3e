import { sentence as sentenceOn } from '../../shared/contract/sentences/sentences.ts'
import type { AppError } from '../../shared/contract/errors.ts'
import { system } from './use-text.tsx'
import type { Language } from './words.ts'

/** An error in words, with those of the system that the core runs on. */
export const sentence = (error: AppError, language: Language): string =>
  sentenceOn(error, language, system())
