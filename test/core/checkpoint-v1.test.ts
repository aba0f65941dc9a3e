import { readFileSync } from 'node:fs'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openJournal } from '../../electron/core/store/journal.ts'
import { openQueueBook } from '../../electron/core/transfer/queue/queue-book.ts'
import { noteOf } from '../../electron/core/transfer/queue/queue-notes.ts'
import { readNotes } from '../../electron/core/transfer/queue/read-notes.ts'
import { newCheckpoint, type Checkpoint } from '../../electron/core/transfer/run/checkpoint.ts'
import {
  readCheckpoint,
  writeCheckpoint,
} from '../../electron/core/transfer/run/checkpoint-text.ts'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import type { Running } from '../../electron/core/transfer/run/running.ts'
import type { CheckpointStore } from '../../electron/core/transfer/run/checkpoint-store.ts'
import { copyKit } from './copy-kit.ts'
import { memorySaved } from './memory-saved.ts'
import { errorOf } from './oss-practice.ts'
import { openIndependently, PART, plaintext } from './transfer-kit.ts'

const k = copyKit()
/**
 * A journal that the last version before checkpoints became one record wrote, when ten transfers
 * were stopped on their way.
 */
const JOURNAL = join(import.meta.dirname, '../vectors/journal-checkpoints-1.jsonl')

/** Writes a note as version 1 of the checkpoints did. It reverses the reader of the product. */
function asVersion1({ way, stage, to, source, what, started, pieces, prints }: Checkpoint): string {
  const uploadId = started?.kind === 'upload' ? started.uploadId : ''
  const { headers, before, message } = what
  const object = source?.kind === 'object' ? source : { etag: '', size: 0 }
  const shared = { headers, uploadId, partSize: pieces.bytes ?? 0, parts: pieces.done }
  const kind =
    stage === 'proven'
      ? { kind: 'moved', key: to.key, etag: what.etag }
      : started?.kind === 'file'
        ? {
            kind: 'download',
            etag: object.etag,
            size: object.size,
            temporary: started.temporary,
            inode: started.mark,
            pieceBytes: pieces.bytes,
            parts: pieces.done,
          }
        : source?.kind === 'object'
          ? { kind: 'copy', key: to.key, etag: source.etag, size: source.size, ...shared }
          : source?.kind === 'state'
            ? { kind: 'put', headers, before, state: source.state }
            : {
                kind: 'parts',
                bucket: to.bucket,
                key: to.key,
                source: source === null ? null : { ...source, kind: undefined },
                message,
                prints,
                ...shared,
              }
  expect(way === 'whole').toBe(
    'state' in kind || ('partSize' in kind && kind.partSize === 0) || stage === 'proven',
  )
  return JSON.stringify({ version: 1, ...kind })
}

/** Returns the notes that another start of the app reads. */
function restarted(saved: CheckpointStore): CheckpointStore {
  const last = saved.last()
  if (last === null) throw new Error('nothing was noted')
  const read = readCheckpoint(asVersion1(last))
  expect(read).not.toBe(null)
  return memorySaved(read)
}

const running = (saved: CheckpointStore, stopAfter: number): ReturnType<typeof k.running> => {
  const control = openControl()
  let done = 0
  const stop = (t: string): void =>
    void (t === 'part-done' && ++done === stopAfter && control.cancel('suspend'))
  return { ...k.running(control, ({ t }) => stop(t)), saved, parallel: () => 1 }
}
const NEVER = 1_000
const restarts = ({ steps }: Running & { readonly steps: readonly { readonly t: string }[] }) =>
  steps.filter(({ t }) => t === 'restarted')
const sentParts = (server: typeof k.practice) =>
  server.log.entries().filter(({ method, query }) => method === 'PUT' && query.has('partNumber'))

