import { expect, test } from 'vitest'
import {
  acceptedLanguages,
  chosenLanguage,
  languageOf,
  terminalLanguages,
} from '../../shared/contract/languages.ts'

// Tags as Chromium, Electron on each system, Firefox and glibc give them.
test.each([
  [['zh-CN'], 'zh-CN'],
  [['zh'], 'zh-CN'],
  [['zh-TW'], 'zh-CN'],
  [['zh-Hans-CN', 'en'], 'zh-CN'],
  [['zh-Hant-HK'], 'zh-CN'],
  [['ZH-cn'], 'zh-CN'],
  [['zh_CN.UTF-8'], 'zh-CN'],
  [['zh_SG@pinyin'], 'zh-CN'],
  [['de-DE', 'zh-CN', 'en'], 'zh-CN'],
  [['en-US', 'zh-CN'], 'en'],
  [['en'], 'en'],
  [['fr-FR', 'en-GB', 'zh'], 'en'],
  [[], 'en'],
  [['zhx'], 'en'],
  [['za'], 'en'],
  [['*'], 'en'],
  [['', 'zh-CN'], 'zh-CN'],
] as const)('%j is spoken as %s', (wanted, language) => expect(languageOf(wanted)).toBe(language))

test.each([
  ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
  ['en;q=0.8, zh-CN;q=0.9', 'zh-CN'],
  ['en-US,en;q=0.9,zh-CN;q=0.8', 'en'],
  ['zh;q=0, en;q=0.1', 'en'],
  ['de, zh-TW;q=0.5', 'zh-CN'],
  ['', 'en'],
  ['*', 'en'],
  [' zh ; q=0.3 ', 'zh-CN'],
  [',;q=1,zh', 'zh-CN'],
])('Accept-Language %j: %s', (header, language) =>
  expect(languageOf(acceptedLanguages(header))).toBe(language),
)

test.each([
  [{ LANG: 'zh_CN.UTF-8' }, 'zh-CN'],
  [{ LC_ALL: 'zh_TW', LANG: 'en_US.UTF-8' }, 'zh-CN'],
  [{ LC_MESSAGES: 'zh_CN', LANG: 'en_US' }, 'zh-CN'],
  [{ LC_ALL: 'en_US', LC_MESSAGES: 'zh_CN', LANG: 'zh_CN' }, 'en'],
  [{ LC_ALL: '', LANG: 'zh_CN' }, 'zh-CN'],
  [{ LANGUAGE: 'zh_CN:en', LANG: 'en_US.UTF-8' }, 'zh-CN'],
  [{ LANGUAGE: 'zh_CN', LANG: 'C' }, 'en'],
  [{ LC_ALL: 'C.UTF-8', LANG: 'zh_CN' }, 'en'],
  [{ LC_ALL: 'POSIX', LANG: 'zh_CN' }, 'en'],
  [{ LC_CTYPE: 'zh_CN.UTF-8' }, 'en'],
  [{}, 'en'],
])('%j: %s', (environment, language) =>
  expect(languageOf(terminalLanguages(environment))).toBe(language),
)

test('what was chosen wins', () => {
  expect([
    chosenLanguage('system', 'zh-CN'),
    chosenLanguage('en', 'zh-CN'),
    chosenLanguage('zh-CN', 'en'),
  ]).toEqual(['zh-CN', 'en', 'zh-CN'])
})
