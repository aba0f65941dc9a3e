import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chinese, english } from '../../renderer/text/words.ts'

/** Texts of the window, the sentences of errors, and the words of the shells. */
const FOLDERS = { en: 'renderer/text/en', 'zh-CN': 'renderer/text/zh-CN' } as const
/** Both languages stand in them, pair by pair. */
const PAIRS = readdirSync('shared/contract/sentences')
  .filter((name) => /^(sentences|round)-(?!en|zh)/.test(name))
  .map((name) => join('shared/contract/sentences', name))
const SHELLS = [
  'electron/desktop/leave.ts',
  'electron/desktop/main.ts',
  'electron/desktop/menu.ts',
  'electron/desktop/role-words.ts',
  'electron/loopback/words.ts',
  ...PAIRS,
]
const TERMINAL = ['electron/cli', 'electron/cli/commands'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
)

const LITERAL = /'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g
/**
 * String literals of a file that are words for people: with a space, or in Chinese. Comments are
 * left out.
 */
function literals(file: string): readonly string[] {
  const code = readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/^import .*$/gm, '')
  return (code.match(LITERAL) ?? [])
    .map((text) => text.slice(1, -1))
    .filter((text) => / |[\u4e00-\u9fff]/.test(text))
}
const inFolder = (folder: string): readonly string[] =>
  readdirSync(folder).map((name) => join(folder, name))
/** A value of a text file, without its key. */
const valuesOf = (
  texts: Readonly<Record<string, Readonly<Record<string, string>>>>,
): readonly string[] => Object.values(texts).flatMap((group) => Object.values(group))

const ENGLISH_OF_WINDOW = [
  ...new Set([
    ...valuesOf(english),
    ...[
      'shared/contract/sentences/sentences-en.ts',
      'shared/contract/sentences/sentence-parts-en.ts',
      ...SHELLS,
    ].flatMap(literals),
  ]),
]
const ENGLISH = [...new Set([...ENGLISH_OF_WINDOW, ...TERMINAL.flatMap(literals)])]
const CHINESE = [
  ...new Set([
    ...valuesOf(chinese),
    ...[
      'shared/contract/sentences/sentences-zh.ts',
      'shared/contract/sentences/sentence-parts-zh.ts',
      ...SHELLS,
    ].flatMap(literals),
  ]),
].filter((text) => /[\u4e00-\u9fff]/.test(text))

/**
 * Grammatical, and read as translated; or a second word for an idea that has one: encrypted,
 * wrapped (data keys), locked (keychain, file).
 */
const ENGLISH_NEVER: readonly RegExp[] = [
  /\banew\b/i,
  /\bbegun\b/i,
  /\bof (yours|your own|its own|their own)\b/i,
  /(?<!\bthere )\b(is|are) no (?!longer\b)\w/i,
  /\bgoes? on\b/i,
  /\bby (itself|themselves)\b/i,
  /\balready there\b|\bthere already\b/i,
  /\b(what|whatever) (is|was|comes|came|becomes?|goes)\b/i,
  /\bwho(ever|se)\b/i,
  /\bheld\b/i,
  /\bonce more\b/i,
  // A seal shows changes. Files are encrypted, and keys are wrapped or locked.
  /\bseal(s|ed|ing)?\b[^.:]*\b(with|under)\b[^.:]*\b(key|passphrase|password)\b/i,
  /\b(re)?seal(s|ed|ing)? (the |your |its |this )?(keychain|keyring|passphrase|secret)/i,
  /\bunseal(s|ing)?\b/i,
  /\bclosed with\b|\bis closed\b|\bfile, closed\b/i,
  /\b(public|private|both) hal(f|ves)\b/i,
  /\bwrap and unwrap\b/i,
  /\bnoise\b/i,
  /\bcapitals\b/i,
  /\brubbish\b/i,
  /\bmay (open|use|write|run|read|move|go)\b/i,
  /\bas it is\b/i,
  /\bno one\b/i,
  /\bAbort\b/,
  /\bnot looked at\b/i,
  /\bleft alone\b/i,
]
/** Words of the command line and of the specification. */
const WINDOW_NEVER: readonly RegExp[] = [
  /\benvelopes?\b/i,
  /\bescrow\b/i,
  /\brewrap/i,
  /\bledger\b/i,
]
/** Translated word by word, where the console of Alibaba Cloud has a word of its own. */
const CHINESE_NEVER: readonly RegExp[] = [
  /包装|封装|解包/,
  /机密/,
  /标头/,
  /(?<!加密)信封(?!加密)/,
  /中止/,
  /未完成的上传/,
  /对象/,
  /使用中/,
  /不支持读取/,
  /口令文件/,
  /上锁|乱码，和/,
  /AccessKey secret/,
  /STS token/i,
  /钥匙串|凭据管理器|密钥环/,
  /试用/,
  /不相配/,
  /早先版本|早期版本/,
  /抽屉/,
  /作答|回答/,
]
/** JSON has objects too. */
const said = (text: string): string => text.replaceAll('JSON 对象', '')

test.each(ENGLISH_NEVER.map((word) => [String(word), word] as const))(
  'English does not say %s',
  (_, word) => {
    expect(ENGLISH.filter((text) => word.test(text))).toEqual([])
  },
)
test.each(WINDOW_NEVER.map((word) => [String(word), word] as const))(
  'the window does not say %s',
  (_, word) => {
    // A name inside of a template is code.
    const words = ENGLISH_OF_WINDOW.map((text) => text.replace(/\$\{[^{}]*\}/g, ''))
    expect(words.filter((text) => word.test(text))).toEqual([])
  },
)
test.each(CHINESE_NEVER.map((word) => [String(word), word] as const))(
  'Chinese does not say %s',
  (_, word) => {
    expect(CHINESE.filter((text) => word.test(said(text)))).toEqual([])
  },
)
test('every file of texts is among them', () => {
  expect(PAIRS).not.toEqual([])
  for (const [language, values] of [
    ['en', ENGLISH],
    ['zh-CN', CHINESE],
  ] as const) {
    for (const file of inFolder(FOLDERS[language])) {
      const some = literals(file).find(
        (text) =>
          (language === 'en' ? / \w+ /.test(text) : /[\u4e00-\u9fff]{3}/.test(text)) &&
          !text.includes('\\'),
      )
      expect(values, file).toContain(some)
    }
  }
})

const PLACES = /\{\{\w+\}\}|<\/?\w+>/g
/** The word for the keychain is put in by the language itself. */
const places = (text: string): readonly string[] =>
  [...new Set(text.match(PLACES) ?? [])].filter((place) => place !== '{{keychain}}').sort()

/**
 * Both languages name the same values and marks, so that nothing said in one is missing in the
 * other.
 */
test.each(Object.keys(english) as (keyof typeof english)[])(
  '%s: the same keys and the same placeholders in both languages',
  (group) => {
    const [ours, theirs] = [english[group], chinese[group]] as readonly Readonly<
      Record<string, string>
    >[]
    const many = Object.keys(ours ?? {}).filter((key) => !key.endsWith('_one'))
    expect(Object.keys(theirs ?? {}).sort()).toEqual([...many].sort())
    for (const key of many)
      expect([key, places(theirs?.[key] ?? '')]).toEqual([key, places(ours?.[key] ?? '')])
  },
)
