import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Is there anything to open a browser on? */
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
 * Opens the user's browser on `link`. The link lets in whoever opens it first, and every user of
 * this computer can read the arguments of a program: so the browser is given a private file in
 * `folder` that leads there.
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
  // No such program: the link is on the terminal as well.
  child.once('error', () => undefined)
  child.unref()
}
