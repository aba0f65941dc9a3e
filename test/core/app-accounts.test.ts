import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  findAccounts,
  fromAliyunCli,
  fromEnvironment,
  fromOssutil,
} from '../../electron/core/app/profiles/account-sources.ts'

const OSSUTIL_1 =
  '[Credentials]\nlanguage=EN\nendpoint = oss-cn-shanghai.aliyuncs.com\r\naccessKeyID=id1\naccessKeySecret= secret/1= \nstsToken=t1\n'
const OSSUTIL_2 =
  '[default]\naccessKeyID=id2\naccessKeySecret=secret2\nregion=cn-beijing\n\n# note\n[profile legal]\naccessKeyId = id3\naccessKeySecret = secret3\n'
const ALIYUN = JSON.stringify({
  current: 'default',
  profiles: [
    {
      name: 'default',
      mode: 'AK',
      access_key_id: 'id4',
      access_key_secret: 'secret4',
      region_id: 'cn-hangzhou',
    },
    {
      name: 'sts',
      mode: 'StsToken',
      access_key_id: 'id5',
      access_key_secret: 'secret5',
      sts_token: 't5',
      region_id: '',
    },
    { name: 'role', mode: 'EcsRamRole', ram_role_name: 'r' },
    null,
  ],
})

test('ossutil 1: one section, blanks around values, CRLF', () => {
  expect(fromOssutil(OSSUTIL_1)).toEqual([
    {
      source: 'ossutil:Credentials',
      label: '~/.ossutilconfig',
      endpoint: 'oss-cn-shanghai.aliyuncs.com',
      region: '',
      accessKeyId: 'id1',
      accessKeySecret: 'secret/1=',
      securityToken: 't1',
    },
  ])
})

test('ossutil 2: several profiles, names in any case', () => {
  expect(
    fromOssutil(OSSUTIL_2).map(({ source, accessKeyId, accessKeySecret, region }) => [
      source,
      accessKeyId,
      accessKeySecret,
      region,
    ]),
  ).toEqual([
    ['ossutil:default', 'id2', 'secret2', 'cn-beijing'],
    ['ossutil:profile legal', 'id3', 'secret3', ''],
  ])
})

test('aliyun CLI: access keys and tokens; other modes have no secret to take', () => {
  const found = fromAliyunCli(ALIYUN).filter(({ accessKeyId }) => accessKeyId !== '')
  expect(found.map(({ source, region, securityToken }) => [source, region, securityToken])).toEqual(
    [
      ['aliyun:default', 'cn-hangzhou', ''],
      ['aliyun:sts', '', 't5'],
    ],
  )
})

test.each(['', '{', '[]', '{"profiles":7}', 'null', '[Credentials', 'accessKeyID=x'])(
  'a file that is not of its form yields nothing: %j',
  (text) => {
    expect(fromAliyunCli(text)).toEqual([])
    expect(fromOssutil(text)).toEqual([])
  },
)

test('environment: both families of names', () => {
  const env = {
    OSS_ACCESS_KEY_ID: 'a',
    OSS_ACCESS_KEY_SECRET: 'b',
    OSS_SESSION_TOKEN: 'c',
    OSS_REGION: 'cn-x',
    ALIBABA_CLOUD_ACCESS_KEY_ID: 'd',
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'e',
  }
  expect(
    fromEnvironment(env).map(({ accessKeyId, securityToken, region }) => [
      accessKeyId,
      securityToken,
      region,
    ]),
  ).toEqual([
    ['a', 'c', 'cn-x'],
    ['d', '', 'cn-x'],
  ])
})

test('found on this computer: only accounts that have a secret', async () => {
  const home = await mkdtemp(join(tmpdir(), 'accounts-'))
  try {
    await mkdir(join(home, '.aliyun'))
    await writeFile(join(home, '.aliyun', 'config.json'), ALIYUN)
    await writeFile(join(home, '.ossutilconfig'), OSSUTIL_1)
    const found = await findAccounts({ OSS_ACCESS_KEY_ID: 'only-an-id' }, home)
    expect(found.map(({ source }) => source)).toEqual([
      'aliyun:default',
      'aliyun:sts',
      'ossutil:Credentials',
    ])
    expect(await findAccounts({}, join(home, 'nobody'))).toEqual([])
  } finally {
    await rm(home, { recursive: true })
  }
})
