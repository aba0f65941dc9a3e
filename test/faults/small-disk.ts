import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A disk of its own that is soon full. Linux, and only where mounting is allowed. */
export interface SmallDisk {
  readonly folder: string
  /** Takes all room there is. */
  fill(): void
  /** Gives it back. */
  empty(): void
  remove(): void
}

/**
 * A disk that `fail` makes read-only at once, as an error of the device does: for files that are
 * open too. Null where nothing may be mounted.
 */
export function failingDisk(): { folder: string; fail(): void; remove(): void } | null {
  const folder = mkdtempSync(join(tmpdir(), 'cb-disk-'))
  const [image, disk] = [join(folder, 'image'), join(folder, 'disk')]
  const mounted = spawnSync('sh', [
    '-ec',
    `truncate -s 16M '${image}'; mkfs.ext4 -q '${image}'; mkdir '${disk}'
     mount -o loop,errors=remount-ro '${image}' '${disk}'`,
  ])
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  if (mounted.status !== 0) return (remove(), null)
  return {
    folder: disk,
    fail: () => void execFileSync('mount', ['-o', 'remount,abort', disk]),
    remove() {
      execFileSync('umount', ['-l', disk])
      remove()
    },
  }
}

/** Null where nothing may be mounted: the test is to be skipped, and to say so. */
export function smallDisk(kibibytes: number, options = 'rw'): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'cb-disk-'))
  const mounted = spawnSync('mount', [
    '-t',
    'tmpfs',
    '-o',
    `size=${kibibytes}k,${options}`,
    'tmpfs',
    folder,
  ])
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true })
    return null
  }
  const filler = join(folder, 'filler')
  return {
    folder,
    fill: () =>
      void execFileSync('sh', ['-c', `dd if=/dev/zero of='${filler}' bs=4k 2>/dev/null || true`]),
    empty: () => rmSync(filler, { force: true }),
    remove() {
      execFileSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Why a test that needs a small disk is skipped. */
export const NO_MOUNT = 'needs the right to mount a small tmpfs'
