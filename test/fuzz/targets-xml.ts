import { listBuckets } from '../../electron/core/oss/buckets.ts'
import type { Oss } from '../../electron/core/oss/client.ts'
import { listParts, listUploads } from '../../electron/core/oss/multipart.ts'
import { listObjects } from '../../electron/core/oss/objects.ts'
import { readXml, textAt, xmlText } from '../../electron/core/oss/oss-xml.ts'
import { Failure } from '../../shared/contract/errors.ts'
import { must, SECOND, type Target } from './target.ts'

const never = new AbortController().signal

/** A server that answers everything with one text. */
function saying(text: string): Oss {
  const unused = () => {
    throw new Error('only calls are made here')
  }
  return {
    origin: 'http://127.0.0.1',
    call: async () => ({ status: 200, headers: new Map(), text }),
    sign: unused,
    presign: unused,
    open: unused,
    failure: unused,
    clockOffsetMs: () => 0,
  }
}

const calls: Readonly<Record<string, (oss: Oss) => Promise<unknown>>> = {
  ListBucketResult: (oss) =>
    listObjects(oss, { bucket: 'b', prefix: 'p/', delimiter: '/', cursor: null, max: 1000 }, never),
  ListPartsResult: (oss) => listParts(oss, { bucket: 'b', key: 'k', uploadId: 'u' }, never),
  ListMultipartUploadsResult: (oss) => listUploads(oss, { bucket: 'b', prefix: '' }, never),
  ListAllMyBucketsResult: (oss) => listBuckets(oss, never),
}

const SEEDS = [
  '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult><Name>b</Name><Prefix>p%2F</Prefix><MaxKeys>1000</MaxKeys><Delimiter>/</Delimiter><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>CgJiYw--</NextContinuationToken><Contents><Key>p%2Fa%20b.txt</Key><LastModified>2026-02-03T10:00:00.000Z</LastModified><ETag>"5B3C1A2E053D763E1B002CC607C5A0FE"</ETag><Type>Normal</Type><Size>344606</Size><StorageClass>Standard</StorageClass></Contents><CommonPrefixes><Prefix>p%2F%E4%BD%A0%2F</Prefix></CommonPrefixes><KeyCount>2</KeyCount></ListBucketResult>',
  '<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>&#x4f60;&amp;<![CDATA[<a>]]></Key><Size>0</Size></Contents><!-- x --></ListBucketResult>',
  '<?xml version="1.0"?><ListPartsResult><Bucket>b</Bucket><Key>k</Key><UploadId>u</UploadId><ClientEncryptionKey>AAAA</ClientEncryptionKey><ClientEncryptionStart>AAAA</ClientEncryptionStart><ClientEncryptionCekAlg>AES/CTR/NoPadding</ClientEncryptionCekAlg><ClientEncryptionWrapAlg>RSA/NONE/PKCS1Padding</ClientEncryptionWrapAlg><ClientEncryptionDataSize>204800</ClientEncryptionDataSize><ClientEncryptionPartSize>102400</ClientEncryptionPartSize><NextPartNumberMarker>2</NextPartNumberMarker><IsTruncated>true</IsTruncated><Part><PartNumber>1</PartNumber><LastModified>2026-02-03T10:00:00.000Z</LastModified><ETag>"3349DC700140D7F86A0784842780****"</ETag><HashCrc64ecma>12345</HashCrc64ecma><Size>102400</Size></Part></ListPartsResult>',
  '<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker><Upload><Key>k</Key><UploadId>u</UploadId><Initiated>2026-02-03T10:00:00.000Z</Initiated></Upload></ListMultipartUploadsResult>',
  '<ListAllMyBucketsResult><Owner><ID>1</ID></Owner><IsTruncated>true</IsTruncated><NextMarker>b</NextMarker><Buckets><Bucket><Name>b</Name><Location>oss-cn-hangzhou</Location><CreationDate>2026-02-03T10:00:00.000Z</CreationDate><ExtranetEndpoint>oss-cn-hangzhou.aliyuncs.com</ExtranetEndpoint></Bucket></Buckets></ListAllMyBucketsResult>',
  '<?xml version="1.0"?><Error><Code>NoSuchBucket</Code><Message>no</Message><RequestId>1</RequestId><HostId>h</HostId><EC>0015</EC></Error>',
]

const lists: Target = {
  name: 'xml',
  words: [
    '<Contents>',
    '</Contents>',
    '<Part>',
    '</Part>',
    '<Key>',
    '</Key>',
    '<Size>',
    '</Size>',
    '<IsTruncated>true</IsTruncated>',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?x',
    '?>',
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    '&b;',
    '&#38;',
    '&#x10ffff;',
    '&#1114112;',
    ' a="b>"',
    '/>',
    '<__proto__>',
    '<a:b>',
    '<constructor/>',
    '%e4',
    '%zz',
  ],
  limitMs: SECOND,
  seeds: () => SEEDS.map((text) => Uint8Array.from(Buffer.from(text))),
  async check(input) {
    const text = Buffer.from(input).toString('utf8')
    for (const [root, call] of Object.entries(calls)) {
      if (!text.includes(root)) continue
      try {
        await call(saying(text))
      } catch (cause) {
        if (!(cause instanceof Failure)) throw cause
      }
    }
    const said = xmlText(text.slice(0, 64))
    if (said !== null) {
      const back = readXml(`<a><b>${said}</b></a>`, 'a')
      must(
        back !== null && textAt(back, 'b') === text.slice(0, 64),
        'a text is another one once it was XML',
      )
    }
  },
}

export const xmlTargets: readonly Target[] = [lists]
