import { languageOf } from '../../shared/contract/languages.ts'
import type { AppInfo } from '../../shared/contract/models.ts'
import type { Language } from '../../shared/contract/sentences/sentences.ts'

/**
 * The language of the system until the user chooses one. The desktop shell asks the system, a page
 * its browser.
 */
export const systemLanguage = (app: AppInfo | undefined): Language =>
  app?.language ?? languageOf(navigator.languages)
