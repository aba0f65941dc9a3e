import { describe, expect, test } from 'vitest'
import { partQuery, initiate } from '../../electron/core/oss/multipart.ts'
import { trafficLimitHeaders } from '../../electron/core/oss/traffic-limit.ts'
import * as shapes from '../../shared/contract/routes/shapes.ts'
import { bench, errorOf, never } from './oss-practice.ts'

const at = bench()
const put = (limit: number, body: Uint8Array) =>
  at.oss.call(
    {
      method: 'PUT',
      bucket: at.bucket,
      key: 'a',
      body,
      headers: trafficLimitHeaders(limit),
      action: 'oss:PutObject',
    },
    never,
  )

describe('a speed that OSS keeps', () => {
  test('none asked for: no header', () => {
    expect(trafficLimitHeaders(0)).toEqual({})
  })

  test('signed with a put, a part and a get, each takes as long as it must', async () => {
    // A second and a half at 819,200 bit/s.
    const body = new Uint8Array(153_600)
    const upload = {
      bucket: at.bucket,
      key: 'parts',
      uploadId: await initiate(
        at.oss,
        { bucket: at.bucket, key: 'parts', headers: {}, forbidOverwrite: false },
        never,
      ),
    }
    const headers = trafficLimitHeaders(819_200)
    const requests = [
      () => put(819_200, body),
      () =>
        at.oss.call(
          {
            method: 'PUT',
            bucket: at.bucket,
            key: 'parts',
            query: partQuery(upload.uploadId, 1),
            body,
            headers,
            action: 'oss:PutObject',
          },
          never,
        ),
      () =>
        at.oss.call(
          { method: 'GET', bucket: at.bucket, key: 'a', headers, action: 'oss:GetObject' },
          never,
        ),
    ]
    for (const request of requests) {
      const began = performance.now()
      await request()
      expect(performance.now() - began).toBeGreaterThan(1000)
    }
  })

  test.each([819_199, 838_860_801])('%i is refused, and no setting', async (limit) => {
    expect(await errorOf(put(limit, new Uint8Array(1)))).toMatchObject({
      code: 'oss',
      status: 400,
      ossCode: 'InvalidArgument',
    })
    expect(shapes.settingsShape.shape.trafficLimit.safeParse(limit).success).toBe(false)
  })
  test.each([819_200, 838_860_800])('%i is taken, and a setting', async (limit) => {
    await put(limit, new Uint8Array(1))
    expect(shapes.settingsShape.shape.trafficLimit.safeParse(limit).success).toBe(true)
  })
})
