import { describe, expect, test } from 'vitest'
import { framesOf, MAX_SMALL_BYTES } from '../../electron/loopback/spool-frames.ts'

/** One frame as the page writes it. */
function frame(head: unknown, bytes: Uint8Array | string = ''): Buffer {
  const text = Buffer.from(typeof head === 'string' ? head : JSON.stringify(head))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  return Buffer.concat([length, text, Buffer.from(bytes)])
}
const file = (path: string, bytes: string) =>
  frame({ path, kind: 'file', size: Buffer.byteLength(bytes), modified: 5 }, bytes)
async function read(pieces: readonly Buffer[]): Promise<readonly string[]> {
  const found: string[] = []
  for await (const frames of framesOf(
    (async function* () {
      yield* pieces
    })(),
  ))
    for (const { path, kind, bytes } of frames) found.push(`${kind} ${path} ${bytes.toString()}`)
  return found
}

test('any split of a body gives the same files', async () => {
  const body = Buffer.concat([
    frame({ path: 'a', kind: 'folder', size: 0, modified: 0 }),
    file('a/你好.txt', 'one'),
    file('a/none', ''),
    frame({ path: 'a/no', kind: 'unreadable', size: 0, modified: 0 }),
    file('b', 'x'.repeat(300)),
  ])
  const whole = await read([body])
  expect(whole).toEqual([
    'folder a ',
    'file a/你好.txt one',
    'file a/none ',
    'unreadable a/no ',
    `file b ${'x'.repeat(300)}`,
  ])
  for (let step = 1; step < body.length; step += 1 + Math.floor(step / 7)) {
    const pieces = Array.from({ length: Math.ceil(body.length / step) }, (_, i) =>
      body.subarray(i * step, (i + 1) * step),
    )
    expect(await read(pieces), `pieces of ${step}`).toEqual(whole)
  }
})

describe('is refused', () => {
  for (const [name, bytes, code] of [
    ['a head beyond its limit', Buffer.from([0, 2, 0, 0]), 'bad-request'],
    ['a head that is no JSON', frame('{'), 'bad-request'],
    ['no head', frame('null'), 'bad-request'],
    ['a list', frame('[]'), 'bad-request'],
    [
      'a file beyond the limit',
      frame({ path: 'a', kind: 'file', size: MAX_SMALL_BYTES + 1, modified: 0 }),
      'bad-request',
    ],
    [
      'a size below nothing',
      frame({ path: 'a', kind: 'file', size: -1, modified: 0 }),
      'bad-request',
    ],
    ['half a byte', frame({ path: 'a', kind: 'file', size: 0.5, modified: 0 }), 'bad-request'],
    [
      'a folder with bytes',
      frame({ path: 'a', kind: 'empty', size: 1, modified: 0 }, 'x'),
      'bad-request',
    ],
    [
      'a kind that is none',
      frame({ path: 'a', kind: 'link', size: 0, modified: 0 }),
      'bad-request',
    ],
    [
      'a name of the prototype as kind',
      frame({ path: 'a', kind: 'constructor', size: 0, modified: 0 }),
      'bad-request',
    ],
    [
      'a path that is no text',
      frame({ path: ['a'], kind: 'file', size: 0, modified: 0 }),
      'bad-request',
    ],
    [
      'a time that is none',
      frame({ path: 'a', kind: 'file', size: 0, modified: null }),
      'bad-request',
    ],
    ['half a file', file('a', 'abc').subarray(0, -1), 'cancelled'],
    ['half a length', Buffer.from([0, 0]), 'cancelled'],
  ] as const) {
    test(name, () => expect(read([bytes])).rejects.toMatchObject({ error: { code } }))
  }
})
