import { app } from 'electron'
import { chosenLanguage, languageOf } from '../../shared/contract/languages.ts'
import type { Settings } from '../../shared/contract/models-settings.ts'
import type { Language } from '../../shared/contract/sentences/sentences.ts'

/** What the system speaks, as its user ordered it. Of use once the app is ready. */
export const systemLanguage = (): Language =>
  languageOf([...app.getPreferredSystemLanguages(), app.getLocale()])

/** What menus, questions and notifications say. */
export const spoken = ({ language }: Pick<Settings, 'language'>): Language =>
  chosenLanguage(language, systemLanguage())