describe('the journal of the version before', () => {
  const read = (at: string) => {
    const notes = readNotes()
    const { journal } = openJournal(at, (record) => {
      const note = noteOf(record)
      expect(note).not.toBe(null)
      if (note !== null) notes.apply(note)
    })
    return openQueueBook(notes, journal, null)
  }
  const facts = ({ way, stage, to, source, what, started, pieces, prints }: Checkpoint) => ({
    way,
    stage,
    to,
    source: source?.kind ?? null,
    headers: Object.keys(what.headers).length,
    etag: what.etag,
    message: what.message !== null || what.before !== '',
    started: started?.kind ?? null,
    bytes: pieces.bytes,
    done: pieces.done.length,
    prints: prints !== null,
  })
  const none = { bucket: null, key: null }
  const upload = { way: 'parts', stage: 'sending', etag: null, bytes: PART, prints: true } as const
  const whole = {
    way: 'whole',
    stage: 'sending',
    etag: null,
    started: null,
    bytes: null,
    done: 0,
    prints: false,
  } as const
  const practice = (key: string) => ({ bucket: 'practice-bucket', key })
  const copied = (key: string) => ({ bucket: null, key })
  const expected: Readonly<Record<string, ReturnType<typeof facts>>> = {
    whole: { ...whole, to: none, source: 'state', headers: 5, message: false },
    'whole-message': { ...whole, to: none, source: 'state', headers: 0, message: true },
    parts: {
      ...upload,
      to: practice('large.bin'),
      source: 'file',
      headers: 7,
      message: false,
      started: 'upload',
      done: 2,
    },
    'parts-message': {
      ...upload,
      to: practice('large-message.bin'),
      source: 'file',
      headers: 0,
      message: true,
      started: 'upload',
      done: 2,
    },
    foreign: {
      way: 'parts',
      stage: 'foreign',
      to: practice('elsewhere.bin'),
      source: null,
      headers: 0,
      etag: null,
      message: false,
      started: 'upload',
      bytes: null,
      done: 0,
      prints: false,
    },
    download: {
      way: 'file',
      stage: 'sending',
      to: none,
      source: 'object',
      headers: 0,
      etag: null,
      message: false,
      started: 'file',
      bytes: PART,
      done: 4,
      prints: false,
    },
    relay: {
      ...upload,
      to: copied('target'),
      source: 'object',
      headers: 2,
      message: false,
      started: 'upload',
      done: 3,
      prints: false,
    },
    'relay-whole': {
      ...whole,
      to: copied('relayed'),
      source: 'object',
      headers: 2,
      message: false,
    },
    copied: { ...whole, to: copied('copied'), source: 'object', headers: 2, message: false },
    moved: {
      ...whole,
      stage: 'proven',
      to: copied('moved'),
      source: null,
      headers: 0,
      etag: 'BF392E3AFEBBC6EF6E22B211D8C75FE1',
      message: false,
    },
  }

  test('each note is read, and is the same when this version has written it', async () => {
    const at = join(k.dir, 'journal')
    await cp(JOURNAL, at)
    const book = read(at)
    for (const [id, facted] of Object.entries(expected)) {
      const last = book.saved(id).last()
      expect([id, last === null ? null : facts(last)]).toEqual([id, facted])
      expect(last).toEqual(readCheckpoint(writeCheckpoint(last ?? newCheckpoint({ way: 'file' }))))
    }
    expect(book.ofUpload('of another computer')).toBe(null)
    book.tidy()
    await book.close()
    expect(readFileSync(at, 'utf8')).not.toContain('\\"version\\":1')
    const again = read(at)
    for (const [id, facted] of Object.entries(expected)) {
      const last = again.saved(id).last()
      expect([id, last === null ? null : facts(last)]).toEqual([id, facted])
    }
    await again.close()
  })

  test('an upload as the first versions noted it is one of which nobody knows what was sent', () => {
    const older = {
      version: 1,
      kind: 'parts',
      uploadId: 'u',
      source: { size: 9, mtimeNs: '1', ctimeNs: '1', inode: '1', device: '1', sample: 's' },
      headers: { a: 'b' },
      message: null,
      partSize: 16,
      parts: [{ number: 1, etag: 'e', crc64: '1' }],
    }
    expect(readCheckpoint(JSON.stringify(older))).toEqual(
      newCheckpoint({
        way: 'parts',
        source: { kind: 'file', ...older.source },
        what: { headers: { a: 'b' } },
        started: { kind: 'upload', uploadId: 'u' },
        pieces: { bytes: 16, done: older.parts },
      }),
    )
  })

  const put = { version: 1, kind: 'put', headers: { a: 'b' }, before: '', state: '' }
  test.each([
    ['a kind nobody knows', { ...put, kind: 'link' }],
    ['something missing', { version: 1, kind: 'put', headers: {} }],
    ['a number for a text', { ...put, before: 1 }],
    ['half a source', { version: 1, kind: 'parts', uploadId: '', source: { size: 1 } }],
  ])(
    '%s is not a checkpoint',
    (_name, wrong) => void expect(readCheckpoint(JSON.stringify(wrong))).toBe(null),
  )
})

