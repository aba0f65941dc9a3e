import { readCommandAnswer } from '../../electron/core/keys/command/command-answer.ts'
import { decodeText, withoutPrintMarks } from '../../shared/format/text-bytes.ts'
import { dumps } from '../format/dumps.ts'
import {
  envelopeFacts,
  ENVELOPE_PREFIX,
  META_PREFIX,
  serializeEnvelope,
} from '../../shared/format/envelope/envelope.ts'
import { readEnvelopeFile, writeEnvelopeFile } from '../../shared/format/envelope/envelope-file.ts'
import {
  checkDescription,
  readDescription,
  sameDescription,
  writeDescription,
} from '../../shared/format/key-description.ts'
import { splitHeaders } from '../../shared/format/message/message.ts'
import {
  readHeaders,
  recognise,
  type Headers,
  type RecognisedFormat,
} from '../../shared/format/recognise.ts'
import { must, mustEqual, SECOND, vectors, type Target } from './target.ts'

const utf8 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text))
const textOf = (input: Uint8Array): string => Buffer.from(input).toString('utf8')

/** Headers as HTTP hands them over, one character for each byte. */
function headersOf(input: Uint8Array): Headers {
  const lines = Buffer.from(input).toString('latin1').split('\n')
  return readHeaders(
    lines.map((line) => [
      line.slice(0, Math.max(0, line.indexOf(':'))),
      line.slice(line.indexOf(':') + 1),
    ]),
  )
}

/** The same headers once more over the wire. */
const again = (headers: Readonly<Record<string, string>>): Headers =>
  readHeaders(
    Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString('latin1')]),
  )

const headerLines = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')

type Names = Readonly<Record<string, string>>
function headerRows(root: URL): readonly string[] {
  const envelopes = ['objects.json', 'envelopes.json'].flatMap((file) =>
    vectors<readonly { readonly headers: Names }[]>(root, file).map(({ headers }) => headers),
  )
  const messages = vectors<readonly { readonly split?: Names }[]>(root, 'messages.json').flatMap(
    ({ split }) => (split === undefined ? [] : [split]),
  )
  return [...envelopes, ...messages].map(headerLines)
}

const HEADER_WORDS = [
  ...[
    'key',
    'start',
    'cek-alg',
    'wrap-alg',
    'matdesc',
    'data-size',
    'part-size',
    'unencrypted-content-md5',
  ].map((name) => `\n${ENVELOPE_PREFIX}${name}: `),
  ...[
    'oss-crypto-key',
    'oss-crypto-start',
    'oss-cek-alg',
    'oss-wrap-alg',
    'header',
    'iv',
    'authtag',
    'x-oss-meta-header',
  ].map((name) => `\n${META_PREFIX}${name}: `),
  'AES/CTR/NoPadding',
  'AES/GCM/NoPadding',
  'RSA/NONE/PKCS1Padding',
  'RSA/NONE/OAEPWithSHA-1AndMGF1Padding',
  'KMS/ALICLOUD',
  'rsa',
  'kms',
  'AAAA',
  '====',
  '{}',
  'Ã\u0083Â©',
]

/** As headers, in which the data keys have one order. */
const splitOf = ({
  message: { header, iv, tag },
}: Extract<RecognisedFormat, { readonly message: unknown }>) =>
  splitHeaders(header, iv, tag ?? new Uint8Array())

const envelopes: Target = {
  name: 'envelope',
  words: HEADER_WORDS,
  limitMs: SECOND,
  seeds: (root) => headerRows(root).map(utf8),
  check(input) {
    const headers = headersOf(input)
    const found = recognise(headers)
    const isMarked = [...headers.keys()].some(
      (name) => name.startsWith(ENVELOPE_PREFIX) || name.startsWith(`${META_PREFIX}oss-crypto-`),
    )
    must(!(isMarked && found.kind === 'plain'), 'what has a header of an envelope passes for plain')
    if (found.kind === 'encrypted') {
      envelopeFacts(found.envelope, headers)
      const back = recognise(again(serializeEnvelope(found.envelope)))
      // No description is ever written in the older format.
      const envelope =
        found.format === 'v1' ? { ...found.envelope, keyDescription: '' } : found.envelope
      mustEqual(
        back,
        { ...found, envelope },
        'an envelope is another one once it was written and read',
      )
    }
    if (found.kind === 'message' || found.kind === 'later') {
      const written = splitOf(found)
      const back = recognise(again(written))
      must(back.kind === found.kind, 'a split message is none once it was written and read')
      mustEqual(
        splitOf(back),
        written,
        'a split message is another one once it was written and read',
      )
    }
  },
}

