import { spawn } from 'node:child_process'
import { join } from 'node:path'

const WINDOWS = process.platform === 'win32'

/**
 * Process ids of the leaders of running groups. The terminal's Ctrl-C does not reach the groups, so
 * they end with this process at the latest.
 */
const alive = new Set<number>()
process.on('exit', () => {
  for (const pid of alive) signalGroup(pid, 'SIGKILL')
})

/**
 * A program and the processes that it started, except those that left for a session of their own.
 */
export interface Group {
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
  /**
   * Ends the processes that the program left behind. Called once, when the program has ended,
   * because the system soon reuses its id.
   */
  over(): void
}

/**
 * Returns the group of a process that was spawned `detached` and leads its group. Windows has no
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
    // The group is empty, or its processes belong to another user, as with sudo.
  }
}

/** Ends a process and its children on Windows, which follows the links from child to parent. */
function endTree(pid: number): void {
  const taskkill = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'taskkill.exe')
  spawn(taskkill, ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true }).on(
    'error',
    () => signalGroup(pid, 'SIGKILL'),
  )
}
