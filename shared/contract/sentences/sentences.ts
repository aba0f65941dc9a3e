import { englishSentences } from './sentences-en.ts'
import { chineseSentences } from './sentences-zh.ts'
import type { AppError } from '../errors.ts'
import type { AppInfo } from '../models.ts'
import type { Sentences } from './sentences-words.ts'

export type Language = 'en' | 'zh-CN'

const LANGUAGES: Readonly<Record<Language, Sentences>> = {
  en: englishSentences,
  'zh-CN': chineseSentences,
}

/**
 * The name of the place where each system stores passwords. English has one word for all systems.
 * Source: the systems' own windows.
 */
const KEYCHAINS: Readonly<Record<Language, Readonly<Record<AppInfo['platform'], string>>>> = {
  en: { mac: 'keychain', windows: 'keychain', linux: 'keychain' },
  'zh-CN': { mac: '钥匙串', windows: '凭据管理器', linux: '密钥环' },
}

/** Returns the name of a system's keychain in a language. */
export const keychainName = (language: Language, platform: AppInfo['platform']): string =>
  KEYCHAINS[language][platform]

/**
 * Returns one or two sentences for the window and the terminal: first the fact, then the user's
 * next step.
 * Names of files, keys and hosts appear as `shown` returns them. So no name can act as markup or as
 * a terminal command. `platform`: the system that the core runs on, which has its own word for the
 * keychain.
 */
export function sentence(
  error: AppError,
  language: Language,
  platform: AppInfo['platform'] = 'linux',
): string {
  const say = LANGUAGES[language][error.code] as (error: AppError, keychain: string) => string
  return say(error, keychainName(language, platform))
}

/**
 * Returns the technical line for support: the code, then the values from OSS. The window shows the
 * line small, with a copy button. The line never holds a name, a path or a secret.
 */
export function technical(error: AppError): string {
  const facts = [error.code as string]
  if ('reason' in error) facts.push(error.reason)
  if ('problem' in error) facts.push(error.problem)
  if ('reference' in error) facts.push(error.reference)
  if ('status' in error) facts.push(String(error.status))
  if ('ossCode' in error) facts.push(error.ossCode)
  if ('kmsCode' in error) facts.push(error.kmsCode)
  if ('ec' in error) facts.push(error.ec)
  if ('requestId' in error) facts.push(error.requestId)
  return facts.filter((fact) => fact !== '').join(' · ')
}
