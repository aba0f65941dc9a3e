import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)
const bundle = fileURLToPath(new URL('out/cli.mjs', root))

/** Builds the command line as it is for users, when its sources are newer. */
export async function bundleCli(): Promise<void> {
  const { ensureBundles } = (await import(new URL('build/freshness.mjs', root).href)) as {
    ensureBundles(names: string[]): Promise<void>
  }
  await ensureBundles(['cli', 'core/part-worker', 'core/index-worker'])
}

/** Can this user read the checkout and run Node? Both may lie in a folder of root's. */
export const canRunAs = (user: { readonly uid: number; readonly gid: number }): boolean =>
  spawnSync(process.execPath, [bundle, '--version'], { cwd: '/', ...user }).status === 0

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  /** The user that runs the command; by default the user that runs the tests. */
  readonly user?: { readonly uid: number; readonly gid: number }
  /** Called with the running process, for signals. */
  readonly started?: (child: ChildProcess) => void
}

/** An account, as the practice server gives it. */
export interface Account {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
}

/**
 * The environment of a command: its home is the folder `work`, its data folder `work/data`, and
 * secrets are in the passphrase file. `account`: null for none.
 */
export const commandEnvironment = (work: string, account: Account | null): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: work,
  CIPHERBUCKET_DATA: join(work, 'data'),
  CIPHERBUCKET_SECRETS: 'file',
  ...(account !== null && {
    OSS_ENDPOINT: account.endpoint,
    OSS_REGION: account.region,
    OSS_ACCESS_KEY_ID: account.accessKeyId,
    OSS_ACCESS_KEY_SECRET: account.accessKeySecret,
  }),
})

/** Runs the bundled command line to its end. Nobody is there to answer questions. */
export function runCli(
  args: readonly string[],
  { env, cwd, user, started }: RunOptions,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bundle, ...args], {
      cwd,
      env,
      ...user,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
    started?.(child)
  })
}

/** Lines of JSON on stdout. */
export const records = (ran: Ran): readonly Record<string, unknown>[] =>
  ran.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
