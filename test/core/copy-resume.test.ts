import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { abortUpload, initiate, listUploads, partQuery } from '../../electron/core/oss/multipart.ts'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import type { CopyJob } from '../../electron/core/transfer/run/jobs.ts'
import type { CheckpointStore } from '../../electron/core/transfer/run/checkpoint-store.ts'
import { copyKind } from '../../electron/core/app/kinds/copy.ts'
import type { Checkpoint } from '../../electron/core/transfer/run/checkpoint.ts'
import { copyKit } from './copy-kit.ts'
import { memorySaved, uploadIdOf, withDone } from './memory-saved.ts'
import { errorOf, never } from './oss-practice.ts'
import { openIndependently, PART, plaintext } from './transfer-kit.ts'

const k = copyKit()
const PARTS = 7
const LARGE = (PARTS - 1) * PART + 7

const withSaved = (saved: CheckpointStore, control = openControl(), onPart?: () => void) => {
  const running = k.running(control, ({ t }) => void (t === 'part-done' && onPart?.()))
  return { ...running, saved, parallel: () => 1 }
}
const checkpointIn = (saved: CheckpointStore): Checkpoint => {
  const last = saved.last()
  if (last === null || last.way === 'file') throw new Error('nothing was noted')
  return last
}
/** Stops it as the end of the app does, after so many parts. */
async function stopAfter(parts: number, job: CopyJob, saved: CheckpointStore): Promise<void> {
  const control = openControl()
  let done = 0
  expect(
    await errorOf(
      k.copy(
        job,
        withSaved(saved, control, () => ++done === parts && control.cancel('suspend')),
      ),
    ),
  ).toEqual({ code: 'cancelled' })
}
const uploads = () => listUploads(k.other.oss, { bucket: k.other.bucket, prefix: '' }, never)
/** Returns the requests to the other server since then, by method and part number. */
function since(): () => readonly string[] {
  const from = k.other.practice.log.entries().length
  return () =>
    k.other.practice.log
      .entries()
      .slice(from)
      .filter(({ method }) => method !== 'HEAD' && method !== 'GET')
      .map(({ method, query }) =>
        `${method} ${query.get('partNumber') ?? [...query.keys()].join()}`.trim(),
      )
}
/** A plain object at its source, and a job that takes it to the other server. */
async function material(change: Parameters<typeof k.copyJob>[2] = {}) {
  const body = plaintext(LARGE)
  await k.put('here', 'source', body, { 'x-oss-meta-a': '1', 'x-oss-tagging': 'one=1' })
  return { body, job: k.copyJob('here', 'elsewhere', change), saved: memorySaved() }
}
const restarts = (running: { readonly steps: readonly { readonly t: string }[] }) =>
  running.steps.filter(({ t }) => t === 'restarted')

describe('a copy that passes through this computer goes on after the end of the app', () => {
  test.each([1, 3, PARTS - 1])('after %s of its parts: only the rest is sent', async (parts) => {
    const { body, job, saved } = await material({ removeSource: true })
    await stopAfter(parts, job, saved)
    expect(await uploads()).toHaveLength(1)
    const [sent, running] = [since(), withSaved(saved)]
    expect(await k.copy(job, running)).toMatchObject({
      checksum: 'matches',
      copied: { key: 'target', inside: false },
    })
    expect(sent()).toEqual([
      ...Array.from({ length: PARTS - parts }, (_, i) => `PUT ${i + parts + 1}`),
      'POST uploadId',
    ])
    expect(running.steps.filter(({ t }) => t === 'part-done')).toHaveLength(PARTS)
    expect(restarts(running)).toEqual([])
    expect((await k.at('elsewhere', 'target'))?.bytes.equals(body)).toBe(true)
    expect([await k.at('here', 'source'), await k.unfinished()]).toEqual([null, 0])
  })

  test('an encrypted one opens, although no key was asked', async () => {
    const plain = plaintext(LARGE)
    await writeFile(join(k.dir, 'source'), plain)
    await k.up(join(k.dir, 'source'))
    const [job, saved] = [k.copyJob('here', 'elsewhere', { removeSource: true }), memorySaved()]
    await stopAfter(4, job, saved)
    expect(await k.copy(job, withSaved(saved))).toMatchObject({
      encrypted: true,
      checksum: 'matches',
    })
    const made = await k.at('elsewhere', 'target')
    if (made === null) throw new Error('not there')
    expect(openIndependently(made.head, made.bytes).equals(plain)).toBe(true)
  })

  test('a part that arrived and was not noted is sent again, and so is one that OSS holds as another', async () => {
    const { body, job, saved } = await material()
    await stopAfter(4, job, saved)
    const noted = checkpointIn(saved)
    const uploadId = uploadIdOf(noted)
    await k.other.oss.call(
      {
        method: 'PUT',
        bucket: k.other.bucket,
        key: 'target',
        query: partQuery(uploadId, 2),
        body: plaintext(PART),
        action: 'oss:PutObject',
      },
      never,
    )
    const sent = since()
    expect(
      await k.copy(
        job,
        withSaved(
          memorySaved(
            withDone(
              noted,
              noted.pieces.done.filter(({ number }) => number !== 3),
            ),
          ),
        ),
      ),
    ).toMatchObject({ checksum: 'matches' })
    expect(sent()).toEqual(['PUT 2', 'PUT 3', 'PUT 5', 'PUT 6', 'PUT 7', 'POST uploadId'])
    expect((await k.at('elsewhere', 'target'))?.bytes.equals(body)).toBe(true)
  })

  test('one that OSS refused to copy by itself is not offered to it again, and what is there of it not forgotten', async () => {
    const body = plaintext(LARGE)
    await k.put('here', 'source', body)
    k.practice.faults.add({
      match: { method: 'PUT', key: 'target', query: null },
      do: { kind: 'status', status: 400, code: 'EntityTooLarge' },
    })
    const [job, saved] = [k.copyJob('here', 'here', { removeSource: true }), memorySaved()]
    await stopAfter(4, job, saved)
    const running = withSaved(saved)
    expect(await k.copy(job, running)).toMatchObject({
      checksum: 'matches',
      copied: { inside: false },
    })
    expect((await k.at('here', 'target'))?.bytes.equals(body)).toBe(true)
    expect([restarts(running), await k.unfinished()]).toEqual([[], 0])
  })

  test('cancelled instead, nothing is left in the bucket', async () => {
    const { body, job, saved } = await material()
    await stopAfter(2, job, saved)
    await copyKind.tidy(job, checkpointIn(saved))
    expect([await k.at('elsewhere', 'target'), await k.unfinished()]).toEqual([null, 0])
    expect((await k.at('here', 'source'))?.bytes.equals(body)).toBe(true)
  })
})

