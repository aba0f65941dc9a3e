import { expect, test } from 'vitest'
import { dispatch } from '../../shared/contract/routes/dispatch.ts'
import type { Port } from '../../shared/contract/routes/bridge.ts'
import { fail, ok } from '../../shared/contract/errors.ts'
import { brokenNameRule } from '../../shared/contract/object-names.ts'
import { routes, type Handlers, type RouteName } from '../../shared/contract/routes/routes.ts'
import { sentence } from '../../shared/contract/sentences/sentences.ts'
import { servePort } from '../../shared/contract/routes/serve.ts'

const never = new AbortController().signal
const none = Object.fromEntries(
  Object.keys(routes).map((name) => [name, async () => ok(null)]),
) as unknown as Handlers
const ask = (name: RouteName, input: unknown) => dispatch(none, name, input, never)
const place = { profileId: 'p', bucket: 'bucket' }

// Source: OSS documentation, object naming.
test.each([
  ['', 'empty'],
  ['/a', 'slash'],
  ['/', 'slash'],
  ['\\a', 'backslash'],
  ['a\ud83d', 'not-text'],
  ['a'.repeat(1024), 'too-long'],
  ['é'.repeat(512), 'too-long'],
  ['𝒳'.repeat(256), 'too-long'],
  ['a', null],
  ['a\\b', null],
  ['a//b', null],
  ['a'.repeat(1023), null],
  [`${'é'.repeat(511)}a`, null],
  ['a\u0001', null],
] as const)('the name %j breaks the rule %s, wherever it is given', async (name, rule) => {
  expect(brokenNameRule(name)).toBe(rule)
  const expected =
    rule === null ? { ok: true } : { ok: false, error: { code: 'bad-name', name, rule } }
  for (const [route, input] of [
    ['objects.facts', { ...place, key: name }],
    ['objects.remove', { ...place, keys: ['a', name] }],
    ['objects.makeFolder', { ...place, key: name }],
    [
      'copies.start',
      {
        from: place,
        keys: ['a'],
        to: place,
        toPrefix: null,
        toKey: name,
        move: true,
        existing: 'fail',
      },
    ],
  ] as const)
    expect(await ask(route, input)).toMatchObject(expected)
  if (rule !== 'empty')
    expect(await ask('objects.list', { ...place, prefix: name, cursor: null })).toMatchObject(
      expected,
    )
})

test('half a character in any text of any input is refused, and said in words', async () => {
  for (const [route, input] of [
    ['leftovers.abort', { ...place, uploads: [{ key: 'a', uploadId: 'x\udc00' }] }],
    ['local.list', { path: '\ud800' }],
    ['keys.remove', { id: 'x', confirmName: 'a\ud800b', successorId: null }],
    [
      'uploads.start',
      {
        planId: 'p',
        keyId: null,
        existing: 'ask',
        decisions: { 'a\ud800': 'skip' },
        allowWeak: false,
        partSize: null,
        parallel: null,
        toKey: null,
        format: null,
      },
    ],
  ] as const)
    expect(await ask(route, input)).toMatchObject({
      error: { code: 'bad-request', rule: 'not-text' },
    })
})

test('what is not of its shape is said by field and rule, and never by a name of the code', async () => {
  const key = { name: 'n', description: '', style: 'compact', bits: 3072 }
  for (const [route, input, said] of [
    ['keys.generate', { ...key, name: 'n'.repeat(81) }, 'The name has more than 80 characters'],
    ['keys.generate', { ...key, name: '' }, 'The name is missing'],
    ['buckets.list', { profileId: 5 }, 'Cipherbucket could not do this (internal error)'],
    [
      'objects.list',
      { ...place, bucket: 'B', prefix: '', cursor: null },
      'The bucket name has fewer than 3 characters',
    ],
  ] as const) {
    const answer = await ask(route, input)
    if (answer.ok) throw new Error('it was taken')
    expect(sentence(answer.error, 'en')).toContain(said)
    for (const language of ['en', 'zh-CN'] as const)
      expect(sentence(answer.error, language)).not.toContain(route)
  }
})

/** A client that only writes down what it is told. */
function client(handlers: Partial<Handlers>) {
  const sent: {
    readonly t: string
    readonly i?: number
    readonly result?: { readonly ok: boolean }
  }[] = []
  let hear: (message: unknown) => void = () => undefined
  const port: Port = {
    send: (message) => void sent.push(message as never),
    on: (listener) => ((hear = listener), () => undefined),
    onClose: () => () => undefined,
    close: () => undefined,
  }
  servePort(port, {
    handlers: { ...none, ...handlers },
    events: { on: () => () => undefined },
    masked: () => ({ code: 'unexpected', reference: '' }),
  })
  return { sent, tell: (message: unknown) => hear(message) }
}

test('a client has a bounded number of calls under way; the others follow as they end', async () => {
  const ends: (() => void)[] = []
  const { sent, tell } = client({
    'app.info': () =>
      new Promise((resolve) => ends.push(() => resolve(fail({ code: 'cancelled' })))),
  })
  for (let i = 0; i < 400; i++) tell({ t: 'call', i, name: 'app.info', input: {} })
  await expect.poll(() => ends.length).toBe(32)
  for (let i = 0; i < 400; i++) {
    await expect.poll(() => ends.length).toBeGreaterThan(i)
    ends[i]?.()
    expect(ends.length - i).toBeLessThanOrEqual(33)
  }
  await expect.poll(() => sent.length).toBe(400)
})

test('a call number in use is refused; the first call keeps its cancel', async () => {
  const signals: AbortSignal[] = []
  const { sent, tell } = client({
    'app.info': (_input, signal) => (signals.push(signal), new Promise(() => undefined)),
  })
  tell({ t: 'call', i: 1, name: 'app.info', input: {} })
  tell({ t: 'call', i: 1, name: 'app.info', input: {} })
  await expect.poll(() => signals.length).toBe(1)
  expect(sent).toMatchObject([
    { t: 'result', i: 1, result: { ok: false, error: { code: 'bad-request' } } },
  ])
  tell({ t: 'cancel', i: 1 })
  expect(signals[0]?.aborted).toBe(true)
})
