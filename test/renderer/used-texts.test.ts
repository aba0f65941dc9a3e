import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { english } from '../../renderer/text/words.ts'

/**
 * Every text of the window is shown somewhere: what nobody uses is not translated, not read aloud,
 * and grows wrong.
 */

const SOURCES = readdirSync('renderer', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !/^text.(en|zh-CN)/.test(name))
  .map((name) => readFileSync(join('renderer', name), 'utf8'))

/** Texts asked for by name, and those asked for by a pattern such as `objects:col.${column}`. */
function asked(): { readonly names: ReadonlySet<string>; readonly patterns: readonly RegExp[] } {
  const groups = Object.keys(english).join('|')
  const code = SOURCES.join('\n')
  const names = new Set(
    [...code.matchAll(new RegExp(`['"\`]((?:${groups}):[\\w.-]+)['"\`]`, 'g'))].map(
      ([, name = '']) => name,
    ),
  )
  const templates = [
    ...code.matchAll(new RegExp(`\`((?:${groups}):[^\`]*\\$\\{[^\`]*)\``, 'g')),
  ].map(([, text = '']) => text)
  return { names, patterns: [...new Set(templates)].map(patternOf) }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/**
 * Returns the names that a template can give. A value that is chosen among words gives those words.
 * Any other value gives anything without a dot at the end of the name.
 */
function patternOf(template: string): RegExp {
  const source = template.split(/(\$\{[^}]*\})/).map((piece) => {
    if (!piece.startsWith('${')) return escaped(piece)
    const words = [...piece.matchAll(/'([\w.-]*)'/g)].map(([, word = '']) => escaped(word))
    return words.length > 1 && piece.includes('?') ? `(?:${words.join('|')})` : '[\\w.-]+'
  })
  return new RegExp(`^${source.join('')}$`)
}

test.each(Object.keys(english) as (keyof typeof english)[])('%s: every text is used', (group) => {
  const { names, patterns } = asked()
  const keys = new Set(
    Object.keys(english[group]).map((key) => `${group}:${key.replace(/_(one|other)$/, '')}`),
  )
  expect(
    [...keys].filter((key) => !names.has(key) && !patterns.some((pattern) => pattern.test(key))),
  ).toEqual([])
})
