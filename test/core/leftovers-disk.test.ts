import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { failingDisk, NO_MOUNT, smallDisk } from '../faults/small-disk.ts'
import { openFixture, type Fixture } from './core-fixture.ts'
import { plaintext } from './transfer-kit.ts'

/** Unfinished uploads, with a data folder in which nothing can be written. */

const PLACE = { profileId: 'practice', bucket: 'practice-bucket' }
/** Parts of a sealed upload are whole MiB. */
const PART = 1024 ** 2
const plain = plaintext(9 * PART + 1)

/** Says that the data folder cannot be written, and names what of it. */
const refusal = (home: string) => ({
  code: expect.stringMatching(/^(disk-full|target-unwritable)$/) as string,
  path: expect.stringContaining(join(home, 'data')) as string,
})
const grant = async (f: Fixture, path: string): Promise<string> =>
  (await f.call('local.grant', { paths: [path], write: false }))[0]?.id ?? ''

/** Sends some parts of a file, and pauses. */
async function begin(f: Fixture, path: string): Promise<void> {
  await f.call('settings.update', { multipartFrom: PART, partSize: PART, parts: 1 })
  f.practice.faults.add({
    match: { method: 'PUT', query: 'partNumber' },
    do: { kind: 'delay', ms: 30 },
    times: 100,
  })
  const { id: planId } = await f.call('uploads.plan', {
    ...PLACE,
    prefix: '',
    grants: [await grant(f, path)],
  })
  await new Promise<void>(
    (resolve) =>
      void f.bridge.on(
        'plan.changed',
        (plan) => void (plan.id === planId && plan.phase === 'ready' && resolve()),
      ),
  )
  const [id = ''] = await f.call('uploads.start', {
    planId,
    keyId: null,
    existing: 'ask',
    decisions: {},
    allowWeak: false,
    partSize: PART,
    parallel: 1,
    toKey: null,
    format: null,
  })
  await expect
    .poll(async () => (await f.call('transfers.list', {}))[0]?.partsDone ?? 0, {
      interval: 10,
    })
    .toBeGreaterThanOrEqual(3)
  await f.call('transfers.pause', { ids: [id] })
}

const DISKS = ['full', 'read-only'] as const
const KNOWN = ['of a transfer here', 'of nobody here'] as const
test.each(DISKS.flatMap((how) => KNOWN.map((known) => [how, known] as const)))(
  'the disk of the data folder becomes %s: an unfinished upload %s is listed, goes on and is dropped, or the folder is named',
  async (how, known) => {
    const disk = how === 'full' ? smallDisk(2048) : failingDisk()
    if (disk === null) return void console.warn(`skipped: ${NO_MOUNT}`)
    const home = mkdtempSync(join(tmpdir(), 'core-'))
    symlinkSync(disk.folder, join(home, 'data'))
    const path = join(home, 'big.bin')
    writeFileSync(path, plain)
    let f = await openFixture(home)
    try {
      await f.call('objects.list', { ...PLACE, prefix: '', cursor: null })
      await begin(f, path)
      await f.core.close()
      await f.practice.close()
      if (known === 'of nobody here') rmSync(join(home, 'data', 'queue'), { recursive: true })
      f = await openFixture(home)
      const file = await grant(f, path)
      if ('fail' in disk) disk.fail()
      else disk.fill()

      const [left, ...others] = await f.call('leftovers.list', PLACE)
      expect(left).toMatchObject({ key: 'big.bin' })
      expect(others).toEqual([])
      const upload = { key: 'big.bin', uploadId: left?.uploadId ?? '' }
      const resumed = await f.bridge.call('leftovers.resume', {
        ...PLACE,
        ...upload,
        grant: file,
        keyIds: [],
      })
      const [ended] = resumed.ok ? await f.ended([resumed.value]) : []
      const trouble = resumed.ok ? ended?.error : resumed.error
      expect(trouble ?? ended).toMatchObject(trouble ? refusal(home) : { phase: 'done' })
      const aborted = await f.bridge.call('leftovers.abort', { ...PLACE, uploads: [upload] })
      if (!aborted.ok) expect(aborted.error).toMatchObject(refusal(home))
      else
        expect((await f.call('leftovers.list', PLACE)).map((one) => one.uploadId)).not.toContain(
          upload.uploadId,
        )
    } finally {
      await f.core.close()
      await f.practice.close()
      disk.remove()
      rmSync(home, { recursive: true, force: true })
    }
  },
)
