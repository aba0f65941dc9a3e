import type { Settings } from './models-settings.ts'
import type { Language } from './sentences/sentences.ts'

/**
 * Returns the first of the wanted languages that the app speaks. The tags are those of BCP 47 or
 * POSIX: `zh-TW`, `zh-Hans-CN`, `zh_CN.UTF-8`. Every kind of Chinese gives zh-CN. English is the
 * answer when no tag fits.
 */
export function languageOf(wanted: readonly string[]): Language {
  const spoken = wanted
    .map((tag) => /^\s*(zh|en)(?:$|[-_.@\s])/i.exec(tag)?.[1]?.toLowerCase())
    .find((name) => name !== undefined)
  return spoken === 'zh' ? 'zh-CN' : 'en'
}

/**
 * Returns the languages of an Accept-Language header, best first. Languages that the header refuses
 * (`q=0`) are left out. Source: RFC 9110 §12.5.4.
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
 * Returns the languages that a terminal's environment asks for. The first of LC_ALL, LC_MESSAGES
 * and LANG that is set decides. The list in LANGUAGE comes first, unless the locale is C. Source:
 * POSIX.1 §8.2, GNU gettext "The LANGUAGE variable".
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

/** Returns the language that the user chose, else the system's language. */
export const chosenLanguage = (chosen: Settings['language'], system: Language): Language =>
  chosen === 'system' ? system : chosen
