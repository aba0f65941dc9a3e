import { TROUBLE } from '../../shared/contract/transfer-phases.ts'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Transfer, UploadPlan } from '../../shared/contract/models-transfers.ts'
import { openShellProcess, type ShellProcess } from './shell-process.ts'
import { PLACE } from './app-kit.ts'

/** 500 files, or 5,000 with SLOW=1. */
const FILES = process.env['SLOW'] === '1' ? 5000 : 500
const FOLDERS = 50
const onLinux = process.platform === 'linux'
if (!onLinux) console.warn('skipped: many small files in a process of its own (reads /proc)')

const home = mkdtempSync(join(tmpdir(), 'cb-many-files-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

test.skipIf(!onLinux)(
  `${FILES} files of 1 KiB in folders go up and come back`,
  async () => {
    const top = join(home, 'many')
    const text = (i: number): string => `file ${i} `.padEnd(1024, `${i}.`)
    for (let folder = 0; folder < FOLDERS; folder++)
      mkdirSync(join(top, `folder ${folder}`), { recursive: true })
    for (let i = 0; i < FILES; i++)
      writeFileSync(join(top, `folder ${i % FOLDERS}`, `${i}.txt`), text(i))
    mkdirSync(join(home, 'back'))

    const core = await openShellProcess(join(home, 'data'))
    try {
      await core.call('objects.list', { ...PLACE, prefix: '', cursor: null })
      // A key as users have them: its private half sealed, the key to that in the secret store.
      await core.call('secrets.unlock', { passphrase: 'pass phrase' })
      const key = await core.call('keys.generate', {
        name: 'Mine',
        bits: 2048,
        description: '{"use":"many"}',
        style: 'compact',
      })
      const [source] = await core.call('local.grant', { paths: [top], write: false })
      const [target] = await core.call('local.grant', { paths: [join(home, 'back')], write: true })
      const ready = new Promise<UploadPlan>((resolve) =>
        core.bridge.on('plan.changed', (plan) => plan.phase === 'ready' && resolve(plan)),
      )
      await core.call('uploads.plan', { ...PLACE, prefix: '', grants: [source?.id ?? ''] })
      const plan = await ready
      expect(plan).toMatchObject({ files: FILES, conflictCount: 0 })
      const cost = async (work: () => Promise<readonly string[]>) => {
        const [cpu, began] = [core.cpuMs(), performance.now()]
        await allDone(core, await work())
        return { cpuMs: (core.cpuMs() - cpu) / FILES, ms: (performance.now() - began) / FILES }
      }
      const up = await cost(() =>
        core.call('uploads.start', {
          planId: plan.id,
          keyId: key.id,
          existing: 'ask',
          decisions: {},
          allowWeak: false,
          partSize: null,
          parallel: null,
          toKey: null,
          format: null,
        }),
      )
      const down = await cost(() =>
        core.call('downloads.start', {
          ...PLACE,
          keys: ['many/'],
          target: target?.id ?? '',
          fileName: null,
          existing: 'fail',
          raw: false,
          keyIds: [],
          range: null,
          message: false,
          repair: false,
        }),
      )
      if (process.env['SLOW'] === '1') console.log({ up, down, peakMib: core.peakMib() })
      // Choosing the passphrase takes 128 MiB of it for a moment.
      expect(core.peakMib()).toBeLessThan(FILES > 1000 ? 450 : 300)
    } finally {
      await core.close()
    }
    for (let folder = 0; folder < FOLDERS; folder++) {
      const inside = join(home, 'back', 'many', `folder ${folder}`)
      expect(readdirSync(inside).length).toBe(FILES / FOLDERS)
      for (const name of readdirSync(inside))
        expect(readFileSync(join(inside, name), 'utf8')).toBe(text(Number.parseInt(name, 10)))
    }
  },
  300_000,
)

/** Resolves when all of them are done; rejects at the first that fails. */
function allDone({ bridge, call }: ShellProcess, ids: readonly string[]): Promise<void> {
  const open = new Set(ids)
  return new Promise((resolve, reject) => {
    const hear = (transfers: readonly Transfer[]): void => {
      for (const { id, phase, error, outcome } of transfers) {
        if (!open.has(id)) continue
        if (TROUBLE.has(phase)) reject(new Error(`${phase}: ${JSON.stringify(error)}`))
        if (phase === 'done' && outcome?.checksum === 'matches') open.delete(id)
      }
      if (open.size === 0) resolve(off())
    }
    const off = bridge.on('transfers.changed', hear)
    call('transfers.list', {}).then(hear, reject)
  })
}