describe('what does not fit any more begins anew, and says why', () => {
  const rows: readonly (readonly [
    string,
    string,
    (saved: CheckpointStore) => Promise<CheckpointStore>,
  ])[] = [
    [
      'the source is another',
      'object-changed',
      async (saved) => (
        await k.put('here', 'source', plaintext(LARGE + PART), { 'x-oss-meta-a': '1' }),
        saved
      ),
    ],
    [
      'the source says another thing of itself',
      'object-changed',
      async (saved) => (
        await k.put('here', 'source', (await k.at('here', 'source'))?.bytes ?? Buffer.alloc(0), {
          'x-oss-meta-a': '2',
        }),
        saved
      ),
    ],
    [
      'parts of another size',
      'object-changed',
      async (saved) =>
        memorySaved({
          ...checkpointIn(saved),
          pieces: { ...checkpointIn(saved).pieces, bytes: 2 * PART },
        }),
    ],
    [
      'the upload is gone',
      'upload-gone',
      async (saved) => {
        await abortUpload(
          k.other.oss,
          { bucket: k.other.bucket, key: 'target', uploadId: uploadIdOf(checkpointIn(saved)) },
          never,
        )
        return saved
      },
    ],
  ]
  test.each(rows)('%s', async (_name, why, change) => {
    const { job, saved } = await material({ removeSource: true })
    await stopAfter(3, job, saved)
    const running = withSaved(await change(saved))
    const source = await k.at('here', 'source')
    expect(await k.copy(job, running)).toMatchObject({ checksum: 'matches' })
    expect(restarts(running)).toEqual([{ t: 'restarted', why }])
    const made = await k.at('elsewhere', 'target')
    expect([
      made?.bytes.equals(source?.bytes ?? Buffer.alloc(0)),
      made?.head.headers.get('x-oss-meta-a'),
    ]).toEqual([true, source?.head.headers.get('x-oss-meta-a')])
    expect([await k.at('here', 'source'), await k.unfinished()]).toEqual([null, 0])
  })

  test('an upload id under which OSS holds the parts of another envelope', async () => {
    const plain = plaintext(LARGE)
    await writeFile(join(k.dir, 'source'), plain)
    await k.up(join(k.dir, 'source'))
    const [job, saved] = [k.copyJob('here', 'elsewhere'), memorySaved()]
    await stopAfter(3, job, saved)
    const noted = checkpointIn(saved)
    await abortUpload(
      k.other.oss,
      { bucket: k.other.bucket, key: 'target', uploadId: uploadIdOf(noted) },
      never,
    )
    const headers = { ...noted.what.headers, 'x-oss-meta-client-side-encryption-key': 'b3RoZXI=' }
    const uploadId = await initiate(
      k.other.oss,
      { bucket: k.other.bucket, key: 'target', headers, forbidOverwrite: false },
      never,
    )
    const running = withSaved(memorySaved({ ...noted, started: { kind: 'upload', uploadId } }))
    expect(await k.copy(job, running)).toMatchObject({ checksum: 'matches' })
    expect(restarts(running)).toEqual([{ t: 'restarted', why: 'envelope-differs' }])
    expect(await k.unfinished()).toBe(0)
  })

  test('about to begin when it ended: nobody knows, and an upload that did begin is dropped', async () => {
    const plain = plaintext(LARGE)
    await writeFile(join(k.dir, 'source'), plain)
    await k.up(join(k.dir, 'source'))
    const [job, saved] = [k.copyJob('here', 'elsewhere'), memorySaved()]
    await stopAfter(1, job, saved)
    expect(
      await k.copy(
        job,
        withSaved(memorySaved({ ...withDone(checkpointIn(saved), []), started: null })),
      ),
    ).toMatchObject({ checksum: 'matches' })
    expect(await k.unfinished()).toBe(0)
  })
})

