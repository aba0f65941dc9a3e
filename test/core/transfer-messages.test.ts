import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { MasterKeyHandle } from '../../electron/core/keys/master-key.ts'
import { putSmall } from '../../electron/core/oss/objects.ts'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import { decryptFile } from '../../electron/core/transfer/download/decrypt-file.ts'
import type { DecryptJob, DownloadJob } from '../../electron/core/transfer/run/jobs.ts'
import { fail, valueOf } from '../../shared/contract/errors.ts'
import { readEnvelopeFile } from '../../shared/format/envelope/envelope-file.ts'
import { messageAt } from '../../shared/format/message/message.ts'
import { messageBytes, messageVectors } from '../format/messages.ts'
import { errorOf, never } from './oss-practice.ts'
import { kit, openersOf, PART, plaintext, readRange } from './transfer-kit.ts'
import { ALGORITHMS, CMK, fakeKms, writeMessage, type Written } from './transfer-message-kit.ts'

const k = kit()
const kms = fakeKms()
const FORMS = ['split', 'message', 'stream'] as const
const CONTEXT = new Map([
  ['zone', 'é'],
  ['a', ''],
  ['项目', 'x'],
])

const put = (
  { object, headers }: Pick<Written, 'object' | 'headers'>,
  key = 'o',
): Promise<unknown> =>
  putSmall(k.oss, { bucket: k.bucket, key, headers, body: object, forbidOverwrite: false }, never)
const change = (more: Partial<DownloadJob> = {}): Partial<DownloadJob> => ({
  openers: openersOf(kms.key()),
  message: true,
  existing: 'replace',
  ...more,
})
const names = async (folder = 'down'): Promise<readonly string[]> =>
  readdir(join(k.dir, folder)).then(
    (all) => all.sort(),
    () => [],
  )
const file = (): Promise<Buffer> => readFile(join(k.dir, 'down', 'file.bin'))
const how = () => ({ openers: openersOf(kms.key()), message: true, repair: false })
const tagOf = (mode: string) => (mode === 'gcm' ? 'verified' : 'none')

describe('what the SDKs write comes back as it was', () => {
  for (const { id, mode, padded } of ALGORITHMS) {
    for (const form of FORMS) {
      test(`algorithm ${id}, ${form}`, async () => {
        const sizes =
          mode === 'cbc' && !padded
            ? [0, 16, 32, PART, 3 * PART + 16]
            : [0, 1, 15, 16, 17, PART - 1, PART, PART + 1, 3 * PART + 5]
        for (const size of sizes) {
          const plain = plaintext(size)
          await put(writeMessage(kms, id, form, plain, size % 2 === 0 ? CONTEXT : new Map()))
          const running = k.running()
          expect(await k.down('o', change(), running)).toMatchObject({
            encrypted: true,
            checksum: 'matches',
            tag: tagOf(mode),
            skipped: false,
          })
          expect((await file()).equals(plain)).toBe(true)
          expect(running.steps.find(({ t }) => t === 'planned')).toMatchObject({
            keyName: 'in KMS',
          })
        }
        expect(await names()).toEqual(['file.bin'])
      })
    }
  }

  test.each(messageVectors.map((vector) => [vector.name, vector] as const))(
    '%s',
    async (_name, vector) => {
      const blobs = new Map(
        vector.keys.map(([, blob]) => [blob, Uint8Array.from(Buffer.from(vector.dataKey, 'hex'))]),
      )
      const key: MasterKeyHandle = {
        ...kms.key(),
        messages: {
          allows: () => true,
          generate: () => Promise.reject(new Error('nothing is written')),
          decrypt: async ({ wrapped }) =>
            Uint8Array.from(blobs.get(Buffer.from(wrapped).toString('base64')) ?? []),
        },
      }
      const stored: Pick<Written, 'object' | 'headers'>[] = [
        { object: Buffer.from(messageBytes(vector)), headers: {} },
      ]
      if (vector.split !== undefined) {
        const message = messageAt(messageBytes(vector), messageBytes(vector).length)
        if (message === null || message === 'more') return expect.fail('no message')
        const { offset, length } = message.content
        stored.push({
          object: Buffer.from(messageBytes(vector)).subarray(offset, offset + (length ?? 0)),
          headers: { ...vector.split },
        })
      }
      for (const one of stored) {
        if (vector.algorithm > 8) {
          await put(one)
          expect(await errorOf(k.down('o', change({ openers: openersOf(key) })))).toEqual({
            code: 'unsupported-format',
            format: 'sdk-sm4',
          })
          continue
        }
        await put(one)
        await k.down('o', change({ openers: openersOf(key) }))
        expect(
          createHash('sha256')
            .update(await file())
            .digest('hex'),
        ).toBe(vector.plaintextSha256)
      }
    },
  )

  test('an object without envelope is looked into only when it was asked for, and may be none where nobody said so', async () => {
    const { object } = writeMessage(kms, 2, 'message', plaintext(100))
    await put({ object, headers: {} })
    expect(await k.down('o', change({ message: false }))).toMatchObject({
      encrypted: false,
      tag: 'none',
      checksum: 'matches',
    })
    expect((await file()).equals(object)).toBe(true)
    for (const body of [Buffer.alloc(0), Buffer.of(0x30), Buffer.from('0123'), plaintext(PART)]) {
      await put({ object: body, headers: {} })
      expect(await k.down('o', change({ message: 'maybe' }))).toMatchObject({
        encrypted: false,
        tag: 'none',
        checksum: 'matches',
      })
      expect((await file()).equals(body)).toBe(true)
    }
    for (const body of [Buffer.concat([object, Buffer.of(0)]), object.subarray(0, -1)]) {
      await put({ object: body, headers: {} })
      expect(await errorOf(k.down('o', change({ message: 'maybe' })))).toEqual({
        code: 'size-differs',
        expected: object.length,
        actual: body.length,
      })
    }
  })

  test('a header that is longer than the first look', async () => {
    const plain = plaintext(2 * PART)
    await put(writeMessage(kms, 2, 'message', plain, new Map([['long', 'x'.repeat(20_000)]])))
    expect(await k.down('o', change())).toMatchObject({
      encrypted: true,
      tag: 'verified',
      checksum: 'matches',
    })
    expect((await file()).equals(plain)).toBe(true)
  })
})