const sidecars: Target = {
  name: 'sidecar',
  words: [
    ...HEADER_WORDS,
    '"headers":{',
    '"metadata":{',
    '"key":',
    '"size":',
    '"crc64":',
    '"format":"cipherbucket-envelope-1"',
    '"content-length":"5"',
    '"x-oss-hash-crc64ecma":"1"',
    '"a":["b","c"]',
  ],
  limitMs: SECOND,
  seeds: (root) =>
    headerRows(root).flatMap((lines) => {
      const headers = headersOf(utf8(lines))
      return [
        lines,
        writeEnvelopeFile({
          bucket: 'b',
          key: 'é/a b',
          size: 7,
          etag: '"x"',
          crc64: '1234',
          seal: 'AQEB',
          headers,
        }),
        JSON.stringify(Object.fromEntries(headers)),
      ].map(utf8)
    }),
  check(input) {
    const read = readEnvelopeFile(textOf(input))
    if (!read.ok) return
    recognise(read.value.headers)
    const write = ({ headers, bucket, key, size, crc64, seal }: typeof read.value) =>
      writeEnvelopeFile({
        bucket: bucket ?? '',
        key: key ?? '',
        size: size ?? 0,
        etag: '',
        crc64,
        seal,
        headers,
      })
    const written = write(read.value)
    const back = readEnvelopeFile(written)
    if (!back.ok) return must(written.includes('"headers": {}'), 'a file of ours is not read')
    must(
      write(back.value) === written,
      'an envelope file is another one once it was read and written',
    )
  },
}

const descriptions: Target = {
  name: 'description',
  words: [
    '{"',
    '":"',
    '","',
    '"}',
    '{}',
    '[]',
    'null',
    '"a":1',
    '"a":{"b":[]}',
    '\\u00e9',
    '\\/',
    '\\ud83d\\ude00',
    '"__proto__":"x"',
    '"1":"x"',
    '"constructor":"y"',
  ],
  limitMs: SECOND,
  seeds: (root) =>
    vectors<readonly { readonly text: string }[]>(root, 'key-descriptions.json').map(({ text }) =>
      utf8(text),
    ),
  check(input) {
    const text = textOf(input)
    must(sameDescription(text, text), 'a description is not the same as itself')
    const tolerant = readDescription(text)
    const checked = checkDescription(text)
    if (!checked.ok) return
    for (const style of ['compact', 'python'] as const) {
      const written = writeDescription(checked.value, style)
      must(/^[\x20-\x7e]*$/.test(written), 'a written description is not plain ASCII')
      must(
        sameDescription(written, text) && sameDescription(text, written),
        'a written description names another key',
      )
      const back = checkDescription(written)
      must(
        back.ok && writeDescription(back.value, style) === written,
        'a description is another one once it was written and read',
      )
      mustEqual(
        new Map([...back.value].sort()),
        new Map([...checked.value].sort()),
        'a description has other pairs once it was written',
      )
      mustEqual(
        new Map([...(tolerant ?? [])].sort()),
        new Map([...checked.value].sort()),
        'the tolerant reader reads other pairs',
      )
    }
  },
}

const answers: Target = {
  name: 'program-answer',
  words: ['{"bytes":"', '{"error":"', '"}', 'AAAA', '\\n', '\\u001b'],
  limitMs: SECOND,
  seeds: () =>
    [
      '{"bytes":"AAECAw=="}',
      '\ufeff {"error":"no such slot"}\n',
      '{"bytes":"AAAA","note":{"a":[1]}}',
    ].map(utf8),
  check(input) {
    const answer = readCommandAnswer(input)
    if (answer?.kind === 'refused')
      must(
        [...answer.text].length <= 200 && !/[\p{Cc}\p{Cs}]/u.test(answer.text),
        'words that are not harmless',
      )
  },
}

/**
 * A short one: the mutations find more ways through the marks around it than through its letters.
 */
const DUMPED = {
  'x-oss-meta-client-side-encryption-key': 'q+/A'.repeat(43),
  'x-oss-meta-client-side-encryption-start': 'r+/B'.repeat(43),
  'x-oss-meta-client-side-encryption-cek-alg': 'AES/CTR/NoPadding',
  'x-oss-meta-client-side-encryption-wrap-alg': 'RSA/NONE/PKCS1Padding',
}

const printed: Target = {
  name: 'dump',
  words: [
    ...HEADER_WORDS,
    '\x1b[36m',
    '^M$',
    '\\"',
    '\\\\',
    '&quot;',
    '%22',
    '=> ',
    '<b>',
    '</b>',
    '{"',
    '"}',
    '[',
    ']',
    '\\n',
    '\r\n ',
  ],
  limitMs: SECOND,
  seeds: () => dumps.map(({ print }) => utf8(print(DUMPED))),
  check(input) {
    const { text } = decodeText(input)
    must(
      withoutPrintMarks(withoutPrintMarks(text)).length <= text.length,
      'a text grows where marks are taken away',
    )
    const read = readEnvelopeFile(text)
    if (read.ok) recognise(read.value.headers)
  },
}

export const textTargets: readonly Target[] = [envelopes, sidecars, printed, descriptions, answers]
