import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { commentsOf, paragraphsOf, proseFault, sentencesOf, type Passage } from './prose.ts'

const root = new URL('..', import.meta.url)

/** Returns the files below a folder that people wrote, as paths with '/'. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(new URL(folder, root), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}${entry.name}`
    if (entry.isDirectory())
      return path === 'test/vectors' || path === 'test/fuzz/seeds' ? [] : filesBelow(`${path}/`)
    return /\.(tsx?|mjs|css|md)$/.test(path) && !/RESULTS/.test(path) ? [path] : []
  })
}

const files = [
  ...['build/', 'docs/', 'electron/', 'renderer/', 'shared/', 'test/'].flatMap(filesBelow),
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
]

const textOf = (file: string): string => readFileSync(new URL(file, root), 'utf8')
const passagesOf = (file: string): readonly Passage[] =>
  file.endsWith('.md') ? paragraphsOf(textOf(file)) : commentsOf(textOf(file))

test('every sentence of a comment or a document keeps the rules of prose', () => {
  expect(files.length).toBeGreaterThan(500)
  const faults = files.flatMap((file) =>
    passagesOf(file).flatMap(({ line, text }) =>
      sentencesOf(text).flatMap((sentence) => {
        const fault = proseFault(sentence)
        return fault === null ? [] : [`${file}:${line}: ${fault}: ${sentence}`]
      }),
    ),
  )
  expect(faults.join('\n')).toBe('')
})

test('no line of a comment is longer than 100 columns', () => {
  const long = files
    .filter((file) => !file.endsWith('.md'))
    .flatMap((file) => {
      const lines = textOf(file).split('\n')
      return lines.flatMap((line, index) =>
        line.length > 100 &&
        /^\s*(\/\/|\/?\*)/.test(line) &&
        !/https?:|@(param|returns|type)/.test(line)
          ? [`${file}:${index + 1}`]
          : [],
      )
    })
  expect(long).toEqual([])
})

describe('the rules themselves', () => {
  test.each([
    ['Who waits is woken.', 'starts with "Who"'],
    ['What was sent is compared.', 'starts with "What"'],
    ['What is sent?', null],
    ['The upload starts again.', null],
    ['The upload starts anew.', 'says "anew"'],
    [Array.from({ length: 25 }, () => 'word').join(' '), null],
    [Array.from({ length: 26 }, () => 'word').join(' '), '26 words'],
    ['`a b c d e f g h i j k l m n o p q r s t u v w x y z` is one word.', null],
  ])('%s', (text, fault) => {
    expect(sentencesOf(text).map(proseFault)).toEqual([fault])
  })

  test('comments of all kinds are found', () => {
    const code = ['/** One. */', 'a()', '// Two', '// lines.', '/*', ' * Three.', ' */'].join('\n')
    expect(commentsOf(code).map(({ line, text }) => [line, text.trim()])).toEqual([
      [1, 'One.'],
      [3, 'Two\nlines.'],
      [5, 'Three.'],
    ])
  })

  test('paragraphs, items and cells are found, code is not', () => {
    const text = ['# Head', 'One', 'more.', '', '- Two.', '| Three | 4 |', '```', 'code', '```']
    expect(
      paragraphsOf(text.join('\n'))
        .map((one) => one.text.trim())
        .filter(Boolean),
    ).toEqual(['One\nmore.', 'Two.', 'Three', '4'])
  })
})
