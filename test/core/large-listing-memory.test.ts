import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startPractice } from '../../electron/practice/start.ts'
import { openShellProcess } from './shell-process.ts'
import { PLACE } from './app-kit.ts'

const OBJECTS = 100_000
const LIMIT_MIB = 300
const onLinux = process.platform === 'linux'
if (!onLinux) console.warn('skipped: memory of the core with 100,000 objects (reads /proc)')

const home = mkdtempSync(join(tmpdir(), 'cb-large-listing-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

test.skipIf(!onLinux)(
  '100,000 objects under one prefix: the core with the practice server stays below 300 MiB, and a page costs well under 100 ms',
  async () => {
    const practice = await startPractice({ directory: join(home, 'practice') })
    const key = (i: number): string => `many/object number ${String(i).padStart(6, '0')}.txt`
    practice.fill(Array.from({ length: OBJECTS }, (_, i) => key(i)))
    await practice.close()

    const core = await openShellProcess(home)
    try {
      await core.call('objects.list', { ...PLACE, prefix: '', cursor: null })
      const [cpu, began] = [core.cpuMs(), performance.now()]
      let next = 0
      let cursor: string | null = null
      do {
        const page: Awaited<ReturnType<typeof core.call<'objects.list'>>> = await core.call(
          'objects.list',
          { ...PLACE, prefix: 'many/', cursor },
        )
        expect(page.rows.map((row) => row.key)).toEqual(page.rows.map((_, i) => key(next + i)))
        next += page.rows.length
        cursor = page.cursor
      } while (cursor !== null)
      expect(next).toBe(OBJECTS)
      const perPage = (core.cpuMs() - cpu) / (OBJECTS / 1000)
      const seconds = (performance.now() - began) / 1000
      // As a window does that scrolls through all of it.
      for (let first = 0; first < 6000; first += 200) {
        const objects = Array.from({ length: 200 }, (_, i) => ({
          key: key(first + i),
          etag: 'D41D8CD98F00B204E9800998ECF8427E',
          modified: '',
        }))
        expect(
          (await core.call('objects.encryption', { ...PLACE, objects })).every(
            (one) => one?.state === 'plain',
          ),
        ).toBe(true)
      }
      let counted = 0
      let at: string | null = null
      do {
        const step: Awaited<ReturnType<typeof core.call<'objects.count'>>> = await core.call(
          'objects.count',
          { ...PLACE, keys: ['many/'], cursor: at },
        )
        counted += step.objects
        at = step.cursor
      } while (at !== null)
      expect(counted).toBe(OBJECTS)
      if (process.env['SLOW'] === '1')
        console.log({ cpuPerPageMs: perPage, listingSeconds: seconds, peakMib: core.peakMib() })
      expect(perPage).toBeLessThan(100)
      expect(core.peakMib()).toBeLessThan(LIMIT_MIB)
    } finally {
      await core.close()
    }
  },
)
