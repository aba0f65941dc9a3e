import { languageOf } from '../../shared/contract/languages.ts'
import type { AppInfo } from '../../shared/contract/models.ts'
import type { Language } from './words.ts'

/**
 * What the user reads, as long as nothing was chosen: the desktop shell asks the system, a page its
 * browser.
 */
export const systemLanguage = (app: AppInfo | undefined): Language =>
  app?.language ?? languageOf(navigator.languages)
