import { spawn } from 'node:child_process'
import { join } from 'node:path'

const WINDOWS = process.platform === 'win32'

/**
 * Leaders of groups that run now. They have no part in the terminal's Ctrl-C, so they end with this
 * process at the latest.
 */
const alive = new Set<number>()
process.on('exit', () => {
  for (const pid of alive) signalGroup(pid, 'SIGKILL')
})

/** A program and what it started itself, other than what left for a session of its own. */
export interface Group {
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
  /**
   * When the program has ended: ends what it left behind. Once, because its number is soon free for
   * others.
   */
  over(): void
}

/**
 * `pid`: of what was spawned `detached`, as the first of its group, except on Windows, which has no
 * groups.
 */
export function groupOf(pid: number): Group {
  alive.add(pid)
  return {
    kill: (signal) => (WINDOWS ? endTree(pid) : signalGroup(pid, signal)),
    over() {
      if (alive.delete(pid) && !WINDOWS) signalGroup(pid, 'SIGKILL')
    },
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(WINDOWS ? pid : -pid, signal)
  } catch {
    // Nobody is left, or they are somebody else's: sudo, say.
  }
}

/** Windows ends a tree by the links from child to parent, at once. */
function endTree(pid: number): void {
  const taskkill = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'taskkill.exe')
  spawn(taskkill, ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true }).on(
    'error',
    () => signalGroup(pid, 'SIGKILL'),
  )
}