describe('pieces of a message', () => {
  for (const { id, mode } of ALGORITHMS.filter((one) => [1, 2, 4, 5, 6, 8].includes(one.id))) {
    for (const form of FORMS) {
      test(`algorithm ${id}, ${form}: any range, in pieces of any size, and any preview`, async () => {
        const plain = plaintext(id === 4 ? 3 * PART + 32 : 3 * PART + 77)
        await put(writeMessage(kms, id, form, plain, CONTEXT))
        const near = fc.oneof(
          fc.nat(plain.length),
          fc.constantFrom(
            0,
            1,
            15,
            16,
            17,
            PART,
            plain.length - 16,
            plain.length - 1,
            plain.length,
          ),
        )
        await fc.assert(
          fc.asyncProperty(
            near,
            fc.option(near),
            fc.integer({ min: 1, max: 4 }),
            async (offset, length, pieces) => {
              const wanted = plain.subarray(
                offset,
                length === null ? plain.length : offset + length,
              )
              const outcome = await k.down(
                'o',
                change({ range: { offset, length }, partSize: Math.ceil(wanted.length / pieces) }),
              )
              expect(outcome).toMatchObject({
                encrypted: true,
                checksum: 'absent',
                tag: mode === 'gcm' ? 'not-verified' : 'none',
              })
              expect((await file()).equals(wanted)).toBe(true)
              const few = Math.min(length ?? plain.length, 262_144)
              const preview = await readRange(
                k,
                { bucket: k.bucket, key: 'o', offset, length: few },
                how(),
                never,
              )
              expect(Buffer.from(preview.bytes).equals(plain.subarray(offset, offset + few))).toBe(
                true,
              )
              expect(preview.encrypted).toBe(true)
            },
          ),
          { numRuns: 12 },
        )
        expect(
          (await errorOf(k.down('o', change({ range: { offset: plain.length + 1, length: 1 } }))))
            .code,
        ).toBe('bad-request')
      })
    }
  }
})