describe('an answer that the end of the app cut off', () => {
  // To 'here' OSS copies by itself; small ones go in one request.
  const ways = [
    ['here', LARGE],
    ['elsewhere', PART],
    ['elsewhere', LARGE],
  ] as const
  for (const [to, size] of ways) {
    for (const existing of ['fail', 'skip', 'rename', 'replace'] as const) {
      test.each([false, true])(
        `to ${to}, ${size} bytes, ${existing}; moved: %s`,
        async (removeSource) => {
          const body = plaintext(size)
          await k.put('here', 'source', body)
          const [job, saved] = [k.copyJob('here', to, { existing, removeSource }), memorySaved()]
          let noted: Checkpoint | null = null
          const told = {
            ...saved,
            note: async (one: Parameters<CheckpointStore['note']>[0]) => (
              await saved.note(one),
              void (one.stage === 'sending' && (noted = one))
            ),
          }
          await k.copy({ ...job, removeSource: false }, withSaved(told))
          expect(noted).not.toBe(null)
          // The last note says that the copy was started.
          expect(await k.copy(job, withSaved(memorySaved(noted)))).toMatchObject({
            skipped: false,
            checksum: 'matches',
            copied: { key: 'target' },
          })
          expect((await k.at(to, 'target'))?.bytes.equals(body)).toBe(true)
          expect([
            await k.at(to, 'target (2)'),
            (await k.at('here', 'source')) === null,
            await k.unfinished(),
          ]).toEqual([null, removeSource, 0])
        },
      )
    }
  }
})

describe('the name that it goes under', () => {
  test('one that was found for it stays its own', async () => {
    const { body, job, saved } = await material({ existing: 'rename', removeSource: true })
    await k.put('elsewhere', 'target', Buffer.from('old'))
    await stopAfter(3, job, saved)
    const sent = since()
    expect(await k.copy(job, withSaved(saved))).toMatchObject({ copied: { key: 'target (2)' } })
    expect(sent()).toHaveLength(PARTS - 3 + 1)
    expect((await k.at('elsewhere', 'target (2)'))?.bytes.equals(body)).toBe(true)
    expect((await k.at('elsewhere', 'target'))?.bytes.toString()).toBe('old')
  })

  test('a move that was proven under a found name, and not deleted, is only deleted', async () => {
    const { job, saved } = await material({ existing: 'rename', removeSource: true })
    await k.put('elsewhere', 'target', Buffer.from('old'))
    k.practice.faults.add({
      match: { method: 'DELETE', key: 'source' },
      do: { kind: 'status', status: 403, code: 'AccessDenied' },
    })
    expect(await errorOf(k.copy(job, withSaved(saved)))).toMatchObject({ code: 'source-kept' })
    const sent = since()
    expect(await k.copy(job, withSaved(saved))).toMatchObject({ copied: { key: 'target (2)' } })
    expect([sent(), await k.at('here', 'source'), await k.at('elsewhere', 'target (3)')]).toEqual([
      [],
      null,
      null,
    ])
  })

  test.each([
    ['fail', 'object-exists'],
    ['skip', null],
    ['rename', null],
    ['replace', null],
  ] as const)(
    'taken by another meanwhile, %s: the rule holds, and what is there stays',
    async (existing, code) => {
      const { body, job, saved } = await material({ existing, removeSource: true })
      await stopAfter(3, job, saved)
      await k.put('elsewhere', 'target', Buffer.from('theirs'))
      const done = k.copy(job, withSaved(saved))
      if (code !== null) expect(await errorOf(done)).toEqual({ code, key: 'target' })
      else
        expect(await done).toMatchObject(
          existing === 'skip'
            ? { skipped: true }
            : { copied: { key: existing === 'rename' ? 'target (2)' : 'target' } },
        )
      const there = await k.at('elsewhere', 'target')
      expect(there?.bytes.equals(existing === 'replace' ? body : Buffer.from('theirs'))).toBe(true)
      expect((await k.at('here', 'source')) === null).toBe(
        existing === 'rename' || existing === 'replace',
      )
      // A failed one may be tried again, and goes on: once the name is free, only the rest is sent.
      expect(await k.unfinished()).toBe(existing === 'fail' ? 1 : 0)
      if (existing !== 'fail') return
      await k.other.oss.call(
        { method: 'DELETE', bucket: k.other.bucket, key: 'target', action: 'oss:DeleteObject' },
        never,
      )
      const sent = since()
      await k.copy(job, withSaved(saved))
      expect(sent()).toHaveLength(PARTS - 3 + 1)
      expect((await k.at('elsewhere', 'target'))?.bytes.equals(body)).toBe(true)
    },
  )
})
