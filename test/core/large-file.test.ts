import { createHash } from 'node:crypto'
import { createReadStream, openSync, readSync, closeSync, writeSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { expect, test } from 'vitest'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import { openAppKit } from './app-kit.ts'

/** 64 MiB, or 1 GiB with SLOW=1. */
const SLOW = process.env['SLOW'] === '1'
const SIZE = (SLOW ? 1024 : 64) * 1024 ** 2
const MIB = 1024 ** 2
const MARK = Buffer.from('cbP1')
const kit = openAppKit()

/**
 * The mark and a number, again and again. Any 16 bytes of the file contain a whole mark and eight
 * bytes of marks.
 */
function writePlain(path: string): string {
  const file = openSync(path, 'w')
  const hash = createHash('sha256')
  const block = Buffer.alloc(MIB)
  for (let at = 0; at < MIB; at += 8) MARK.copy(block, at)
  for (let written = 0; written < SIZE; written += MIB) {
    for (let at = 4; at < MIB; at += 8) block.writeUInt32BE((written + at) >>> 2, at)
    writeSync(file, block)
    hash.update(block)
  }
  closeSync(file)
  return hash.digest('hex')
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** The files below `folder` that hold 16 bytes in a row as the plaintext has them. */
async function leaking(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(leaks)
}

function leaks(path: string): boolean {
  const buffer = Buffer.alloc(4 * MIB)
  const file = openSync(path, 'r')
  try {
    // Pieces overlap by more than a run.
    for (let offset = 0; ; offset += buffer.length - 64) {
      const piece = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, offset))
      for (let at = piece.indexOf(MARK); at >= 0; at = piece.indexOf(MARK, at + 1))
        if (isRun(piece, at)) return true
      if (piece.length < buffer.length) return false
    }
  } finally {
    closeSync(file)
  }
}

/**
 * Is the mark at `at` part of 16 bytes that have marks wherever the plaintext has them? Four bytes
 * alone come up by chance.
 */
function isRun(piece: Buffer, at: number): boolean {
  for (let start = Math.max(0, at - 12); start <= at && start + 16 <= piece.length; start++) {
    let agrees = true
    for (let i = start; i < start + 16 && agrees; i++) {
      const place = (((i - at) % 8) + 8) % 8
      agrees = place >= MARK.length || piece[i] === MARK[place]
    }
    if (agrees) return true
  }
  return false
}

/**
 * Slow enough that no computer ends the transfer before it is asked to pause: 64 MiB take a minute.
 * Bytes a second.
 */
const SLOWLY = MIB
const PAUSES = 4

/**
 * Pauses and resumes a transfer that moves slowly, each time once more of it has arrived, and then
 * lets it run.
 * Resolves when it runs at full speed. Only what the transfer says is waited for.
 */
async function pauseOften(id: string): Promise<void> {
  const until = (holds: (one: Transfer) => boolean): Promise<Transfer> =>
    new Promise((resolve, reject) => {
      const look = (all: readonly Transfer[]): void => {
        const one = all.find((transfer) => transfer.id === id)
        if (one === undefined) return
        if (one.phase === 'failed' || one.phase === 'done')
          reject(new Error(`it is ${one.phase} already`))
        else if (!holds(one)) return
        else resolve(one)
        stop()
      }
      const stop = kit.f.bridge.on('transfers.changed', look)
      void kit.f.call('transfers.list', {}).then(look)
    })
  let done = 0
  for (let i = 0; i < PAUSES; i++) {
    await until((one) => one.phase === 'running' && one.done > done)
    await kit.f.call('transfers.pause', { ids: [id] })
    done = (await until(({ phase }) => phase === 'paused')).done
    await kit.f.call('transfers.resume', { ids: [id] })
  }
  await kit.f.call('settings.update', { speedLimit: 0 })
}

test(
  `${SIZE / MIB} MiB dropped, paused, resumed, fetched: the same bytes, and none of them anywhere on the way`,
  async () => {
    const source = join(kit.f.folder, 'source', 'big.bin')
    await kit.folderGrant(join(kit.f.folder, 'source'))
    const before = writePlain(source)
    // The scan finds what it is to find.
    expect(await leaking(join(kit.f.folder, 'source'))).toEqual([source])
    await kit.f.call('settings.update', { partSize: MIB, parts: 2, speedLimit: SLOWLY })

    const counted = await kit.plan([source])
    const began = performance.now()
    const [up] = await kit.start(counted.id)
    await pauseOften(up ?? '')
    const [sent] = await kit.f.ended([up ?? ''])
    const upMs = performance.now() - began
    expect(sent).toMatchObject({ phase: 'done', outcome: { encrypted: true, checksum: 'matches' } })

    const target = await kit.folderGrant(join(kit.f.folder, 'target'))
    await kit.f.call('settings.update', { speedLimit: SLOWLY })
    const [down] = await kit.f.call('downloads.start', {
      profileId: 'practice',
      bucket: 'practice-bucket',
      keys: ['big.bin'],
      target,
      fileName: null,
      existing: 'fail',
      raw: false,
      keyIds: [],
      range: null,
      message: false,
      repair: false,
    })
    await pauseOften(down ?? '')
    const [got] = await kit.f.ended([down ?? ''])
    expect(got).toMatchObject({ phase: 'done', outcome: { encrypted: true, checksum: 'matches' } })
    if (SLOW) console.log({ upMs })

    expect(await sha256(join(kit.f.folder, 'target', 'big.bin'))).toBe(before)
    expect(await leaking(join(kit.f.folder, 'practice'))).toEqual([])
    expect(await leaking(join(kit.f.folder, 'data'))).toEqual([])
  },
  SLOW ? 900_000 : 120_000,
)
