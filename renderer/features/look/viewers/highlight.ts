import type { HLJSApi, LanguageFn } from 'highlight.js'
import { extensionOf } from '../../../../shared/contract/file-kinds.ts'

/** A run of characters of one line, with the class that colours it; '' without one. */
export interface Run {
  readonly text: string
  readonly className: string
}
export type Line = readonly Run[]

/** Characters that are coloured at most. A longer text is shown in one colour. */
const MOST_CHARACTERS = 300_000

/** Each language is loaded when a file needs it. */
const LANGUAGES: Readonly<Record<string, () => Promise<{ readonly default: LanguageFn }>>> = {
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  diff: () => import('highlight.js/lib/languages/diff'),
  go: () => import('highlight.js/lib/languages/go'),
  ini: () => import('highlight.js/lib/languages/ini'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  kotlin: () => import('highlight.js/lib/languages/kotlin'),
  lua: () => import('highlight.js/lib/languages/lua'),
  makefile: () => import('highlight.js/lib/languages/makefile'),
  markdown: () => import('highlight.js/lib/languages/markdown'),
  php: () => import('highlight.js/lib/languages/php'),
  powershell: () => import('highlight.js/lib/languages/powershell'),
  python: () => import('highlight.js/lib/languages/python'),
  ruby: () => import('highlight.js/lib/languages/ruby'),
  rust: () => import('highlight.js/lib/languages/rust'),
  scss: () => import('highlight.js/lib/languages/scss'),
  sql: () => import('highlight.js/lib/languages/sql'),
  swift: () => import('highlight.js/lib/languages/swift'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
}
const EXTENSIONS: Readonly<Record<string, string>> = {
  bash: 'sh bash zsh',
  c: 'c h',
  cpp: 'cc cpp cxx hpp hh',
  csharp: 'cs',
  css: 'css',
  diff: 'diff patch',
  go: 'go',
  ini: 'ini toml cfg conf properties',
  java: 'java',
  javascript: 'js mjs cjs jsx',
  json: 'json jsonl ndjson geojson',
  kotlin: 'kt kts',
  lua: 'lua',
  makefile: 'mk makefile',
  markdown: 'md markdown',
  php: 'php',
  powershell: 'ps1 psm1',
  python: 'py pyi',
  ruby: 'rb',
  rust: 'rs',
  scss: 'scss',
  sql: 'sql',
  swift: 'swift',
  typescript: 'ts mts cts tsx',
  xml: 'xml html htm xhtml svg plist xsd xsl vue',
  yaml: 'yaml yml',
}
const BY_EXTENSION = new Map(
  Object.entries(EXTENSIONS).flatMap(([language, names]) =>
    names.split(' ').map((name) => [name, language] as const),
  ),
)

/**
 * Splits a text into lines of coloured runs, by the extension of its name. Only class names come
 * out of it: neither markup nor styles. A text of no known language has one run a line.
 */
export async function highlight(text: string, key: string): Promise<readonly Line[]> {
  const language = BY_EXTENSION.get(extensionOf(key))
  const load = language === undefined ? undefined : LANGUAGES[language]
  if (language === undefined || load === undefined || text.length > MOST_CHARACTERS)
    return plainLines(text)
  const [{ default: hljs }, { default: grammar }] = await Promise.all([
    import('highlight.js/lib/core'),
    load(),
  ])
  return coloured(hljs, language, grammar, text)
}

/** Splits a text into lines without colours. */
export const plainLines = (text: string): readonly Line[] =>
  text.split(/\r\n|\r|\n/).map((line) => [{ text: line, className: '' }])

/** A node of the tree that highlight.js makes before it writes HTML. */
interface Token {
  readonly scope?: string
  readonly children: readonly (Token | string)[]
}

function coloured(hljs: HLJSApi, language: string, grammar: LanguageFn, text: string) {
  if (hljs.getLanguage(language) === undefined) hljs.registerLanguage(language, grammar)
  const found = hljs.highlight(text.replaceAll(/\r\n?/g, '\n'), { language, ignoreIllegals: true })
  const { rootNode } = found._emitter as unknown as { readonly rootNode: Token }
  const lines: Run[][] = [[]]
  const add = (node: Token | string, scope: string): void => {
    if (typeof node !== 'string') {
      for (const child of node.children) add(child, node.scope ?? scope)
      return
    }
    node.split('\n').forEach((piece, index) => {
      if (index > 0) lines.push([])
      if (piece !== '') lines.at(-1)?.push({ text: piece, className: classOf(scope) })
    })
  }
  add(rootNode, '')
  return lines
}

/** `title.function` → `hl-title`. A language inside another has no colour of its own. */
const classOf = (scope: string): string =>
  scope === '' || scope.startsWith('language:') ? '' : `hl-${scope.split('.')[0] ?? ''}`
