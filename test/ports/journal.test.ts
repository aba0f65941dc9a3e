import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { openJournal } from '../../electron/core/store/journal.ts'
import { Failure } from '../../shared/contract/errors.ts'
import { failingDisk, NO_MOUNT, smallDisk } from '../faults/small-disk.ts'

const root = mkdtempSync(join(tmpdir(), 'cb-journal-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let made = 0
const fresh = (): string => join(root, String(made++), 'deep', 'journal.jsonl')

const open = (path: string) => {
  const records: unknown[] = []
  return { ...openJournal(path, (record) => void records.push(record)), records }
}
const written = async (path: string, records: readonly unknown[]): Promise<Buffer> => {
  const { journal } = open(path)
  for (const record of records) journal.append(record)
  await journal.durable()
  await journal.close()
  return readFileSync(path)
}
const RECORDS = [
  { t: 'a', text: 'é 你好 \n "quoted"' },
  { t: 'b', n: 1 },
  { t: 'c', list: [1, 2, 3] },
]

describe('what was appended is read back', () => {
  test('in order, over any number of starts', async () => {
    const path = fresh()
    await written(path, RECORDS.slice(0, 2))
    await written(path, RECORDS.slice(2))
    expect(open(path).records).toEqual(RECORDS)
  })

  test('whatever the records are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 20 }), async (records) => {
        const path = fresh()
        await written(path, records)
        expect(JSON.stringify(open(path).records)).toBe(JSON.stringify(records))
      }),
      { numRuns: 50 },
    )
  })

  test('a record longer than what is read at once', async () => {
    const path = fresh()
    const long = { text: 'x'.repeat(700_000) }
    await written(path, [long, { t: 'after' }])
    expect(open(path).records).toEqual([long, { t: 'after' }])
  })
})

describe('a disk that takes no more', () => {
  test('a record that does not fit is refused as a whole, and the next one is whole', async (context) => {
    const disk = smallDisk(64)
    if (disk === null) return context.skip(NO_MOUNT)
    try {
      const path = join(disk.folder, 'journal.jsonl')
      const { journal } = open(path)
      journal.append(RECORDS[0])
      disk.fill()
      expect(() => journal.append({ text: 'x'.repeat(8192) })).toThrow(
        new Failure({ code: 'disk-full', path, needed: 0 }),
      )
      disk.empty()
      journal.append(RECORDS[1])
      await journal.close()
      const { records, damaged } = open(path)
      expect([records, damaged]).toEqual([RECORDS.slice(0, 2), 0])
    } finally {
      disk.remove()
    }
  })

  test('one that became read-only is said to be that', async (context) => {
    const disk = failingDisk()
    if (disk === null) return context.skip(NO_MOUNT)
    try {
      const path = join(disk.folder, 'journal.jsonl')
      const { journal } = open(path)
      journal.append(RECORDS[0])
      disk.fail()
      for (const record of RECORDS)
        expect(() => journal.append(record)).toThrow(
          new Failure({ code: 'target-unwritable', path, reason: 'EROFS' }),
        )
      await journal.close()
    } finally {
      disk.remove()
    }
  })
})

describe('a crash', () => {
  test('at every byte of the last record costs that record alone, and the next one is whole', async () => {
    const path = fresh()
    const whole = await written(path, RECORDS)
    const start = whole.lastIndexOf(10, whole.length - 2) + 1
    for (let end = start; end < whole.length; end++) {
      writeFileSync(path, whole.subarray(0, end))
      const again = open(path)
      expect(again.records, `cut at ${end}`).toEqual(RECORDS.slice(0, 2))
      expect(again.damaged).toBe(0)
      again.journal.append({ t: 'next' })
      await again.journal.close()
      expect(open(path).records).toEqual([...RECORDS.slice(0, 2), { t: 'next' }])
    }
  })

  const rows: readonly {
    readonly name: string
    readonly spoil: (bytes: Buffer) => Buffer
    readonly left: readonly unknown[]
    readonly damaged: number
  }[] = [
    {
      name: 'one bit of the first record',
      spoil: (bytes) => flipped(bytes, 20),
      left: RECORDS.slice(1),
      damaged: 1,
    },
    {
      name: 'one bit of its sum',
      spoil: (bytes) => flipped(bytes, 2),
      left: RECORDS.slice(1),
      damaged: 1,
    },
    {
      name: 'a line of somebody else',
      spoil: (bytes) => Buffer.concat([Buffer.from('hello\n'), bytes]),
      left: RECORDS,
      damaged: 1,
    },
    {
      name: 'zeros at the end, as some file systems leave them',
      spoil: (bytes) => Buffer.concat([bytes, Buffer.alloc(4096)]),
      left: RECORDS,
      damaged: 0,
    },
    { name: 'nothing at all', spoil: () => Buffer.alloc(0), left: [], damaged: 0 },
  ]
  for (const { name, spoil, left, damaged } of rows) {
    test(`${name}: what is whole is read`, async () => {
      const path = fresh()
      writeFileSync(path, spoil(await written(path, RECORDS)))
      const again = open(path)
      expect(again.records).toEqual(left)
      expect(again.damaged).toBe(damaged)
    })
  }
})

describe('compaction', () => {
  test('leaves what it was given, and goes on from there', async () => {
    const path = fresh()
    const { journal } = open(path)
    for (let i = 0; i < 1000; i++) journal.append({ i, pad: 'y'.repeat(2000) })
    expect(journal.isLong()).toBe(true)
    journal.compact([{ t: 'all' }])
    expect(journal.isLong()).toBe(false)
    journal.append({ t: 'more' })
    await journal.durable()
    await journal.close()
    expect(open(path).records).toEqual([{ t: 'all' }, { t: 'more' }])
  })

  test('a draft that a crash left is no journal', async () => {
    const path = fresh()
    await written(path, RECORDS)
    writeFileSync(`${path}.new`, 'half a dra')
    expect(open(path).records).toEqual(RECORDS)
    const { journal } = open(path)
    journal.compact(RECORDS.slice(0, 1))
    await journal.close()
    expect(open(path).records).toEqual(RECORDS.slice(0, 1))
  })
})

test('a journal that somebody shortened while it is open keeps its lines apart', async () => {
  const path = fresh()
  await written(path, RECORDS)
  const { journal } = open(path)
  truncateSync(path, 5)
  appendFileSync(path, '\n')
  journal.append({ t: 'late' })
  await journal.close()
  expect(open(path).records).toEqual([{ t: 'late' }])
})

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
