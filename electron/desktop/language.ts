import { app } from 'electron'
import { chosenLanguage, languageOf } from '../../shared/contract/languages.ts'
import type { Settings } from '../../shared/contract/models-settings.ts'
import type { Language } from '../../shared/contract/sentences/sentences.ts'

/**
 * Returns the first language of the system's list that the app speaks. Valid once the app is ready.
 */
export const desktopLanguage = (): Language =>
  languageOf([...app.getPreferredSystemLanguages(), app.getLocale()])

/** Returns the language of menus, questions and notifications. */
export const spoken = ({ language }: Pick<Settings, 'language'>): Language =>
  chosenLanguage(language, desktopLanguage())