describe('what was tampered with is told, and there is no file', () => {
  const flipped = (bytes: Buffer, at: number): Buffer => {
    const copy = Buffer.from(bytes)
    copy[at] = (copy[at] ?? 0) ^ 1
    return copy
  }
  /** Its error: there always is one, and no file. */
  const trial = async (written: Pick<Written, 'object' | 'headers'>): Promise<string> => {
    await put(written)
    const { code } = await errorOf(k.down('o', change({ path: join(k.dir, 'tampered', 'x') })))
    expect(await names('tampered')).toEqual([])
    return code
  }

  for (const form of ['message', 'stream'] as const) {
    test(`any byte of a whole ${form}`, async () => {
      const written = writeMessage(kms, 2, form, plaintext(33), CONTEXT)
      const seen = new Set<string>()
      for (let at = 0; at < written.object.length; at++) {
        const code = await trial({ ...written, object: flipped(written.object, at) })
        if (at >= written.contentAt && at < written.contentAt + 33)
          expect(code).toBe('message-damaged')
        seen.add(code)
      }
      for (const code of seen)
        expect(['size-differs', 'message-damaged', 'unknown-master-key', 'kms-key']).toContain(code)
      expect(seen.size).toBeGreaterThan(2)
    })
  }

  test('any byte of the split form: header, initial vector, tag, content', async () => {
    const written = writeMessage(kms, 2, 'split', plaintext(33), CONTEXT)
    for (const [name, text] of Object.entries(written.headers)) {
      const bytes = Buffer.from(text, 'base64')
      for (let at = 0; at < bytes.length; at++) {
        const code = await trial({
          ...written,
          headers: { ...written.headers, [name]: flipped(bytes, at).toString('base64') },
        })
        if (name.endsWith('-header'))
          expect(['message-damaged', 'unknown-master-key', 'kms-key', 'not-an-envelope']).toContain(
            code,
          )
        else expect(code).toBe('message-damaged')
      }
    }
    for (let at = 0; at < written.object.length; at++)
      expect(await trial({ ...written, object: flipped(written.object, at) })).toBe(
        'message-damaged',
      )
    for (const object of [
      written.object.subarray(0, -1),
      Buffer.concat([written.object, Buffer.of(0)]),
      Buffer.alloc(0),
    ])
      expect(await trial({ ...written, object })).toBe('message-damaged')
  })

  test('any byte behind the content, where the first look did not see it', async () => {
    for (const [id, form, behind] of [
      [2, 'message', 18],
      [2, 'stream', 16],
      [6, 'message', 2],
      [8, 'message', 2],
    ] as const) {
      const written = writeMessage(kms, id, form, plaintext(10_000))
      for (let back = 1; back <= behind; back++)
        expect(
          await trial({
            ...written,
            object: flipped(written.object, written.object.length - back),
          }),
        ).toBe('message-damaged')
    }
  })

  test('the header of one message before the content of another', async () => {
    const [one, two] = [
      writeMessage(kms, 2, 'split', plaintext(50)),
      writeMessage(kms, 2, 'split', plaintext(50)),
    ]
    expect(await trial({ object: two.object, headers: one.headers })).toBe('message-damaged')
  })

  test('a header that is not authentic is told as the header', async () => {
    const written = writeMessage(kms, 8, 'split', plaintext(50))
    const header = Buffer.from(written.headers['x-oss-meta-x-oss-meta-header'] ?? '', 'base64')
    await put({
      ...written,
      headers: {
        ...written.headers,
        'x-oss-meta-x-oss-meta-header': flipped(header, header.length - 1).toString('base64'),
      },
    })
    expect(await errorOf(k.down('o', change()))).toEqual({
      code: 'message-damaged',
      part: 'header',
    })
  })

  test('padding that is none, and blocks that are not whole', async () => {
    for (const form of FORMS) {
      const written = writeMessage(kms, 6, form, plaintext(40))
      // The last block's first and last byte come from the block before it.
      const last = written.contentAt + 48 - 17
      for (const at of [last, last - 1]) {
        await put({ ...written, object: flipped(written.object, at) })
        const error = await errorOf(k.down('o', change()))
        expect(error).toEqual({ code: 'message-damaged', part: 'ending' })
      }
    }
    const split = writeMessage(kms, 4, 'split', plaintext(64))
    await put({ ...split, object: split.object.subarray(1) })
    expect(await errorOf(k.down('o', change()))).toEqual({
      code: 'message-damaged',
      part: 'ending',
    })
    const empty = writeMessage(kms, 5, 'split', plaintext(5))
    await put({ ...empty, object: Buffer.alloc(0) })
    expect(await errorOf(k.down('o', change()))).toEqual({
      code: 'message-damaged',
      part: 'ending',
    })
    expect(await names()).toEqual([])
  })

  test('one wrong bit on the way, in whichever answer, never ends well', async () => {
    const plain = plaintext(3 * PART)
    for (const id of [2, 6, 8]) {
      await put(writeMessage(kms, id, 'message', plain))
      for (const offset of [0, 1, 9, 31]) {
        let strikes = true
        for (let nth = 1; strikes; nth++) {
          k.practice.log.clear()
          k.practice.faults.clear()
          k.practice.faults.add({
            match: { method: 'GET', key: 'o', nth },
            do: { kind: 'flip-bit', offset },
          })
          const ended = await k.down('o', change()).then(
            () => 'decrypted',
            (cause: { error: { code: string } }) => cause.error.code,
          )
          const got = k.practice.log.entries().filter(({ method }) => method === 'GET')
          strikes = got.length >= nth
          const [, from, to] = /(\d+)-(\d+)/.exec(got[nth - 1]?.headers.get('range') ?? '') ?? []
          // The request may be too short to have that byte, or not be there.
          const isHit = Number(to) - Number(from) >= offset
          if (isHit)
            expect([
              'checksum',
              'size-differs',
              'message-damaged',
              'unknown-master-key',
              'kms-key',
            ]).toContain(ended)
          else expect(ended).toBe('decrypted')
        }
      }
    }
  })

  test('too long for GCM, under another CMK, no KMS: before anything is written', async () => {
    await put(writeMessage(kms, 2, 'split', plaintext(10)))
    expect(await errorOf(k.down('o', change({ openers: openersOf() })))).toEqual({
      code: 'unknown-master-key',
      description: CMK,
    })
    const none: DownloadJob['openers'] = {
      ...openersOf(),
      message: async () => fail({ code: 'unreachable', host: 'kms', reason: 'ECONNREFUSED' }),
    }
    expect((await errorOf(k.down('o', change({ openers: none })))).code).toBe('unreachable')
    const other = fakeKms()
    expect((await errorOf(k.down('o', change({ openers: openersOf(other.key()) })))).code).toBe(
      'kms-key',
    )
    expect(await names()).toEqual([])
  })
})

