import { expect, test } from 'vitest'
import { headFacts, readHead, writeHead } from '../../electron/core/app/objects/head-text.ts'
import { readHeaders } from '../../shared/format/recognise.ts'
import { rows } from '../format/vectors.ts'

interface Row {
  readonly name: string
  readonly source: string
  readonly headers: Readonly<Record<string, string>>
}

test('the facts of every vector are read as they were written', () => {
  for (const { headers } of rows<Row>('envelopes.json')) {
    const facts = headFacts(readHeaders(Object.entries(headers)))
    expect(readHead(writeHead(facts))).toEqual(facts)
  }
})

test("an index of an earlier version says 'sealed'", () => {
  const facts = rows<Row>('envelopes.json')
    .map(({ headers }) => headFacts(readHeaders(Object.entries(headers))))
    .find(({ kind }) => kind === 'encrypted')
  if (facts === undefined) return expect.fail('no vector is encrypted')
  const { text, ...sizes } = writeHead(facts)
  const earlier = text.replace('"kind":"encrypted"', '"kind":"sealed"')
  expect(earlier).not.toBe(text)
  expect(readHead({ text: earlier, ...sizes })).toEqual(facts)
})