describe('a note of version 1 goes on exactly as it did', () => {
  test('an upload in parts: the rest is sent', async () => {
    const [plain, saved] = [plaintext(7 * PART + 5), memorySaved()]
    const path = join(k.dir, 'large.bin')
    await writeFile(path, plain)
    await errorOf(k.up(path, {}, running(saved, 3)))
    const before = sentParts(k.practice).length
    const second = running(restarted(saved), NEVER)
    expect(await k.up(path, {}, second)).toMatchObject({ checksum: 'matches' })
    expect([sentParts(k.practice).length - before, restarts(second)]).toEqual([5, []])
    const opened = openIndependently(await k.head('large.bin'), await k.stored('large.bin'))
    expect(opened.equals(plain)).toBe(true)
  })

  test('an upload in one request whose answer was lost is not sent again', async () => {
    const [plain, saved] = [plaintext(500), memorySaved()]
    const path = join(k.dir, 'small.bin')
    await writeFile(path, plain)
    await k.up(path, {}, running(saved, NEVER))
    const { etag } = await k.head('small.bin')
    const second = running(restarted(saved), NEVER)
    await k.up(path, {}, second)
    expect([(await k.head('small.bin')).etag, restarts(second)]).toEqual([etag, []])
  })

  test('a relay: the rest is sent; and once it is proven, its source is only deleted', async () => {
    const [body, saved] = [plaintext(6 * PART + 7), memorySaved()]
    await k.put('here', 'source', body, { 'x-oss-meta-a': '1' })
    const job = k.copyJob('here', 'elsewhere', { removeSource: true })
    await errorOf(k.copy(job, running(saved, 3)))
    const before = sentParts(k.other.practice).length
    k.practice.faults.add({
      match: { method: 'DELETE', key: 'source' },
      do: { kind: 'status', status: 403, code: 'AccessDenied' },
    })
    const second = restarted(saved)
    const running2 = running(second, NEVER)
    expect((await errorOf(k.copy(job, running2))).code).toBe('source-kept')
    expect([sentParts(k.other.practice).length - before, restarts(running2)]).toEqual([4, []])
    expect(second.last()?.stage).toBe('proven')
    const after = k.other.practice.log.entries().length
    await k.copy(job, running(restarted(second), NEVER))
    const sent = k.other.practice.log.entries().slice(after)
    expect(sent.filter(({ method }) => method === 'PUT' || method === 'POST')).toEqual([])
    expect((await k.at('elsewhere', 'target'))?.bytes.equals(body)).toBe(true)
    expect(await k.at('here', 'source')).toBe(null)
    // The source is gone, and the note says why.
    expect(await k.copy(job, running(restarted(second), NEVER))).toMatchObject({
      copied: { key: 'target' },
    })
  })

  test('a copy by OSS whose answer was lost is known for what it is', async () => {
    const saved = memorySaved()
    await k.put('here', 'source', plaintext(100))
    const job = k.copyJob('here', 'here')
    await k.copy(job, running(saved, NEVER))
    expect(await k.copy(job, running(restarted(saved), NEVER))).toMatchObject({
      skipped: false,
      checksum: 'matches',
    })
  })

  test('a download: the rest is fetched', async () => {
    const [plain, saved] = [plaintext(6 * PART + 9), memorySaved()]
    const source = join(k.dir, 'o')
    await writeFile(source, plain)
    await k.up(source, {})
    await errorOf(k.down('o', {}, running(saved, 4)))
    const requests = () =>
      k.practice.log.entries().filter(({ method, key }) => method === 'GET' && key === 'o').length
    const before = requests()
    const second = running(restarted(saved), NEVER)
    await k.down('o', {}, second)
    expect([requests() - before, restarts(second)]).toEqual([3, []])
    expect((await readFile(join(k.dir, 'down', 'file.bin'))).equals(plain)).toBe(true)
  })
})
