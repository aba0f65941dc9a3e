import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readObjectPage } from '../../electron/core/oss/object-page.ts'
import {
  all,
  ANSWER_BYTES,
  numberAt,
  readXml,
  textAt,
  urlDecoded,
  xmlText,
  type XmlElement,
} from '../../electron/core/oss/oss-xml.ts'
import { Failure } from '../../shared/contract/errors.ts'
import { planDelete } from '../../electron/core/oss/delete-batch.ts'

const listing = (inside: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://doc.oss-cn-hangzhou.aliyuncs.com"><EncodingType>url</EncodingType>${inside}</ListBucketResult>`
const page = (inside: string, prefix = '', delimiter = '/') => {
  const xml = readXml(listing(inside), 'ListBucketResult')
  if (xml === null) throw new Error('no listing')
  return readObjectPage(xml, { prefix, delimiter })
}

const rowsOrFailure = (xml: XmlElement): readonly unknown[] => {
  try {
    return readObjectPage(xml, { prefix: '', delimiter: '/' }).rows
  } catch (cause) {
    if (cause instanceof Failure) return [cause.error]
    throw cause
  }
}

describe('readXml', () => {
  test.each([
    ['plain text', '<a><k>v</k></a>', 'v'],
    ['blanks are part of it', '<a><k>  v </k></a>', '  v '],
    ['numbers stay text', '<a><k>007</k></a>', '007'],
    ['true stays text', '<a><k>true</k></a>', 'true'],
    ['the five entities', '<a><k>&lt;&gt;&amp;&quot;&apos;</k></a>', `<>&"'`],
    ['numbered entities', '<a><k>&#65;&#x4f60;&#x1F600;</k></a>', 'A你😀'],
    ['once, not twice', '<a><k>&amp;lt;</k></a>', '&lt;'],
    ['CDATA as it is', '<a><k>x<![CDATA[<b>&amp;]]>y</k></a>', 'x<b>&amp;y'],
    ['an unknown entity stays', '<a><k>&nbsp;&x;</k></a>', '&nbsp;&x;'],
    ['no character has this number', '<a><k>&#0;&#x110000;</k></a>', '&#0;&#x110000;'],
    ['attributes and comments are nothing', '<a><!-- <k>no</k> --><k x="1">v</k></a>', 'v'],
    ['empty', '<a><k/></a>', ''],
    ['absent', '<a/>', ''],
    ['the first of many', '<a><k>1</k><k>2</k></a>', '1'],
  ])('%s', (_, text, expected) => {
    const xml = readXml(text, 'a')
    expect(xml && textAt(xml, 'k')).toBe(expected)
  })

  test.each([
    ['nothing', ''],
    ['words', 'Service Unavailable'],
    ['another root', '<b><k>v</k></b>'],
    ['a web page', '<html><body><h1>502 Bad Gateway</h1><hr></body></html>'],
    ['cut in the middle', '<a><k>v</k>'],
    ['cut in a tag', '<a><k>v</k></'],
    ['crossed tags', '<a><k>v</a></k>'],
    ['two roots', '<a></a><a></a>'],
    ['a document type', '<!DOCTYPE a><a><k>v</k></a>'],
    [
      'entities of its own',
      '<!DOCTYPE a [<!ENTITY x "xxxxxxxx"><!ENTITY y "&x;&x;&x;">]><a><k>&y;</k></a>',
    ],
    [
      'a file of this computer',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><k>&x;</k></a>',
    ],
    ['too deep', `${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}`],
    [
      'names that are none',
      '<a><__proto__><polluted>1</polluted></__proto__><k>v</k></a>'.replace(
        '<k>',
        '<constructor/><k>',
      ),
    ],
  ])('%s is refused', (_, text) => {
    expect(readXml(text, 'a')).toBeNull()
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('one element and many read the same', () => {
    const names = (text: string) =>
      all(readXml(text, 'a') ?? { name: '', text: '', children: [] }, 'k').map((k) => k.text)
    expect([names('<a/>'), names('<a><k>1</k></a>'), names('<a><k>1</k><j/><k>2</k></a>')]).toEqual(
      [[], ['1'], ['1', '2']],
    )
  })

  test.each([
    ['5', 5],
    [' 5\n', 5],
    ['0', 0],
    ['-1', null],
    ['1.5', null],
    ['1e3', null],
    ['', null],
    ['9007199254740993', null],
    ['٣', null],
  ])('the number %j is %s', (text, value) => {
    expect(
      numberAt(readXml(`<a><k>${text}</k></a>`, 'a') ?? { name: '', text: '', children: [] }, 'k'),
    ).toBe(value)
  })

  const SAMPLE = listing(
    '<Name>b</Name><Contents><Key>a%2Bb</Key><Size>5</Size></Contents><CommonPrefixes><Prefix>c%2F</Prefix></CommonPrefixes><M>&amp;<![CDATA[x]]></M>',
  )

  test('every beginning of a listing but the whole is refused', () => {
    for (let end = 0; end < SAMPLE.length; end++)
      expect(readXml(SAMPLE.slice(0, end), 'ListBucketResult')).toBeNull()
    expect(readXml(SAMPLE, 'ListBucketResult')).not.toBeNull()
  })

  test('mangled XML is read or refused, never thrown about', () => {
    const mangled = fc.tuple(
      fc.nat(SAMPLE.length),
      fc.nat(12),
      fc.oneof(
        fc.string(),
        fc.constantFrom('<', '>', '&', ']]>', '<!--', '<?', '<![CDATA[', '</', '"', '\0'),
      ),
    )
    fc.assert(
      fc.property(fc.array(mangled, { minLength: 1, maxLength: 4 }), (edits) => {
        let text = SAMPLE
        for (const [at, cut, put] of edits) text = text.slice(0, at) + put + text.slice(at + cut)
        const xml = readXml(text, 'ListBucketResult')
        if (xml !== null) expect(rowsOrFailure(xml)).toBeInstanceOf(Array)
      }),
      { numRuns: 1500 },
    )
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => void readXml(text, 'a')),
      { numRuns: 500 },
    )
  })

  const filled = (unit: string, head = '<a>', tail = '</a>'): string =>
    head + unit.repeat(Math.floor((ANSWER_BYTES - head.length - tail.length) / unit.length)) + tail

  // None takes time that anybody would notice: a minute for one of them is the test's own limit.
  test.each([
    ['tags that are never closed', filled('<b>')],
    ['a million empty tags', filled('<b/>')],
    ['a million attributes', filled('x="y" ', '<a ', '/>')],
    ['blanks in a tag', filled(' ', '<a', '/>')],
    ['comments without end', filled('<!--')],
    ['a million comments', filled('<!---->')],
    ['a million instructions', filled('<?x?>')],
    ['quotes without end', filled(`"'`, '<a x="', '/>')],
    ['tags that cross', filled('<b></c>')],
    ['a name of a million letters', filled('b', '<', '/>')],
    ['angles', filled('<')],
    ['a million references', filled('&#1;')],
    ['half references', filled('&')],
    ['equals signs', filled('=', '<a ', '/>')],
  ])(
    '%s: as large as an answer may be, refused at once',
    (_, text) => expect(readXml(text, 'a')).toBeNull(),
    5_000,
  )

  test('text as long as an answer may be is read', () =>
    expect(readXml(filled('x'), 'a')?.text.length).toBe(ANSWER_BYTES - 7))

  test('what we escape is what is read, or is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        const escaped = xmlText(text)
        if (escaped === null) return
        const xml = readXml(`<a><k>${escaped}</k></a>`, 'a')
        expect(xml && textAt(xml, 'k')).toBe(text)
      }),
    )
    expect(['a\0b', '\u0001', 'a\ud83d', '\ufffe'].map(xmlText)).toEqual([null, null, null, null])
  })
})

