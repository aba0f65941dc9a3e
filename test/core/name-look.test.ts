import { expect, test } from 'vitest'
import { mayReplace } from '../../electron/core/app/jobs/name-look.ts'
import type { Oss, OssRequest } from '../../electron/core/oss/client.ts'
import { Failure } from '../../shared/contract/errors.ts'

const never = new AbortController().signal
const DENIED = new Failure({
  code: 'access-denied',
  action: 'oss:GetBucketVersioning',
  ossCode: 'AccessDenied',
  ec: '',
  requestId: '',
})

/** An Alibaba endpoint that answers with this state of versioning, and holds the object `there`. */
function alibaba(state: string | Failure): { readonly oss: Oss; readonly asked: string[] } {
  const asked: string[] = []
  const call = async ({ method, key, query = {} }: OssRequest) => {
    asked.push([method, key ?? Object.keys(query)[0]].join(' '))
    const answer = { status: 200, headers: new Map<string, string>(), text: '' }
    if (method === 'HEAD') {
      if (key !== 'there') throw new Failure({ code: 'not-found', what: 'object', name: key ?? '' })
      return { ...answer, headers: new Map([['content-length', '1']]) }
    }
    if (state instanceof Failure) throw state
    return { ...answer, text: `<VersioningConfiguration>${state}</VersioningConfiguration>` }
  }
  const oss = { origin: 'https://oss-cn-hangzhou.aliyuncs.com', call } as Pick<
    Oss,
    'origin' | 'call'
  > as Oss
  return { oss, asked }
}

test.each<readonly [string, string | Failure, boolean]>([
  // OSS refuses to replace an object only without versioning. Source: PutObject.
  ['never had versioning', '', false],
  ['has it enabled', '<Status>Enabled</Status>', true],
  ['has it suspended', '<Status>Suspended</Status>', true],
  ['does not tell this account', DENIED, true],
])('the names of a bucket that %s', async (_name, state, looks) => {
  const { oss, asked } = alibaba(state)
  expect(await mayReplace(oss, 'bucket', 'there', never)).toBe(looks)
  expect(await mayReplace(oss, 'bucket', 'free', never)).toBe(false)
  expect(asked).toEqual(['GET versioning', ...(looks ? ['HEAD there', 'HEAD free'] : [])])
})

test('a state that cannot be learnt is an error, and not a free name', async () => {
  const offline = new Failure({ code: 'unreachable', host: 'oss', reason: 'ECONNRESET' })
  const { oss } = alibaba(offline)
  await expect(mayReplace(oss, 'bucket', 'there', never)).rejects.toBe(offline)
})
