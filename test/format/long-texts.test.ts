import { describe, expect, test } from 'vitest'
import { readKeyFile } from '../../electron/core/keys/files/key-file.ts'
import { readEnvelopeFile } from '../../shared/format/envelope/envelope-file.ts'
import { readValue } from '../../shared/format/envelope/envelope-values.ts'

const NAME = 'x-oss-meta-client-side-encryption-key: '
/** Texts that make a pattern with two ways to match read the same text again and again. */
const repeated = [
  'a',
  ':',
  '"',
  "'",
  ' ',
  '\\',
  '\r',
  '\n',
  '\t',
  '{',
  '[',
  '<',
  '&',
  '%',
  '=',
  '-',
  '\u2014',
  '\x1b[',
  '[{',
  '<a',
  '\\u',
  '&#',
  NAME,
  `${NAME}AAAA\n`,
  '-----BEGIN ',
  '-----BEGIN A-----',
  'a: b\n',
  'MIIE ',
  'MIIE\n',
  '30 82 ',
]
const LENGTH = 1024 * 1024
/**
 * In ms. No machine needs as long for one reading of such a text. A reading from each of its
 * letters takes more than ten minutes.
 */
const LIMIT = 60_000

describe('a long text of one thing is read once', () => {
  test.each(repeated.map((one) => [JSON.stringify(one), one.repeat(LENGTH / one.length)] as const))(
    '%s',
    async (_name, text) => {
      readEnvelopeFile(text)
      for (const kind of ['bytes', 'name', 'json'] as const) readValue(kind, text)
      expect((await readKeyFile(Buffer.from(text), null)).ok).toBe(false)
    },
    LIMIT,
  )
})
