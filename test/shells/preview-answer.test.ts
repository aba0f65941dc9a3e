import { describe, expect, test } from 'vitest'
import { previewAnswer, previewId, rangeOf, safeType } from '../../electron/host/preview-answer.ts'

const never = new AbortController().signal
const SIZE = 1000

/** One open preview of 1,000 bytes, whose bytes are counted. */
function contents(type = 'video/mp4', name = 'film.mp4') {
  const asked: (readonly [number, number])[] = []
  return {
    asked,
    find: (id: string) => (id === 'a' ? { size: SIZE, type, name } : null),
    async *read(_id: string, offset: number, length: number) {
      asked.push([offset, length])
      yield new Uint8Array(length)
    },
  }
}
const request = { id: 'a', method: 'GET', range: null, isImage: false }

test.each([
  ['bytes=0-', 0, 1000],
  ['bytes=0-0', 0, 1],
  ['bytes=100-199', 100, 100],
  ['bytes=999-', 999, 1],
  ['bytes=900-5000', 900, 100],
  ['bytes=-1', 999, 1],
  ['bytes=-5000', 0, 1000],
])('the range %s of 1,000 bytes is 206 from %i on, %i bytes', (range, offset, length) => {
  expect(rangeOf(range, SIZE)).toEqual({ offset, length })
  const { status, headers } = previewAnswer(contents(), { ...request, range }, never)
  expect([status, headers['content-range'], headers['content-length']]).toEqual([
    206,
    `bytes ${offset}-${offset + length - 1}/1000`,
    String(length),
  ])
})

test.each([
  ['beyond the end', 'bytes=1000-'],
  ['the last 0 bytes', 'bytes=-0'],
  ['backwards', 'bytes=5-4'],
  ['several at once', 'bytes=0-1,5-6'],
  ['no bytes', 'items=0-1'],
  ['nothing', 'bytes=-'],
  ['no number', 'bytes=a-b'],
  ['a number that no file has', 'bytes=99999999999999999999-'],
])('a range that is %s is 416, and nothing is read', (_what, range) => {
  const source = contents()
  const answer = previewAnswer(source, { ...request, range }, never)
  expect([answer.status, answer.headers['content-range'], answer.body]).toEqual([
    416,
    'bytes */1000',
    null,
  ])
  expect(source.asked).toEqual([])
})

test('an empty object has no range, and its whole is empty', () => {
  expect(rangeOf('bytes=0-', 0)).toBeNull()
  expect(rangeOf(null, 0)).toEqual({ offset: 0, length: 0 })
})

test('without a range all of it is 200; HEAD has no body; other requests are refused', () => {
  const whole = previewAnswer(contents(), request, never)
  expect([whole.status, whole.headers['content-length']]).toEqual([200, '1000'])
  expect(previewAnswer(contents(), { ...request, method: 'HEAD' }, never)).toMatchObject({
    status: 200,
    body: null,
  })
  expect(previewAnswer(contents(), { ...request, method: 'POST' }, never).status).toBe(405)
  expect(previewAnswer(contents(), { ...request, id: 'b' }, never).status).toBe(404)
})

test('every answer is sandboxed, is never stored and never guessed', () => {
  for (const range of [null, 'bytes=0-1', 'bytes=5000-'])
    expect(previewAnswer(contents(), { ...request, range }, never).headers).toMatchObject({
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
    })
})

test.each([
  ['film "1".mp4', "attachment; filename*=UTF-8''film%20%221%22.mp4"],
  ["it's (a) *.txt", "attachment; filename*=UTF-8''it%27s%20%28a%29%20%2A.txt"],
  ['a\r\nset-cookie: x', "attachment; filename*=UTF-8''a%0D%0Aset-cookie%3A%20x"],
  ['纪要.txt', "attachment; filename*=UTF-8''%E7%BA%AA%E8%A6%81.txt"],
  ['\ud800.txt', "attachment; filename*=UTF-8''%EF%BF%BD.txt"],
])('the name %j is written so that no header follows it', (name, disposition) =>
  expect(
    previewAnswer(contents('text/plain', name), request, never).headers['content-disposition'],
  ).toBe(disposition),
)

describe('no type is one that a browser executes', () => {
  test.each([
    ['text/html', 'text/plain; charset=utf-8'],
    ['application/xhtml+xml', 'text/plain; charset=utf-8'],
    ['text/javascript', 'text/plain; charset=utf-8'],
    ['application/javascript', 'text/plain; charset=utf-8'],
    ['application/json', 'text/plain; charset=utf-8'],
    ['text/xml', 'text/plain; charset=utf-8'],
    ['text/css', 'text/plain; charset=utf-8'],
    ['image/svg+xml', 'text/plain; charset=utf-8'],
    ['application/pdf', 'application/octet-stream'],
    ['application/x-shockwave-flash', 'application/octet-stream'],
    ['multipart/x-mixed-replace', 'application/octet-stream'],
    ['', 'application/octet-stream'],
    ['image/png\r\nx: y', 'application/octet-stream'],
    ['image/png', 'image/png'],
    ['video/mp4', 'video/mp4'],
    ['audio/wav', 'audio/wav'],
  ])('%j is served as %j', (type, served) => expect(safeType(type, false)).toBe(served))

  test('SVG is a picture where a picture is asked for', () =>
    expect(safeType('image/svg+xml', true)).toBe('image/svg+xml'))
  test('nothing else becomes a picture by that', () =>
    expect(safeType('text/html', true)).toBe('text/plain; charset=utf-8'))
})

test.each([
  [`/preview/${'a1'.repeat(24)}`, 'a1'.repeat(24)],
  [`/preview/${'A1'.repeat(24)}`, null],
  [`/preview/${'a1'.repeat(24)}/x`, null],
  [`/preview/../${'a1'.repeat(24)}`, null],
  ['/preview/', null],
  ['/index.html', null],
])('%s names the preview %s', (path, id) => expect(previewId(path)).toBe(id))