test.each([
  ['a%20b%2Bc', 'a b+c'],
  ['a+b', 'a+b'],
  ['%E4%BD%A0', '你'],
  ['100%', '100%'],
  ['%ff', '%ff'],
  ['', ''],
])('url-encoded name %j is %j', (text, name) => {
  expect(urlDecoded(text)).toBe(name)
})

describe('object pages', () => {
  test('files and folders, sorted by the bytes of their keys', () => {
    const { rows, token } = page(`
      <Contents><Key>b</Key><LastModified>2026-11-21T09:45:00.000Z</LastModified><ETag>"ABC"</ETag><Size>5</Size><StorageClass>IA</StorageClass></Contents>
      <Contents><Key>%F0%9F%98%80</Key><Size>1</Size></Contents>
      <CommonPrefixes><Prefix>a%2F</Prefix></CommonPrefixes><CommonPrefixes><Prefix>%EF%BD%81%2F</Prefix></CommonPrefixes><IsTruncated>false</IsTruncated>`)
    expect(token).toBeNull()
    expect(rows.map((row) => row.key)).toEqual(['a/', 'b', 'ａ/', '😀'])
    expect(rows[0]).toEqual({
      key: 'a/',
      kind: 'folder',
      size: 0,
      modified: '',
      etag: '',
      storageClass: '',
    })
    expect(rows[1]).toEqual({
      key: 'b',
      kind: 'file',
      size: 5,
      modified: '2026-11-21T09:45:00.000Z',
      etag: 'ABC',
      storageClass: 'IA',
    })
    expect(rows[3]).toEqual({
      key: '😀',
      kind: 'file',
      size: 1,
      modified: '',
      etag: '',
      storageClass: 'Standard',
    })
  })

  test('the order is that of UTF-8 for any keys', () => {
    const names = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }), {
      minLength: 2,
      maxLength: 8,
    })
    fc.assert(
      fc.property(names, (keys) => {
        const inside = keys.map(
          (key) => `<Contents><Key>${encodeURIComponent(key)}</Key><Size>1</Size></Contents>`,
        )
        expect(page(inside.join(''), '', '').rows.map((row) => row.key)).toEqual(
          [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
        )
      }),
    )
  })

  test('the marker of the folder itself is a row only where everything is listed', () => {
    const inside =
      '<Contents><Key>dir%2F</Key><Size>0</Size></Contents><Contents><Key>dir%2Fa</Key><Size>1</Size></Contents>'
    expect(page(inside, 'dir/', '/').rows.map((row) => row.key)).toEqual(['dir/a'])
    expect(page(inside, 'dir/', '').rows.map((row) => [row.key, row.kind])).toEqual([
      ['dir/', 'folder'],
      ['dir/a', 'file'],
    ])
  })

  test.each([
    [
      '<IsTruncated>true</IsTruncated><NextContinuationToken>a%2F%2B%3D</NextContinuationToken>',
      'a/+=',
    ],
    [
      '<IsTruncated>true</IsTruncated><NextContinuationToken>CgJiYw--</NextContinuationToken>',
      'CgJiYw--',
    ],
    ['<IsTruncated>false</IsTruncated><NextContinuationToken>x</NextContinuationToken>', null],
  ])('word for the next page in %s', (inside, token) => {
    expect(page(inside).token).toBe(token)
  })

  test('a listing that is cut without saying where it goes on is an error, not the whole', () => {
    expect(() => page('<IsTruncated>true</IsTruncated>')).toThrow('oss')
  })
})

