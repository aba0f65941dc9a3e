import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { Agent, request, type IncomingMessage } from 'node:http'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Failure } from '../../shared/contract/errors.ts'
import { startPractice, type Practice } from '../tools/practice.ts'
import { allInside, inside, pathOf, send, signedHeaders } from './harness.ts'

let directory = ''
const open: Practice[] = []
const start = async (options: { readonly port?: number } = {}) => {
  const practice = await startPractice({ directory, ...options })
  open.push(practice)
  return practice
}
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'practice-'))))
afterEach(async () => {
  await Promise.all(open.splice(0).map((practice) => practice.close()))
  rmSync(directory, { recursive: true, force: true })
})

const filesOf = (folder: string) =>
  readdirSync(join(directory, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
const records = () => join(directory, 'buckets', 'practice-bucket', 'objects.jsonl')
const until = async (what: () => boolean | Promise<boolean>) => {
  for (let i = 0; !(await what()); i++) {
    if (i === 500) throw new Error('it never came to be')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe('a directory', () => {
  test('keeps objects, metadata, buckets, uploads and the key pair over a restart', async () => {
    const first = await start()
    await send(first, { method: 'PUT', bucket: 'second' })
    await send(first, {
      method: 'PUT',
      key: 'a/ü',
      body: 'hello',
      headers: { 'x-oss-meta-a': 'gr\u00fcn', 'x-oss-tagging': 'k=v' },
    })
    await send(first, { method: 'PUT', key: 'deleted', body: 'x' })
    await send(first, { method: 'DELETE', key: 'deleted' })
    const uploadId =
      inside(
        (await send(first, { method: 'POST', key: 'm', query: { uploads: null } })).text,
        'UploadId',
      ) ?? ''
    const { headers } = await send(first, {
      method: 'PUT',
      key: 'm',
      query: { partNumber: '1', uploadId },
      body: 'part',
    })
    await first.close()
    const again = await start()
    expect([again.accessKeyId, again.accessKeySecret]).toEqual([
      first.accessKeyId,
      first.accessKeySecret,
    ])
    const got = await send(again, { key: 'a/ü' })
    expect([got.text, got.headers['x-oss-meta-a'], got.headers['x-oss-tagging-count']]).toEqual([
      'hello',
      'gr\u00fcn',
      '1',
    ])
    expect(allInside((await send(again, {})).text, 'Key')).toEqual(['a/ü'])
    expect(allInside((await send(again, { bucket: '' })).text, 'Name')).toEqual([
      'practice-bucket',
      'second',
    ])
    const xml = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${headers['etag'] ?? ''}</ETag></Part></CompleteMultipartUpload>`
    expect(
      (await send(again, { method: 'POST', key: 'm', query: { uploadId }, body: xml })).status,
    ).toBe(200)
    expect([(await send(again, { key: 'm' })).text, await again.bytes()]).toEqual(['part', 9])
  })

  test('is private, and keys never become paths', async () => {
    const practice = await start()
    await send(practice, { method: 'PUT', key: '../../outside', body: 'x' })
    expect(statSync(join(directory, 'account.json')).mode & 0o777).toBe(0o600)
    expect(filesOf('.').filter((path) => path.includes('outside'))).toEqual([])
    chmodSync(join(directory, 'account.json'), 0o644)
    await practice.close()
    await start()
    expect(statSync(join(directory, 'account.json')).mode & 0o777).toBe(0o600)
  })

  test('left by a crash: halves are dropped, wholes stay', async () => {
    const first = await start()
    for (const key of ['whole', 'short-bytes', 'no-bytes', 'torn-record'])
      await send(first, { method: 'PUT', key, body: `${key}!` })
    await first.close()
    const blobOf = (key: string) =>
      filesOf('blobs').find((path) => readFileSync(path, 'utf8') === `${key}!`) ?? ''
    rmSync(blobOf('no-bytes'))
    truncateSync(blobOf('short-bytes'), 3)
    truncateSync(records(), statSync(records()).size - 5)
    mkdirSync(join(directory, 'blobs', 'ff'), { recursive: true })
    writeFileSync(
      join(directory, 'blobs', 'ff', 'ff-named-by-nothing'),
      'an upload that was cut off',
    )
    const again = await start()
    expect(allInside((await send(again, {})).text, 'Key')).toEqual(['whole'])
    expect((await send(again, { key: 'whole' })).text).toBe('whole!')
    expect(filesOf('blobs')).toHaveLength(1)
    await send(again, { method: 'PUT', key: 'later', body: 'x' })
    await again.close()
    expect(allInside((await send(await start(), {})).text, 'Key')).toEqual(['later', 'whole'])
  })

  test('that was written to for long is tidied at the next start', async () => {
    const first = await start()
    const names = Array.from({ length: 400 }, (_, i) => `k${i}`)
    for (let round = 0; round < 20; round++) first.fill(names)
    await send(first, { method: 'DELETE', key: 'k7' })
    await first.close()
    const before = statSync(records()).size
    const again = await start()
    expect([before > 1024 ** 2, statSync(records()).size < before / 10]).toEqual([true, true])
    expect(
      inside(
        (await send(again, { query: { 'list-type': '2', 'max-keys': '1000' } })).text,
        'KeyCount',
      ),
    ).toBe('399')
    expect((await send(again, { method: 'HEAD', key: 'k399' })).headers['content-length']).toBe('0')
  })

  test('an upload that was completed just before a crash does not take the object with it', async () => {
    const first = await start()
    const uploadId =
      inside(
        (await send(first, { method: 'POST', key: 'm', query: { uploads: null } })).text,
        'UploadId',
      ) ?? ''
    const { headers } = await send(first, {
      method: 'PUT',
      key: 'm',
      query: { partNumber: '1', uploadId },
      body: 'part',
    })
    const kept = filesOf('uploads').map((path) => [path, readFileSync(path)] as const)
    const xml = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${headers['etag'] ?? ''}</ETag></Part></CompleteMultipartUpload>`
    await send(first, { method: 'POST', key: 'm', query: { uploadId }, body: xml })
    await first.close()
    mkdirSync(join(directory, 'uploads', uploadId))
    for (const [path, bytes] of kept) writeFileSync(path, bytes)
    const again = await start()
    expect(allInside((await send(again, { query: { uploads: null } })).text, 'UploadId')).toEqual(
      [],
    )
    expect((await send(again, { key: 'm' })).text).toBe('part')
  })

  test('serves one server at a time', async () => {
    const first = await start()
    const second = await startPractice({ directory }).catch((cause: unknown) => cause)
    expect(second).toBeInstanceOf(Failure)
    expect((second as Failure).error).toMatchObject({
      code: 'target-unwritable',
      path: directory,
      reason: expect.stringContaining(String(process.pid)),
    })
    expect((await send(first, {})).status).toBe(200)
    await first.close()
    expect((await send(await start(), {})).status).toBe(200)
  })

  test.each([
    [
      'of a process that is gone',
      async () => {
        const child = spawn(process.execPath, ['-e', ''])
        await once(child, 'exit')
        return { pid: child.pid, port: 1 }
      },
    ],
    [
      'of a process id that another program has now',
      async () => ({ pid: process.pid, port: await closedPort() }),
    ],
    ['that is torn', () => Promise.resolve('{"pi')],
  ])('a lock %s is taken over', async (_name, holder) => {
    const left = await holder()
    writeFileSync(
      join(directory, 'server.lock'),
      typeof left === 'string' ? left : JSON.stringify(left),
    )
    expect((await send(await start(), {})).status).toBe(200)
  })

  test('after a failed start the directory is free', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    await expect(start({ port: (blocker.address() as AddressInfo).port })).rejects.toThrow(
      'EADDRINUSE',
    )
    blocker.close()
    expect(existsSync(join(directory, 'server.lock'))).toBe(false)
    expect((await send(await start(), {})).status).toBe(200)
  })
})

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('clients', () => {
  test('that go away in the middle of a body leave nothing', async () => {
    const practice = await start()
    for (const query of [{}, { partNumber: '1', uploadId: '' }]) {
      const uploadId =
        inside(
          (await send(practice, { method: 'POST', key: 'k', query: { uploads: null } })).text,
          'UploadId',
        ) ?? ''
      const given = {
        method: 'PUT',
        key: 'k',
        query: 'uploadId' in query ? { ...query, uploadId } : query,
      }
      const sent = request({
        host: '127.0.0.1',
        port: practice.port,
        method: 'PUT',
        path: pathOf(practice, given),
        headers: { ...signedHeaders(practice, given), 'content-length': String(8 * 1024 ** 2) },
      })
      sent.on('error', () => {})
      sent.write(Buffer.alloc(3 * 1024 ** 2))
      const entry = () => practice.log.entries().at(-1)
      await until(() => (entry()?.requestBytes ?? 0) >= 2 * 1024 ** 2)
      expect(filesOf('blobs')).toHaveLength(1)
      sent.destroy()
      await until(() => filesOf('blobs').length === 0)
      expect((await send(practice, { key: 'k' })).status).toBe(404)
      expect(await practice.bytes()).toBe(0)
    }
  })

  test('that go away in the middle of an answer leave no open file', async () => {
    const practice = await start()
    await send(practice, { method: 'PUT', key: 'big', body: Buffer.alloc(32 * 1024 ** 2) })
    const openFiles = () => readdirSync('/proc/self/fd').length
    const before = openFiles()
    const reader = request({
      host: '127.0.0.1',
      port: practice.port,
      path: pathOf(practice, { key: 'big' }),
      headers: signedHeaders(practice, { key: 'big' }),
      agent: false,
    }).end()
    const [response] = (await once(reader, 'response')) as [IncomingMessage]
    await once(response, 'readable')
    response.on('error', () => {})
    response.destroy()
    await until(() => openFiles() <= before)
    expect((await send(practice, { method: 'HEAD', key: 'big' })).status).toBe(200)
  })

  test('hear a refusal while they are still sending', async () => {
    const practice = await start()
    const big = Buffer.alloc(16 * 1024 ** 2)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const outcomes: string[] = []
    for (const given of [
      { credentials: { ...practice, accessKeySecret: 'wrong' } },
      { headers: { 'content-md5': 'none' } },
      { headers: { 'x-oss-meta-client-side-encryption-key': 'a2V5' } },
      { query: { partNumber: '1', uploadId: 'NOPE' } },
      { bucket: 'no-such-bucket' },
      {},
    ])
      outcomes.push(
        (await send(practice, { method: 'PUT', key: 'big', body: big, agent, ...given })).code,
      )
    agent.destroy()
    expect(outcomes).toEqual([
      'SignatureDoesNotMatch',
      'InvalidDigest',
      'InvalidEncryptionRequest',
      'NoSuchUpload',
      'NoSuchBucket',
      '',
    ])
  })

  test.each([[10], [5 * 1024 ** 2]])(
    'hear of a disk that takes no more, with %d bytes on their way',
    async (bytes) => {
      const practice = await start()
      await send(practice, { method: 'PUT', key: 'first', body: 'kept' })
      renameSync(join(directory, 'blobs'), join(directory, 'away'))
      writeFileSync(join(directory, 'blobs'), 'not a folder')
      const got = await send(practice, { method: 'PUT', key: 'second', body: Buffer.alloc(bytes) })
      expect([got.status, got.code, inside(got.text, 'Message')]).toEqual([
        500,
        'InternalError',
        expect.stringMatching(/^The practice server failed: E[A-Z]+$/),
      ])
      rmSync(join(directory, 'blobs'))
      renameSync(join(directory, 'away'), join(directory, 'blobs'))
      expect([
        (await send(practice, { key: 'first' })).text,
        (await send(practice, { key: 'second' })).status,
      ]).toEqual(['kept', 404])
    },
  )

  const talk = (practice: Practice, text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(practice.port, '127.0.0.1', () => socket.end(text))
      let answer = ''
      socket
        .on('data', (chunk) => void (answer += chunk.toString('latin1')))
        .on('end', () => resolve(answer))
        .on('error', reject)
    })
  test.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
    [
      'a length that is none',
      'PUT /practice-bucket/a HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n',
    ],
    [
      'two lengths',
      'PUT /practice-bucket/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    ],
    [
      'a length and chunks',
      'PUT /practice-bucket/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    ['a target that is no path', 'GET a b c HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['100 KiB of headers', `GET / HTTP/1.1\r\nHost: a\r\n${'x: y\r\n'.repeat(20_000)}\r\n`],
  ])('that send %s get a 400, and the server goes on', async (_name, text) => {
    const practice = await start()
    expect(await talk(practice, text).catch(() => 'HTTP/1.1 400')).toMatch(/^HTTP\/1\.1 4\d\d/)
    expect((await send(practice, {})).status).toBe(200)
  })

  test('that send another verb or a bare star get a refusal', async () => {
    const practice = await start()
    for (const line of [
      'OPTIONS * HTTP/1.1',
      'TRACE / HTTP/1.1',
      'GET //// HTTP/1.1',
      'GET http://127.0.0.1/practice-bucket/?x HTTP/1.1',
    ]) {
      expect(await talk(practice, `${line}\r\nHost: a\r\nConnection: close\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 40\d/,
      )
    }
  })

  test('reach it on 127.0.0.1 only', async () => {
    const practice = await start()
    const listening = readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .filter(
        (line) =>
          line.includes(`:${practice.port.toString(16).toUpperCase().padStart(4, '0')} `) &&
          line.includes(' 0A '),
      )
    expect(listening.map((line) => line.trim().split(/\s+/)[1]?.split(':')[0])).toEqual([
      '0100007F',
    ])
  })
})

test('many at once: nothing is lost or mixed up', async () => {
  const practice = await start()
  const names = Array.from({ length: 300 }, (_, i) => `many/${i}`)
  await Promise.all(names.map((key) => send(practice, { method: 'PUT', key, body: key })))
  const texts = await Promise.all(names.map(async (key) => (await send(practice, { key })).text))
  expect(texts).toEqual(names)
  await Promise.all(names.map((key) => send(practice, { method: 'DELETE', key })))
  expect([filesOf('blobs'), await practice.bytes()]).toEqual([[], 0])
})

test('new connections are accepted while the open ones ask for more with every answer', async () => {
  const MANY = 64
  const practice = await start()
  let [answers, isOver] = [0, false]
  const ask = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'
  const opened: Socket[] = []
  /** Asks over a new connection, and resolves with the first answer. */
  const asking = (again: boolean) =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(practice.port, '127.0.0.1', () => socket.write(ask))
      opened.push(socket)
      socket.once('error', reject).on('data', (bytes) => {
        // Each answer has one line of status, in one piece.
        if (!bytes.toString('latin1').includes('HTTP/1.1 ')) return
        resolve()
        if (!again || isOver) return
        answers++
        socket.write(ask)
      })
    })
  try {
    await Promise.all(Array.from({ length: MANY }, () => asking(true)))
    answers = 0
    await Promise.all(Array.from({ length: MANY }, () => asking(false)))
    // One after the other would be MANY answers for each new connection.
    expect(answers).toBeLessThan(MANY * 8)
  } finally {
    isOver = true
    for (const socket of opened) socket.destroy()
  }
})

test('an object that is replaced while it is read is never a mixture', async () => {
  const practice = await start()
  const bodies = ['a', 'b'].map((letter) => Buffer.alloc(2 * 1024 ** 2, letter))
  await send(practice, { method: 'PUT', key: 'k', body: bodies[0] ?? '' })
  const writes = Array.from({ length: 6 }, (_, i) =>
    send(practice, { method: 'PUT', key: 'k', body: bodies[i % 2] ?? '' }),
  )
  const reads = Array.from({ length: 12 }, () =>
    send(practice, { key: 'k' }).then(
      ({ body }) => body,
      () => null,
    ),
  )
  for (const body of await Promise.all(reads))
    if (body !== null) expect(bodies.some((one) => one.equals(body))).toBe(true)
  await Promise.all(writes)
  expect(filesOf('blobs')).toHaveLength(1)
})
