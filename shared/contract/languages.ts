import type { Settings } from './models-settings.ts'
import type { Language } from './sentences/sentences.ts'

/**
 * The first of the wanted languages that the app speaks, as BCP 47 or POSIX writes them: `zh-TW`,
 * `zh-Hans-CN`, `zh_CN.UTF-8`. Every kind of Chinese is answered in zh-CN; English where none fits.
 */
export function languageOf(wanted: readonly string[]): Language {
  const spoken = wanted
    .map((tag) => /^\s*(zh|en)(?:$|[-_.@\s])/i.exec(tag)?.[1]?.toLowerCase())
    .find((name) => name !== undefined)
  return spoken === 'zh' ? 'zh-CN' : 'en'
}

/**
 * What an Accept-Language header wants, best first; those it refuses (`q=0`) left out. Source: RFC
 * 9110 §12.5.4.
 */
export function acceptedLanguages(header: string): readonly string[] {
  const ranges = header.split(',').map((range) => {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim())
    const q = parameters
      .map((one) => /^q=([\d.]+)$/i.exec(one)?.[1])
      .find((value) => value !== undefined)
    return { tag, quality: q === undefined ? 1 : Number(q) }
  })
  return ranges
    .filter(({ tag, quality }) => tag !== '' && quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag)
}

/**
 * What the environment of a terminal wants. The first of LC_ALL, LC_MESSAGES and LANG that is set
 * decides; LANGUAGE, a list, comes before it unless that one is C. Source: POSIX.1 §8.2, GNU
 * gettext "The LANGUAGE variable".
 */
export function terminalLanguages(
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const locale =
    ['LC_ALL', 'LC_MESSAGES', 'LANG']
      .map((name) => environment[name] ?? '')
      .find((value) => value !== '') ?? ''
  if (/^(C|POSIX)?(\.|$)/i.test(locale)) return []
  return [...(environment['LANGUAGE'] ?? '').split(':'), locale].filter((tag) => tag !== '')
}

/** What the user chose, else what the system speaks. */
export const chosenLanguage = (chosen: Settings['language'], system: Language): Language =>
  chosen === 'system' ? system : chosen
