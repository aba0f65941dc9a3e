import { expect, test } from 'vitest'
import { openKmsClient } from '../../electron/core/keys/kms/kms-client.ts'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { ok } from '../../shared/contract/errors.ts'
import { errorOf, never, scripted } from './kms-practice.ts'

// Of a process of its own (as every test file is): what the package's libraries think of DEBUG is
// settled when they are loaded.
test('DEBUG does not make the package’s libraries print requests', async () => {
  const before = process.env['DEBUG']
  const write = process.stderr.write
  let written = ''
  process.env['DEBUG'] = '*'
  process.stderr.write = ((text: string | Uint8Array) => (
    (written += Buffer.from(text).toString()),
    true
  )) as typeof write
  try {
    await using server = await scripted((_, response) => response.end('{}'))
    const client = openKmsClient(
      {
        endpoint: server.endpoint,
        region: 'cn-hangzhou',
        credentials: async () =>
          ok({ accessKeyId: 'id', accessKeySecret: 's', securityToken: 'marker-token' }),
      },
      openHttpClient(),
      { attempts: 1 },
    )
    expect(await errorOf(client.encrypt('k', 'bWFya2Vy', null, never))).toMatchObject({
      code: 'kms',
      status: 0,
    })
    expect(server.urls[0]).toContain('marker-token')
    expect(process.env['DEBUG']).toBe('*')
  } finally {
    process.stderr.write = write
    if (before === undefined) delete process.env['DEBUG']
    else process.env['DEBUG'] = before
  }
  expect(written).toBe('')
})
