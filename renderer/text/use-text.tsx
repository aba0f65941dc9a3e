import { createInstance, type i18n } from 'i18next'
import { Fragment, useMemo, useSyncExternalStore, type ReactNode } from 'react'
import type { AppInfo } from '../../shared/contract/models.ts'
import { keychainName, type Language } from '../../shared/contract/sentences/sentences.ts'
import { chinese, english, type TextKey } from './words.ts'

/**
 * `count` picks the plural; numbers are written as given, so format them first where they are
 * shown.
 */
type Values = Readonly<Record<string, string | number>>
export type Text = (key: TextKey, values?: Values) => string
type Marks = Readonly<Record<string, ReactNode | ((inner: ReactNode) => ReactNode)>>
/**
 * As {@link Text}, with React nodes for `<b>…</b>` and `{{value}}`. The content of a value is never
 * read as markup.
 */
export type Rich = (key: TextKey, marks: Marks, values?: Values) => ReactNode

export const texts: i18n = createInstance()
void texts.init({
  resources: { en: english, 'zh-CN': chinese },
  lng: 'en',
  fallbackLng: 'en',
  ns: Object.keys(english),
  defaultNS: 'common',
  keySeparator: false,
  initAsync: false,
  returnNull: false,
  interpolation: { escapeValue: false },
})

let platform: AppInfo['platform'] = 'linux'
/** The operating system of the core. */
export const system = (): AppInfo['platform'] => platform

/** Set before the first paint, because it does not change. */
export function setSystem(name: AppInfo['platform']): void {
  platform = name
}

/** Values that every text may use. */
const everywhere = (language: Language): Values => ({ keychain: keychainName(language, platform) })

/** Changes the language everywhere at once. */
export function setLanguage(language: Language): void {
  if (texts.language !== language) void texts.changeLanguage(language)
}

function followLanguage(onChange: () => void): () => void {
  texts.on('languageChanged', onChange)
  return () => texts.off('languageChanged', onChange)
}

export const useLanguage = (): Language =>
  useSyncExternalStore(followLanguage, () => texts.language as Language)

/** Each row of a list has several texts, so a hook costs next to nothing. */
export const useText = (): Text => textIn(useLanguage())

const made = new Map<string, Text>()

/**
 * Returns the texts of one language, for code outside of components too. A text without values is
 * looked up once.
 */
export function textIn(language: Language): Text {
  const id = `${language} ${platform}`
  const known = made.get(id)
  if (known !== undefined) return known
  const t = texts.getFixedT(language)
  const plain = new Map<TextKey, string>()
  const text: Text = (key, values) => {
    const before = values === undefined ? plain.get(key) : undefined
    if (before !== undefined) return before
    const found = t(key, { ...everywhere(language), ...values }) as string
    if (values === undefined) plain.set(key, found)
    return found
  }
  made.set(id, text)
  return text
}

export function useRich(): Rich {
  const language = useLanguage()
  return useMemo(() => {
    const t = texts.getFixedT(language)
    return (key, marks, values) =>
      fill(t(key, { ...values, skipInterpolation: true }) as string, marks, {
        ...everywhere(language),
        ...values,
      })
  }, [language])
}

/** One level of `<name>…</name>`, and `{{name}}` anywhere. */
function fill(template: string, marks: Marks, values: Values): ReactNode {
  const pieces = template.split(/(<(\w+)>(.*?)<\/\2>|\{\{\w+\}\})/s)
  const out: ReactNode[] = []
  for (let i = 0; i < pieces.length; i += 4) {
    out.push(pieces[i])
    const whole = pieces[i + 1]
    if (whole === undefined) continue
    const tag = pieces[i + 2]
    if (tag === undefined) out.push(named(whole.slice(2, -2), marks, values))
    else out.push(tagged(tag, fill(pieces[i + 3] ?? '', marks, values), marks))
  }
  return out.map((node, i) => <Fragment key={i}>{node}</Fragment>)
}

function named(name: string, marks: Marks, values: Values): ReactNode {
  const mark = marks[name]
  return mark === undefined || typeof mark === 'function' ? values[name] : mark
}

function tagged(tag: string, inner: ReactNode, marks: Marks): ReactNode {
  const mark = marks[tag]
  if (typeof mark === 'function') return mark(inner)
  return tag === 'b' ? <b>{inner}</b> : inner
}
