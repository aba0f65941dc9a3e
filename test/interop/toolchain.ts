import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/** One driver as its folder describes it. */
export interface Manifest {
  readonly name: string
  readonly needs: readonly string[]
  readonly install: readonly (readonly string[])[]
  readonly run: readonly string[]
  readonly folder: string
}

/**
 * Where installed SDKs are kept: `CIPHERBUCKET_INTEROP_CACHE`, or the system's place for caches.
 */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const set = env['CIPHERBUCKET_INTEROP_CACHE']
  if (set) return set
  const base =
    process.platform === 'win32'
      ? env['LOCALAPPDATA']
      : process.platform === 'darwin'
        ? join(homedir(), 'Library', 'Caches')
        : env['XDG_CACHE_HOME']
  return join(base || join(homedir(), '.cache'), 'cipherbucket-interop')
}

/** All drivers below a folder, by name. */
export function manifests(folder: string, cache: string): readonly Manifest[] {
  const fill = (text: string, driver: string) =>
    text.replaceAll('${driver}', driver).replaceAll('${cache}', cache)
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const driver = join(folder, name)
      if (!existsSync(join(driver, 'driver.json'))) return []
      const { needs, install, run } = JSON.parse(
        readFileSync(join(driver, 'driver.json'), 'utf8'),
      ) as Omit<Manifest, 'folder'>
      return [
        {
          name,
          needs,
          install: install.map((line) => line.map((word) => fill(word, driver))),
          run: run.map((word) => fill(word, driver)),
          folder: driver,
        },
      ]
    })
}

/** Programs of `needs` that are nowhere in PATH. */
export function missing(needs: readonly string[], env: NodeJS.ProcessEnv): readonly string[] {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : ['']
  const folders = (env['PATH'] ?? '').split(delimiter)
  return needs.filter(
    (name) =>
      !folders.some((folder) => endings.some((ending) => existsSync(join(folder, name + ending)))),
  )
}

/**
 * Installs a driver; quick when it is there already. Rejects with the end of what the installer
 * said.
 */
export async function install({ name, install: lines }: Manifest, cache: string): Promise<void> {
  // Modules of Go and what its compiler keeps lie in the cache as well, and can be deleted from
  // there.
  const env = {
    ...process.env,
    GOMODCACHE: join(cache, 'go', 'modules'),
    GOCACHE: join(cache, 'go', 'build'),
    GOFLAGS: '-modcacherw',
  }
  mkdirSync(cache, { recursive: true })
  for (const [program = '', ...args] of lines) {
    await new Promise<void>((resolve, reject) => {
      const child = spawn(program, args, { cwd: cache, env, stdio: ['ignore', 'pipe', 'pipe'] })
      let said = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => void (said = (said + chunk.toString()).slice(-4000)))
      child.once('error', reject)
      child.once('close', (code) =>
        code === 0
          ? resolve()
          : reject(new Error(`${name} could not be installed (${code}):\n${said}`)),
      )
    })
  }
}

/**
 * The environment of a driver: trusts the throw-away CA alone, and keeps its home and temporary
 * files in `home`.
 */
export function driverEnv(home: string, caPath: string): NodeJS.ProcessEnv {
  mkdirSync(home, { recursive: true })
  const kept = ['PATH', 'JAVA_HOME', 'SystemRoot', 'LANG', 'LC_ALL']
  const env: NodeJS.ProcessEnv = {
    HOME: home,
    USERPROFILE: home,
    TMPDIR: home,
    TEMP: home,
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUTF8: '1',
  }
  for (const name of kept) if (process.env[name] !== undefined) env[name] = process.env[name]
  Object.assign(env, {
    SSL_CERT_FILE: caPath,
    REQUESTS_CA_BUNDLE: caPath,
    ALIBABA_CLOUD_CA_BUNDLE: caPath,
  })
  return env
}
