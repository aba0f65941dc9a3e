import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Tells whether there is a display for a browser. */
export function hasDisplay(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  return (
    platform === 'darwin' ||
    platform === 'win32' ||
    Boolean(environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY'])
  )
}

/**
 * Opens the user's browser on `link`. The link lets in the first browser that opens it. Every user
 * of this computer can read the arguments of a program. So the browser receives a private file in
 * `folder` that leads to the link.
 */
export async function openBrowser(
  link: string,
  folder: string,
  platform: NodeJS.Platform,
): Promise<void> {
  const file = join(folder, 'open.html')
  await writeFile(
    file,
    `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${link}"><title>Cipherbucket</title>`,
    { mode: 0o600 },
  )
  const address = pathToFileURL(file).href
  const [program, ...rest] =
    platform === 'darwin'
      ? ['open']
      : platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler']
        : ['xdg-open']
  const child = spawn(program ?? '', [...rest, address], { stdio: 'ignore', detached: true })
  // Without such a program, the link on the terminal remains.
  child.once('error', () => undefined)
  child.unref()
}
