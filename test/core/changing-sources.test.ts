import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { exitCodeOf } from '../../electron/cli/exit-codes.ts'
import { sentence } from '../../shared/contract/sentences/sentences.ts'
import { openAppKit } from './app-kit.ts'

const kit = openAppKit()
const PART = 102_400

/**
 * The changes that a user or another program may make to a file meanwhile. `size`: bytes of the
 * file.
 */
const CHANGES: readonly (readonly [
  string,
  (path: string, size: number) => void,
  readonly string[],
])[] = [
  ['is written to', (path, size) => writeFileSync(path, randomBytes(size)), ['source-changed']],
  ['grows', (path) => appendFileSync(path, 'more'), ['source-changed']],
  ['shrinks', (path, size) => truncateSync(path, Math.floor(size / 2)), ['source-changed']],
  ['becomes empty', (path) => truncateSync(path, 0), ['source-changed']],
  [
    'is replaced by rename',
    (path, size) => (
      writeFileSync(`${path}.new`, randomBytes(size)),
      renameSync(`${path}.new`, path)
    ),
    ['source-changed'],
  ],
  ['vanishes', (path) => rmSync(path), ['source-changed', 'source-unreadable']],
  [
    'is moved away',
    (path) => renameSync(path, `${path}.moved`),
    ['source-changed', 'source-unreadable'],
  ],
  [
    'is changed and gets its old time back',
    (path, size) => (writeFileSync(path, randomBytes(size)), utimesSync(path, 1, 1)),
    ['source-changed'],
  ],
]

describe.each([
  ['in one request', 24 * 1024 * 1024, null],
  ['in parts', 8 * PART + 5, PART],
] as const)('%s', (way, size, partSize) => {
  for (const [name, change, codes] of CHANGES) {
    test(`a file that ${name} while it goes up`, async () => {
      const path = join(kit.f.folder, `${way} ${name}.bin`)
      const key = `${way} ${name}.bin`
      writeFileSync(path, randomBytes(size))
      const { id } = await kit.plan([path])
      // The server is slow, so that the change comes in the middle.
      kit.f.practice.faults.add({
        match: { method: 'PUT', key },
        do: { kind: 'delay', ms: 300 },
        times: 3,
      })
      const ids = await kit.start(id, { partSize, parallel: 2 })
      await arrival(key)
      change(path, size)
      const [transfer] = await kit.f.ended(ids)
      kit.f.practice.faults.clear()
      // Bytes that were all sent before the change are whole: only then may it have gone well.
      expect([transfer?.phase, codes.includes(transfer?.error?.code ?? '')]).toEqual([
        'failed',
        true,
      ])
      for (const language of ['en', 'zh-CN'] as const)
        expect(transfer?.error && sentence(transfer.error, language)).toContain(key)
      expect(transfer?.error && [4, 2]).toContain(transfer?.error && exitCodeOf(transfer.error))
      expect(await kit.exists(key)).toBe(false)
      expect(await kit.uploadsLeft()).toBe(0)
    })
  }
})

test('a file that changes between the plan and the start goes up as it is then', async () => {
  const path = join(kit.f.folder, 'later.txt')
  writeFileSync(path, 'as planned')
  const { id } = await kit.plan([path])
  writeFileSync(path, 'as it is when it starts, and longer')
  expect((await kit.f.ended(await kit.start(id)))[0]?.phase).toBe('done')
  await kit.down(['later.txt'], 'later')
  expect(readFileSync(join(kit.f.folder, 'later', 'later.txt'), 'utf8')).toBe(
    'as it is when it starts, and longer',
  )
})

test('a file that is gone at the start is told by name, and the others go up', async () => {
  const [gone, stays] = [join(kit.f.folder, 'gone.txt'), join(kit.f.folder, 'stays.txt')]
  for (const path of [gone, stays]) writeFileSync(path, 'text')
  const { id } = await kit.plan([gone, stays])
  rmSync(gone)
  const sent = await kit.f.ended(await kit.start(id))
  expect(sent.map(({ phase, error }) => [phase, error])).toEqual([
    ['failed', { code: 'source-unreadable', path: gone, reason: 'ENOENT' }],
    ['done', null],
  ])
})

/** Resolves once the server has seen a PUT of this key. */
async function arrival(key: string): Promise<void> {
  const seen = (): boolean =>
    kit.f.practice.log.entries().some((entry) => entry.method === 'PUT' && entry.key === key) ||
    kit.f.practice.faults.left < 3
  while (!seen()) await new Promise((resolve) => setImmediate(resolve))
}
