import { describe, expect, test } from 'vitest'
import {
  readCommandAnswer,
  writeCommandRequest,
} from '../../electron/core/keys/command/command-answer.ts'
import { checkCommandKey } from '../../electron/core/keys/command/command-fields.ts'
import { turns } from '../../electron/core/base/turns.ts'
import type { CommandKeyFacts } from '../../shared/contract/models.ts'

const never = new AbortController().signal
const good: CommandKeyFacts = {
  program: '/opt/acme/wrap',
  args: ['--slot', '3'],
  wrapAlgorithm: 'ACME/HSM',
  timeoutSeconds: 30,
}

describe('what may be a key', () => {
  test.each<[what: string, change: Partial<CommandKeyFacts>, wrong: keyof CommandKeyFacts | null]>([
    ['a usual one', {}, null],
    ['a name with blanks inside', { wrapAlgorithm: 'my own, 2nd' }, null],
    ['64 characters', { wrapAlgorithm: 'x'.repeat(64) }, null],
    ['65 characters', { wrapAlgorithm: 'x'.repeat(65) }, 'wrapAlgorithm'],
    ['no name', { wrapAlgorithm: ' ' }, 'wrapAlgorithm'],
    ['a name beyond ASCII', { wrapAlgorithm: 'HSMé' }, 'wrapAlgorithm'],
    ['a second header', { wrapAlgorithm: 'a\r\nx-oss-acl: public' }, 'wrapAlgorithm'],
    ['the name of RSA', { wrapAlgorithm: 'RSA/NONE/PKCS1Padding' }, 'wrapAlgorithm'],
    [
      'the name of OAEP',
      { wrapAlgorithm: 'rsa/none/oaepwithsha-1andmgf1padding' },
      'wrapAlgorithm',
    ],
    ['the name of KMS', { wrapAlgorithm: ' kms/alicloud ' }, 'wrapAlgorithm'],
    ['a relative path', { program: 'acme/wrap' }, 'program'],
    ['no path', { program: '' }, 'program'],
    ['a path with NUL', { program: '/opt/a\0b' }, 'program'],
    ['no arguments', { args: [] }, null],
    ['an argument with NUL', { args: ['a\0b'] }, 'args'],
    ['an argument without end', { args: ['x'.repeat(4097)] }, 'args'],
    ['too many arguments', { args: Array.from({ length: 101 }, () => 'x') }, 'args'],
    ['no time', { timeoutSeconds: 0 }, 'timeoutSeconds'],
    ['half a second', { timeoutSeconds: 0.5 }, 'timeoutSeconds'],
    ['more than five minutes', { timeoutSeconds: 301 }, 'timeoutSeconds'],
    ['NaN', { timeoutSeconds: NaN }, 'timeoutSeconds'],
  ])('%s', (_what, change, wrong) => {
    const fields = { ...good, ...change }
    expect(checkCommandKey(fields)).toEqual(
      wrong === null
        ? { ok: true, value: { ...fields, wrapAlgorithm: fields.wrapAlgorithm.trim() } }
        : { ok: false, error: { code: 'bad-request', detail: wrong } },
    )
  })
})

test('a request is one line', () => {
  const line = writeCommandRequest({
    operation: 'wrap',
    wrapAlgorithm: 'A',
    keyDescription: '{"a":"b\nc"}',
    bytes: Uint8Array.of(0xff, 0xfe),
  })
  expect(new TextDecoder().decode(line)).toBe(
    '{"version":1,"operation":"wrap","wrapAlgorithm":"A","keyDescription":"{\\"a\\":\\"b\\nc\\"}","bytes":"//4="}\n',
  )
})

test.each([
  ['pin 7 of slot 3 is wrong', 'pin 7 of slot 3 is wrong'],
  [
    '/usr/lib/softhsm/libsofthsm2.so: no such file',
    '/usr/lib/softhsm/libsofthsm2.so: no such file',
  ],
  ['key AAECAwQFBgcICQoLDA0ODw== is bad', 'key … is bad'],
  ['key 000102030405060708090a0b0c0d0e0f is bad', 'key … is bad'],
  [`${'x '.repeat(99)}AAECAwQFBgcICQoLDA0ODw==`, `${'x '.repeat(99)}…`],
])('the words %s are passed on as %s', (error, text) => {
  expect(
    readCommandAnswer(new TextEncoder().encode(JSON.stringify({ error, bytes: 'AAAA' }))),
  ).toEqual({
    kind: 'refused',
    text,
  })
})

describe('turns', () => {
  /** Work that lasts until it is told to end. */
  const held = () => {
    let end = () => {}
    const ended = new Promise<void>((resolve) => (end = resolve))
    return { end, ended }
  }

  test('two run, the third waits, and who waits and is cancelled takes no place', async () => {
    const line = turns(2)
    const begun: string[] = []
    const works = ['a', 'b', 'c', 'd', 'e'].map((name) => ({
      name,
      stop: new AbortController(),
      ...held(),
    }))
    const results = works.map(({ name, stop, ended }) =>
      line(stop.signal, async () => {
        begun.push(name)
        await ended
        return name
      }).catch((cause: Error) => cause.message),
    )
    const [a, b, c, d, e] = works
    expect(begun).toEqual(['a', 'b'])
    d?.stop.abort()
    expect(await results[3]).toBe('cancelled')
    a?.end()
    expect(await results[0]).toBe('a')
    expect(begun).toEqual(['a', 'b', 'c'])
    e?.stop.abort()
    expect(await results[4]).toBe('cancelled')
    b?.end()
    c?.end()
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'cancelled', 'cancelled'])
    // All places are free again.
    const again = [held(), held()]
    const more = again.map(({ ended }) => line(never, async () => (begun.push('again'), ended)))
    expect(begun.slice(3)).toEqual(['again', 'again'])
    for (const { end } of again) end()
    await Promise.all(more)
  })

  test('work that fails gives its place away', async () => {
    const line = turns(1)
    const broken = () => Promise.reject(new Error('broken'))
    const results = await Promise.allSettled([
      line(never, broken),
      line(never, broken),
      line(never, () => Promise.resolve(3)),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
  })
})
