import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openJournal } from '../../electron/core/store/journal.ts'
import type { Transfer, UploadPlan } from '../../shared/contract/models-transfers.ts'
import { openShellProcess, type ShellProcess } from './shell-process.ts'
import { PLACE } from './app-kit.ts'

/** 20,000 files, or 1,000,000 with SLOW=1: names of a few files, since the system counts names. */
const SLOW = process.env['SLOW'] === '1'
const FILES = SLOW ? 1_000_000 : 20_000
const IN_FOLDER = 5000
const LIMIT_MIB = 300
const onLinux = process.platform === 'linux'
if (!onLinux)
  console.warn('skipped: a folder of a million files in a process of its own (reads /proc)')

const home = mkdtempSync(join(tmpdir(), 'cb-million-files-'))
afterAll(() => rmSync(home, { recursive: true, force: true }), 600_000)

/** In a folder of its own: CI tries a failed test once more. */
function makeFiles(home: string): string {
  const top = join(home, 'million')
  let source = ''
  for (let i = 0; i < FILES; i++) {
    const folder = join(top, `folder ${Math.floor(i / IN_FOLDER)}`)
    if (i % IN_FOLDER !== 0) linkSync(source, join(folder, `a file with a longer name ${i}.txt`))
    else {
      // File systems have a limit of names for one file.
      mkdirSync(folder, { recursive: true })
      source = join(folder, `a file with a longer name ${i}.txt`)
      writeFileSync(source, 'the same everywhere')
    }
  }
  return top
}

const list = async ({ call }: ShellProcess): Promise<Transfer | undefined> =>
  (await call('transfers.list', {}))[0]
/**
 * How long the core takes for an answer that costs it nothing, at worst, until the returned
 * function is called. Milliseconds.
 */
function listening({ call }: ShellProcess): () => number {
  let [worst, on] = [0, true]
  const ask = async (): Promise<void> => {
    while (on) {
      const asked = performance.now()
      await call('app.info', {}).catch(() => undefined)
      worst = Math.max(worst, performance.now() - asked)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  void ask()
  return () => {
    on = false
    return worst
  }
}

test.skipIf(!onLinux)(
  `${FILES} files: counted, queued and begun at once, with little memory, and taken up again half done`,
  async () => {
    const place = mkdtempSync(join(home, 'try-'))
    const top = makeFiles(place)
    const data = join(place, 'data')
    let core = await openShellProcess(data)
    let id = ''
    const figures: Record<string, number> = {}
    try {
      await core.call('objects.list', { ...PLACE, prefix: '', cursor: null })
      const [source] = await core.call('local.grant', { paths: [top], write: false })
      const before = core.peakMib()
      const begun = performance.now()
      let events = 0
      core.bridge.on('plan.changed', () => (events += 1))
      core.bridge.on('transfers.changed', (all) => (events += all.length))
      const counting = new Promise<UploadPlan>((resolve) =>
        core.bridge.on('plan.changed', (plan) => plan.files > 0 && resolve(plan)),
      )
      await core.call('uploads.plan', { ...PLACE, prefix: '', grants: [source?.id ?? ''] })
      const plan = await counting
      // A few thousand files may be counted before the first event arrives. A million start long
      // before that.
      if (SLOW) expect(plan.phase).toBe('counting')
      ;[id = ''] = await core.call('uploads.start', {
        planId: plan.id,
        keyId: null,
        existing: 'skip',
        decisions: {},
        allowWeak: false,
        partSize: null,
        parallel: null,
        toKey: null,
        format: null,
      })
      await expect.poll(async () => (await list(core))?.phase, { interval: 5 }).toBe('running')
      figures['startedMs'] = performance.now() - begun
      const worst = listening(core)
      await expect
        .poll(async () => (await list(core))?.files?.done ?? 0, { interval: 20 })
        .toBeGreaterThan(0)
      await expect
        .poll(async () => (await list(core))?.files?.counting, { timeout: 600_000, interval: 100 })
        .toBe(false)
      const seconds = (performance.now() - begun) / 1000
      const rows = await core.call('transfers.list', {})
      Object.assign(figures, {
        countedS: seconds,
        worstMs: worst(),
        eventsPerS: events / seconds,
        beforeMib: before,
        peakMib: core.peakMib(),
        done: rows[0]?.files?.done ?? 0,
        listBytes: JSON.stringify(rows).length,
      })
      expect(rows[0]?.files).toMatchObject({ total: FILES, failed: 0 })
      expect(JSON.stringify(rows).length).toBeLessThan(20_000)
      expect(figures['eventsPerS']).toBeLessThan(20)
      expect(core.peakMib()).toBeLessThan(LIMIT_MIB)
      await core.call('transfers.pause', { ids: [id] })
    } finally {
      await core.close()
    }

    // As if half of them had been uploaded, which would take the practice server an hour.
    const { journal } = openJournal(join(data, 'queue', 'journal.jsonl'), () => undefined)
    for (let n = 0; n < FILES / 2; n++) journal.append({ t: 'got', id, n, b: 19 })
    await journal.close()

    const opened = performance.now()
    core = await openShellProcess(data)
    try {
      figures['openedMs'] = performance.now() - opened
      expect((await list(core))?.phase).toBe('paused')
      const worst = listening(core)
      const before = (await list(core))?.files?.done ?? 0
      expect(before).toBeGreaterThanOrEqual(FILES / 2)
      const resumed = performance.now()
      await core.call('transfers.resume', { ids: [id] })
      await expect
        .poll(async () => (await list(core))?.files?.done ?? 0, { interval: 20 })
        .toBeGreaterThan(before)
      Object.assign(figures, {
        resumedMs: performance.now() - resumed,
        worstAgainMs: worst(),
        peakAgainMib: core.peakMib(),
      })
      expect(core.peakMib()).toBeLessThan(LIMIT_MIB)
      await core.call('transfers.cancel', { ids: [id] })
      expect(readdirSync(join(data, 'queue')).filter((name) => name.endsWith('.list'))).toEqual([])
    } finally {
      await core.close()
    }
    if (SLOW || process.env['FIGURES'] === '1') console.log(figures)
    if (SLOW) expect(figures['startedMs']).toBeLessThan(1000)
  },
  SLOW ? 1_200_000 : 120_000,
)