describe('planDelete', () => {
  const targetsOf = (keys: readonly string[]) => keys.map((key) => ({ key, versionId: null }))
  test('versions of one key are several targets', () => {
    const targets = [null, 'null', 'CAE1', 'CAE2', 'CAE1'].map((versionId) => ({
      key: 'k',
      versionId,
    }))
    const [batch] = planDelete(targets).batches
    const xml = readXml(Buffer.from(batch?.body ?? []).toString(), 'Delete')
    const ids = xml === null ? [] : all(xml, 'Object').map((one) => textAt(one, 'VersionId'))
    expect(ids).toEqual(['', 'null', 'CAE1', 'CAE2'])
  })
  test('a thousand a request, each key once, what XML cannot say one by one', () => {
    const keys = Array.from({ length: 2500 }, (_, i) => `k${i}`)
    const plan = planDelete(targetsOf([...keys, 'k0', 'a\u0001b', 'new\nline', '<&>"\'']))
    expect(plan.batches.map((batch) => batch.targets.length)).toEqual([1000, 1000, 502])
    expect(plan.single).toEqual(targetsOf(['a\u0001b']))
    expect(plan.batches.flatMap((batch) => batch.targets)).toEqual(
      targetsOf([...keys, 'new\nline', '<&>"\'']),
    )
  })
  test('long keys make smaller requests, all of them readable', () => {
    const keys = Array.from({ length: 1000 }, (_, i) => `${i}${'&"<'.repeat(330)}`)
    const { batches } = planDelete(targetsOf(keys))
    expect(batches.length).toBeGreaterThan(1)
    for (const { body } of batches) expect(body.length).toBeLessThan(2 * 1000 * 1000)
    const read = batches.flatMap(({ body }) => {
      const xml = readXml(Buffer.from(body).toString(), 'Delete')
      return xml === null ? [] : all(xml, 'Object').map((one) => textAt(one, 'Key'))
    })
    expect(read).toEqual(keys)
  })
  test('nothing to delete is no request', () => {
    expect(planDelete([])).toEqual({ batches: [], single: [] })
  })
})
