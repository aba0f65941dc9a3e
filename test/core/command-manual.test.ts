import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandMasterKey } from '../../electron/core/keys/command/command-master-key.ts'
import { proves } from '../../electron/core/keys/key-proof.ts'
import type { MasterKeyId } from '../../shared/contract/models.ts'

const manual = readFileSync(new URL('../../docs/master-key-program.md', import.meta.url), 'utf8')
const example = /```js\n([\s\S]*?)```/.exec(manual)?.[1] ?? ''
const never = new AbortController().signal
const how = { algorithm: 'Example/AES-GCM', payload: 'bytes' } as const

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'command-readme-'))
  writeFileSync(join(folder, 'wrap.mjs'), example)
  for (const name of ['wrap.key', 'other.key'])
    writeFileSync(join(folder, name), `${randomBytes(32).toString('hex')}\n`)
})
afterAll(() => rmSync(folder, { recursive: true }))

const keyOf = (file: string) =>
  commandMasterKey({
    id: file as MasterKeyId,
    name: 'Example',
    description: '',
    program: process.execPath,
    args: [join(folder, 'wrap.mjs'), join(folder, file)],
    wrapAlgorithm: 'Example/AES-GCM',
    timeoutMs: 30_000,
  })

test('the example in the manual is short and works', async () => {
  expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(20)
  using key = keyOf('wrap.key')
  expect(await proves(key, never)).toEqual({ ok: true, value: null })
})

test.each([
  ['other.key', 'this key does not open it'],
  ['none.key', 'the key file is not there'],
])('under %s it says that %s', async (file, detail) => {
  using key = keyOf('wrap.key')
  using other = keyOf(file)
  const wrapped = await key.wrap(randomBytes(32), how, never)
  await expect(other.unwrap(wrapped, how, never)).rejects.toMatchObject({
    error: { code: 'command-failed', problem: 'refused', detail },
  })
})
