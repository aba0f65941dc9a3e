#!/usr/bin/env node
// Installs a Java driver: node install.mjs <driver folder> <cache folder>. Maven resolves the
// pinned SDK, offline if it can; javac compiles the driver and what the drivers share. Nothing is
// written beside the sources. Quick when nothing has changed since.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const [driver, cache] = process.argv.slice(2).map((path) => resolve(path))
if (driver === undefined || cache === undefined)
  throw new Error('usage: install.mjs <driver folder> <cache folder>')

const common = dirname(fileURLToPath(import.meta.url))
const pom = join(driver, 'pom.xml')
const target = join(cache, basename(driver))
const stamp = join(target, 'stamp')
const runArguments = join(target, 'run.args')
const sources = [common, driver].flatMap((folder) => javaFiles(join(folder, 'src')))

const fingerprint = createHash('sha256')
for (const file of [fileURLToPath(import.meta.url), pom, ...sources])
  fingerprint.update(file).update('\0').update(readFileSync(file))
const wanted = fingerprint.digest('hex')

if (!existsSync(stamp) || !existsSync(runArguments) || readFileSync(stamp, 'utf8') !== wanted) {
  rmSync(target, { recursive: true, force: true })
  mkdirSync(join(target, 'classes'), { recursive: true })
  const libraries = resolveLibraries()
  compile(libraries)
  const classPath = [join(target, 'classes'), libraries].join(delimiter)
  writeFileSync(runArguments, `-cp\n"${classPath.replaceAll('\\', '\\\\')}"\n`)
  writeFileSync(stamp, wanted)
}

/** The class path of the SDK. Without a network first, so that a warm cache needs none. */
function resolveLibraries() {
  const output = join(target, 'libraries')
  const goals = [
    '-q',
    '-B',
    '-f',
    pom,
    `-Dmaven.repo.local=${join(cache, 'maven')}`,
    `-Dmdep.outputFile=${output}`,
    'dependency:build-classpath',
  ]
  const onWindows = process.platform === 'win32'
  const maven = (/** @type {string[]} */ ...more) =>
    spawnSync('mvn', [...more, ...goals], { encoding: 'utf8', shell: onWindows })
  if (maven('-o').status !== 0) {
    const online = maven()
    if (online.status !== 0)
      throw new Error(`Maven could not resolve ${pom}: ${online.error?.message ?? online.stdout}`)
  }
  return readFileSync(output, 'utf8').trim()
}

/** @param {string} libraries class path */
function compile(libraries) {
  const options = [
    '--release',
    '17',
    '-encoding',
    'UTF-8',
    '-nowarn',
    '-proc:none',
    '-d',
    join(target, 'classes'),
    '-cp',
    libraries,
  ]
  const javac = spawnSync('javac', [...options, ...sources], { encoding: 'utf8' })
  if (javac.status !== 0) throw new Error(`javac: ${javac.error?.message ?? javac.stderr}`)
}

/** @param {string} folder @returns {string[]} every .java file below, in a fixed order */
function javaFiles(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory()
        ? javaFiles(join(folder, entry.name))
        : entry.name.endsWith('.java')
          ? [join(folder, entry.name)]
          : [],
    )
}