describe('a poor line and a user who says stop', () => {
  test('resets, cuts and refusals: whole in the end', async () => {
    const plain = plaintext(6 * PART + 3)
    for (const id of [2, 6]) {
      await put(writeMessage(kms, id, 'message', plain))
      k.practice.faults.add({
        match: { method: 'GET', key: 'o', every: 2 },
        do: { kind: 'reset-response', afterBytes: 10 },
        times: 50,
      })
      k.practice.faults.add({
        match: { method: 'GET', key: 'o', every: 5 },
        do: { kind: 'status', status: 503, code: 'ServiceUnavailable' },
        times: 50,
      })
      expect(await k.down('o', change())).toMatchObject({
        checksum: 'matches',
        tag: tagOf(id === 2 ? 'gcm' : 'cbc'),
      })
      expect((await file()).equals(plain)).toBe(true)
      k.practice.faults.clear()
    }
  })

  test('an object that is replaced between the first look and the rest', async () => {
    await put(writeMessage(kms, 2, 'message', plaintext(PART)))
    const slow: DownloadJob['openers'] = {
      ...openersOf(kms.key()),
      message: async (message, signal) => (
        await put(writeMessage(kms, 2, 'message', plaintext(PART))),
        openersOf(kms.key()).message(message, signal)
      ),
    }
    expect(await errorOf(k.down('o', change({ openers: slow })))).toEqual({
      code: 'object-changed',
      key: 'o',
    })
    await put(writeMessage(kms, 2, 'split', plaintext(PART)))
    expect(
      await errorOf(
        readRange(
          k,
          { bucket: k.bucket, key: 'o', offset: 0, length: 10 },
          { ...how(), openers: slow },
          never,
        ),
      ),
    ).toEqual({ code: 'object-changed', key: 'o' })
    expect(await names()).toEqual([])
  })

  test('cancel while KMS does not answer', async () => {
    await put(writeMessage(kms, 2, 'split', plaintext(10)))
    const control = openControl()
    const hangs: DownloadJob['openers'] = {
      ...openersOf(),
      message: (_message, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(fail({ code: 'cancelled' })), {
            once: true,
          })
          setTimeout(() => control.cancel(), 10)
        }),
    }
    expect(await errorOf(k.down('o', change({ openers: hangs }), k.running(control)))).toEqual({
      code: 'cancelled',
    })
  })

  test('while the tag is looked at: cancel ends it without a file; a pause before waits, and nothing has its name meanwhile', async () => {
    const plain = plaintext(48 * 1024 * 1024)
    const blob = join(k.dir, 'blob')
    const { object } = writeMessage(kms, 2, 'message', plain)
    await writeFile(blob, object)
    const job = offline(blob, object)
    const control = openControl()
    const finishing = k.running(
      control,
      ({ t }) => void (t === 'finishing' && setTimeout(() => control.cancel(), 1)),
    )
    expect(await errorOf(decryptFile(job, finishing))).toEqual({ code: 'cancelled' })
    expect(await names('out')).toEqual([])

    const again = openControl()
    let verified = false
    const paused = k.running(again, ({ t }) => void (t === 'finishing' && again.pause()))
    const ended = decryptFile(job, paused).then((outcome) => ((verified = true), outcome))
    await expect.poll(() => paused.steps.some(({ t }) => t === 'finishing')).toBe(true)
    // Longer than the reading takes.
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect((await names('out')).every((name) => name.endsWith('.cipherbucket-part'))).toBe(true)
    expect(verified).toBe(false)
    again.resume()
    expect(await ended).toMatchObject({ tag: 'verified' })
    expect((await readFile(job.path)).equals(plain)).toBe(true)
  })
})

