import { describe, expect, test } from 'vitest'
import { ossFailure, type RequestSubject } from '../../electron/core/oss/oss-error.ts'
import { isRetryable, type AppError } from '../../shared/contract/errors.ts'

const NOW = Date.parse('2026-11-21T09:00:00Z')
const object: RequestSubject = { action: 'oss:GetObject', bucket: 'bkt', key: 'dir/a.txt' }
const bucket: RequestSubject = { action: 'oss:ListObjects', bucket: 'bkt', key: null }
const xml = (code: string, more = '') =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n  <Code>${code}</Code>\n  <Message>Said &amp; done.</Message>\n  <RequestId>5C3D9175B6FC201293AD****</RequestId>\n  <HostId>bkt.oss-cn-hangzhou.aliyuncs.com</HostId>\n  <EC>0026-00000001</EC>${more}\n</Error>`
const requestId = '5C3D9175B6FC201293AD****'
const oss = (
  status: number,
  ossCode: string,
  more: Partial<Extract<AppError, { code: 'oss' }>> = {},
): AppError => ({
  code: 'oss',
  status,
  ossCode,
  ec: '0026-00000001',
  message: 'Said & done.',
  requestId,
  retryAfterMs: 0,
  ...more,
})

interface Row {
  readonly name: string
  readonly status: number
  readonly text: string
  readonly headers?: Record<string, string>
  readonly asked?: RequestSubject
  readonly error: AppError
  readonly again: boolean
}

// Codes and texts: OSS documentation, "error responses" and the EC pages; header x-oss-err: answers
// to HEAD.
const ROWS: readonly Row[] = [
  {
    name: 'no such object',
    status: 404,
    text: xml('NoSuchKey', '<Key>dir/a.txt</Key>'),
    error: { code: 'not-found', what: 'object', name: 'dir/a.txt' },
    again: false,
  },
  {
    name: 'no such bucket, asked for an object',
    status: 404,
    text: xml('NoSuchBucket'),
    error: { code: 'not-found', what: 'bucket', name: 'bkt' },
    again: false,
  },
  {
    name: 'HEAD of nothing, no header at all',
    status: 404,
    text: '',
    error: { code: 'not-found', what: 'object', name: 'dir/a.txt' },
    again: false,
  },
  {
    name: 'the same for a bucket',
    status: 404,
    text: '',
    asked: bucket,
    error: { code: 'not-found', what: 'bucket', name: 'bkt' },
    again: false,
  },
  {
    name: 'HEAD in a bucket that is not there',
    status: 404,
    text: '',
    headers: { 'x-oss-err': Buffer.from(xml('NoSuchBucket')).toString('base64') },
    error: { code: 'not-found', what: 'bucket', name: 'bkt' },
    again: false,
  },
  {
    name: 'an upload that is gone is no missing object',
    status: 404,
    text: xml('NoSuchUpload'),
    error: oss(404, 'NoSuchUpload'),
    again: false,
  },
  {
    name: 'access denied',
    status: 403,
    text: xml('AccessDenied'),
    error: {
      code: 'access-denied',
      action: 'oss:GetObject',
      ossCode: 'AccessDenied',
      ec: '0026-00000001',
      requestId,
    },
    again: false,
  },
  {
    name: 'access denied, OSS names the permission',
    status: 403,
    text: xml(
      'AccessDenied',
      '<AccessDeniedDetail><AuthAction>oss:GetObjectVersion</AuthAction></AccessDeniedDetail>',
    ),
    error: {
      code: 'access-denied',
      action: 'oss:GetObjectVersion',
      ossCode: 'AccessDenied',
      ec: '0026-00000001',
      requestId,
    },
    again: false,
  },
  {
    name: 'HEAD without permission: only headers',
    status: 403,
    text: '',
    headers: { 'x-oss-ec': '0003-00000001', 'x-oss-request-id': 'REQ' },
    error: {
      code: 'access-denied',
      action: 'oss:GetObject',
      ossCode: '',
      ec: '0003-00000001',
      requestId: 'REQ',
    },
    again: false,
  },
  {
    name: 'a bucket that is elsewhere is no lack of permission',
    status: 403,
    text: xml('AccessDenied', '<Endpoint>oss-cn-beijing.aliyuncs.com</Endpoint>'),
    error: oss(403, 'AccessDenied', { message: 'Said & done. (oss-cn-beijing.aliyuncs.com)' }),
    again: false,
  },
  {
    name: 'unknown key id',
    status: 403,
    text: xml('InvalidAccessKeyId'),
    error: { code: 'bad-credentials', reason: 'unknown-key-id', requestId },
    again: false,
  },
  {
    name: 'wrong secret',
    status: 403,
    text: xml('SignatureDoesNotMatch'),
    error: { code: 'bad-credentials', reason: 'wrong-secret', requestId },
    again: false,
  },
  {
    name: 'wrong secret, HEAD',
    status: 403,
    text: '',
    headers: { 'x-oss-err': Buffer.from(xml('SignatureDoesNotMatch')).toString('base64') },
    error: { code: 'bad-credentials', reason: 'wrong-secret', requestId },
    again: false,
  },
  {
    name: 'token over',
    status: 403,
    text: xml('SecurityTokenExpired'),
    error: { code: 'bad-credentials', reason: 'expired', requestId },
    again: false,
  },
  {
    name: 'token that is none',
    status: 403,
    text: xml('InvalidSecurityToken'),
    error: { code: 'bad-credentials', reason: 'expired', requestId },
    again: false,
  },
  {
    name: 'this clock is behind',
    status: 403,
    text: xml('RequestTimeTooSkewed'),
    headers: { date: 'Sat, 21 Nov 2026 09:20:00 GMT' },
    error: { code: 'clock', minutes: 20, requestId },
    again: false,
  },
  {
    name: 'this clock is ahead',
    status: 403,
    text: xml('RequestTimeTooSkewed'),
    headers: { date: 'Fri, 20 Nov 2026 09:00:00 GMT' },
    error: { code: 'clock', minutes: -1440, requestId },
    again: false,
  },
  {
    name: 'no Date header: what the error says',
    status: 403,
    text: xml('RequestTimeTooSkewed', '<ServerTime>2026-11-21T10:00:00.000Z</ServerTime>'),
    error: { code: 'clock', minutes: 60, requestId },
    again: false,
  },
  {
    name: 'no time anywhere',
    status: 403,
    text: xml('RequestTimeTooSkewed'),
    headers: { date: 'yesterday' },
    error: { code: 'clock', minutes: 0, requestId },
    again: false,
  },
  {
    name: 'If-Match failed',
    status: 412,
    text: xml('PreconditionFailed'),
    error: { code: 'object-changed', key: 'dir/a.txt' },
    again: false,
  },
  {
    name: 'If-Match failed, HEAD',
    status: 412,
    text: '',
    error: { code: 'object-changed', key: 'dir/a.txt' },
    again: false,
  },
  {
    name: 'forbid-overwrite',
    status: 409,
    text: xml('FileAlreadyExists'),
    error: { code: 'object-exists', key: 'dir/a.txt' },
    again: false,
  },
  {
    name: 'throttled, with a time to wait',
    status: 503,
    text: xml('DownloadTrafficRateLimitExceeded'),
    headers: { 'x-oss-qos-delay-time': '1234' },
    error: oss(503, 'DownloadTrafficRateLimitExceeded', { retryAfterMs: 1234 }),
    again: true,
  },
  {
    name: 'Retry-After in seconds',
    status: 503,
    text: xml('ServiceUnavailable'),
    headers: { 'retry-after': '2' },
    error: oss(503, 'ServiceUnavailable', { retryAfterMs: 2000 }),
    again: true,
  },
  {
    name: 'a waiting time that is none',
    status: 503,
    text: xml('ServiceUnavailable'),
    headers: { 'x-oss-qos-delay-time': 'soon' },
    error: oss(503, 'ServiceUnavailable'),
    again: true,
  },
  {
    name: 'slow body',
    status: 400,
    text: xml('RequestTimeout'),
    error: oss(400, 'RequestTimeout'),
    again: true,
  },
  {
    name: 'encryption rule broken',
    status: 400,
    text: xml('InvalidEncryptionRequest'),
    error: oss(400, 'InvalidEncryptionRequest'),
    again: false,
  },
  {
    name: 'a proxy’s page',
    status: 502,
    text: '<html><head><title>502</title></head><body><center>Bad Gateway</center><hr></body></html>',
    error: oss(502, '', { ec: '', message: '', requestId: '' }),
    again: true,
  },
  {
    name: 'a page that pretends',
    status: 500,
    text: '<!DOCTYPE html><Error><Code>AccessDenied</Code></Error>',
    error: oss(500, '', { ec: '', message: '', requestId: '' }),
    again: true,
  },
  {
    name: 'nothing at all',
    status: 500,
    text: '',
    error: oss(500, '', { ec: '', message: '', requestId: '' }),
    again: true,
  },
  {
    name: 'half an error',
    status: 400,
    text: xml('InvalidArgument').slice(0, -9),
    headers: { 'x-oss-request-id': 'REQ' },
    error: oss(400, '', { ec: '', message: '', requestId: 'REQ' }),
    again: false,
  },
  {
    name: 'a header that is no base64 of XML',
    status: 400,
    text: '',
    headers: { 'x-oss-err': '%%%' },
    error: oss(400, '', { ec: '', message: '', requestId: '' }),
    again: false,
  },
  {
    name: 'control characters and length of a message',
    status: 400,
    text: xml('InvalidArgument').replace(
      'Said &amp; done.',
      `a&#27;[31m\n\u202bb${'x'.repeat(600)}`,
    ),
    error: oss(400, 'InvalidArgument', { message: `a [31m b${'x'.repeat(492)}` }),
    again: false,
  },
]

describe('error answers', () => {
  test.each(ROWS)(
    '$status $name',
    ({ status, text, headers = {}, asked = object, error, again }) => {
      const found = ossFailure(
        { status, text, headers: new Map(Object.entries(headers)) },
        asked,
        NOW,
      )
      expect(found).toEqual(error)
      expect(isRetryable(found)).toBe(again)
    },
  )
})