/** The job of a blob that is a whole message. */
function offline(blob: string, object: Buffer, more: Partial<DecryptJob> = {}): DecryptJob {
  const message = messageAt(object.subarray(0, 65_536), object.length)
  return {
    kind: 'decrypt',
    envelopeFile: '',
    name: 'blob',
    target: '',
    profileId: null,
    keyName: null,
    blob,
    size: object.length,
    headers: new Map(),
    expectedSize: null,
    expectedCrc64: null,
    path: join(k.dir, 'out', 'plain.bin'),
    existing: 'replace',
    openers: openersOf(kms.key()),
    whole: message !== 'more' && message !== null,
    repair: false,
    parallel: 2,
    ...more,
  }
}

describe('offline', () => {
  for (const { id, mode } of ALGORITHMS) {
    test(`algorithm ${id}: blobs that are messages, and a split one with its envelope file`, async () => {
      for (const size of [0, 16, 4 * PART]) {
        const plain = plaintext(size)
        for (const form of ['message', 'stream'] as const) {
          const { object } = writeMessage(kms, id, form, plain, CONTEXT)
          const blob = join(k.dir, 'blob')
          await writeFile(blob, object)
          const job = offline(blob, object)
          expect(await decryptFile(job, k.running())).toEqual({
            encrypted: true,
            checksum: 'absent',
            tag: tagOf(mode),
            savedAs: job.path,
            skipped: false,
          })
          expect((await readFile(job.path)).equals(plain)).toBe(true)
        }
        await put(writeMessage(kms, id, 'split', plain, CONTEXT))
        const path = join(k.dir, 'raw', 'blob')
        await k.down('o', { raw: true, path, existing: 'replace' })
        const {
          headers,
          size: bytes,
          crc64,
        } = valueOf(readEnvelopeFile(await readFile(`${path}.ossenv.json`, 'utf8')))
        const job = offline(path, Buffer.alloc(0), {
          whole: false,
          headers,
          expectedSize: bytes,
          expectedCrc64: crc64,
        })
        expect(await decryptFile(job, k.running())).toMatchObject({
          encrypted: true,
          checksum: 'matches',
          tag: tagOf(mode),
        })
        expect((await readFile(job.path)).equals(plain)).toBe(true)
      }
    })
  }

  test('a message that changed since it was found', async () => {
    const blob = join(k.dir, 'blob')
    const { object } = writeMessage(kms, 2, 'message', plaintext(100))
    const job = offline(blob, object)
    await writeFile(blob, Buffer.concat([object, Buffer.alloc(7)]))
    expect(await errorOf(decryptFile(job, k.running()))).toEqual({
      code: 'size-differs',
      expected: object.length,
      actual: object.length + 7,
    })
    await writeFile(blob, object.subarray(0, -20))
    expect((await errorOf(decryptFile(job, k.running()))).code).toBe('size-differs')
    await writeFile(blob, object.fill(0, 0, 1))
    expect(await errorOf(decryptFile(job, k.running()))).toEqual({
      code: 'message-damaged',
      part: 'shape',
    })
    expect(await names('out')).toEqual([])
  })
})
