import { readdirSync, readFileSync, statSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { MAX_LINES, NOT_IN_PAGE, PAGE, rooms, type Room } from '../build/rooms.ts'

const root = new URL('..', import.meta.url)
const SOURCE = /\.(tsx?|mts|mjs)$/

/** Source files below a folder of the repository, as paths with '/'. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(new URL(folder, root), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}${entry.name}`
    if (entry.isDirectory()) return filesBelow(`${path}/`)
    return SOURCE.test(entry.name) ? [path] : []
  })
}

interface Import {
  readonly from: string
  readonly line: number
  readonly text: string
  readonly target: string
}

/** `import x from 'y'`, `export x from 'y'`, `import 'y'`, `import('y')`, `require('y')`. */
const IMPORTS =
  /\b(?:import|export)\b[^'"`;()]*?\bfrom\s*(['"])([^'"\n]+)\1|^\s*import\s*(['"])([^'"\n]+)\3|\b(?:import|require)\s*\(\s*(['"`])([^'"`\n]+)\5/gm
/** An import whose target only the running program knows. */
const HIDDEN = /(?:\b(?:await|return)|=>|[=(,])\s*(?:import|require)\s*\(\s*[^'"`\s]/

/**
 * Comments, with their line breaks kept. Enough for code without `//` inside of strings that also
 * holds an import.
 */
const blank = (comment: string) => comment.replace(/[^\n]/g, ' ')
const withoutComments = (code: string) =>
  code.replace(/\/\*[\s\S]*?\*\//g, blank).replace(/(^|\s)\/\/.*$/gm, blank)

function importsOf(from: string, code: string): readonly Import[] {
  const bare = withoutComments(code)
  return [...bare.matchAll(IMPORTS)].map((match) => {
    const wanted = match[2] ?? match[4] ?? match[6] ?? ''
    const target = wanted.startsWith('.')
      ? posix.join(posix.dirname(from), wanted)
      : packageOf(wanted)
    return {
      from,
      line: bare.slice(0, match.index + match[0].length).split('\n').length,
      text: match[0].trim().replace(/\s+/g, ' '),
      target,
    }
  })
}

/** `@scope/name/file` → `@scope/name`; a module of Node has 'node:' before it. */
function packageOf(name: string): string {
  if (name.startsWith('node:')) return name
  if (builtinModules.includes(name)) return `node:${name}`
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
}

const roomOf = (file: string): Room | undefined =>
  rooms.find((room) => (room.at.endsWith('/') ? file.startsWith(room.at) : file === room.at))
const isIn = (target: string, place: string) =>
  /[/:]$/.test(place) ? target.startsWith(place) : target === place

/** Returns the fault of one import, or null. */
function offence(found: Import): string | null {
  const room = roomOf(found.from)
  const where = `${found.from}:${found.line}: ${found.text}`
  if (room === undefined) return `${where}\n  the file is in no room of build/rooms.ts`
  if (isIn(found.target, room.at) || room.may.some((place) => isIn(found.target, place)))
    return null
  // Parts of a folder that are rooms of their own are still neighbours for the rest of it.
  const folder = rooms.find((other) => other.at.endsWith('/') && found.from.startsWith(other.at))
  if (
    folder !== undefined &&
    folder !== room &&
    isIn(found.target, folder.at) &&
    room.may.includes(folder.at)
  )
    return null
  return `${where}\n  ${room.name} may not import ${found.target}`
}

/** Files of one cycle of imports, or null. */
function cycleIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const done = new Set<string>()
  const walk = (file: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return null
    for (const next of graph.get(file) ?? []) {
      const cycle = walk(next, [...path, file])
      if (cycle !== null) return cycle
    }
    done.add(file)
    return null
  }
  for (const file of graph.keys()) {
    const cycle = walk(file, [])
    if (cycle !== null) return cycle
  }
  return null
}

const files = ['shared/', 'electron/', 'renderer/'].flatMap(filesBelow)
const codeOf = new Map(files.map((file) => [file, readFileSync(new URL(file, root), 'utf8')]))
const imports = files.flatMap((file) => importsOf(file, codeOf.get(file) ?? ''))

test('every import keeps to the rooms', () => {
  expect(imports.length).toBeGreaterThan(100)
  const offences = imports.map(offence).filter((found) => found !== null)
  expect(offences.join('\n')).toBe('')
})

test('every import of ours names a file that is there, with its ending', () => {
  const missing = imports.filter(
    ({ target }) =>
      /^(shared|electron|renderer)\//.test(target) && !codeOf.has(target) && !exists(target),
  )
  expect(missing.map(({ from, line, text }) => `${from}:${line}: ${text}`).join('\n')).toBe('')
})

test('no import hides its target', () => {
  const hidden = files.flatMap((file) =>
    withoutComments(codeOf.get(file) ?? '')
      .split('\n')
      .flatMap((line, i) => (HIDDEN.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
  )
  expect(hidden.join('\n')).toBe('')
})

/**
 * True if the import is still there when the program runs. An import of types only is not, and nor
 * is a list of imports that each have the word `type`, which the bundler removes.
 */
function isRuntime({ text }: Import): boolean {
  if (/^(?:import|export)\s+type\b/.test(text)) return false
  const list = /^(?:import|export)\s*\{([^}]*)\}/.exec(text)?.[1]
  if (list === undefined) return true
  return list.split(',').some((name) => name.trim() !== '' && !/^\s*type\s/.test(name))
}

/** The files from a file of the page to a package that the page may not reach, one text each. */
function reachedFromPage(all: readonly Import[]): readonly string[] {
  const graph = new Map<string, string[]>()
  for (const found of all)
    if (isRuntime(found)) graph.set(found.from, [...(graph.get(found.from) ?? []), found.target])
  const done = new Set<string>()
  const reached: string[] = []
  const walk = (file: string, path: readonly string[]): void => {
    for (const target of graph.get(file) ?? []) {
      if (NOT_IN_PAGE.includes(target)) reached.push([...path, target].join(' → '))
      if (done.has(target)) continue
      done.add(target)
      walk(target, [...path, target])
    }
  }
  for (const file of graph.keys()) if (file.startsWith(PAGE)) walk(file, [file])
  return reached
}

test('the page reaches no package that its content security policy forbids', () => {
  expect(reachedFromPage(imports)).toEqual([])
})

test('no cycles', () => {
  const graph = new Map(
    files.map((file) => [
      file,
      imports.filter(({ from }) => from === file).map(({ target }) => target),
    ]),
  )
  expect(cycleIn(graph)).toBeNull()
})

test(`no source file above ${MAX_LINES} lines`, () => {
  const build = filesBelow('build/').map(
    (file) => [file, readFileSync(new URL(file, root), 'utf8')] as const,
  )
  const long = [...codeOf, ...build]
    .map(([file, code]) => [file, code.split('\n').length - 1] as const)
    .filter(([, lines]) => lines > MAX_LINES)
  expect(long).toEqual([])
})

describe('the rule itself', () => {
  test.each([
    [
      'electron/core/oss/x.ts',
      "import { a } from '../keys/keyring.ts'",
      'oss may not import electron/core/keys/keyring.ts',
    ],
    ['electron/core/keys/x.ts', "export * from '../oss/client.ts'", 'keys may not import'],
    [
      'electron/core/seals/x.ts',
      "import { readFileSync } from 'node:fs'",
      'seals may not import node:fs',
    ],
    [
      'electron/core/store/x.ts',
      "import type { A } from '../net/http-client.ts'",
      'store may not import',
    ],
    ['electron/core/store/x.ts', "const k = await import('keytar')", 'store may not import keytar'],
    [
      'electron/core/worker/worker.ts',
      "import {\n  a,\n} from '../keys/master-key.ts'",
      'worker may not import',
    ],
    [
      'electron/core/worker/worker.ts',
      "import { a } from '../transfer/run/control.ts'",
      'worker may not import',
    ],
    [
      'electron/core/transfer/upload/x.ts',
      "import { a } from '../download/verify.ts'",
      'upload may not import',
    ],
    [
      'electron/core/transfer/run/x.ts',
      "import { a } from '../queue/circuit.ts'",
      'run may not import',
    ],
    ['electron/core/app/x.ts', "import { app } from 'electron'", 'app may not import electron'],
    ['electron/cli/x.ts', "import { a } from '../core/keys/keyring.ts'", 'cli may not import'],
    [
      'electron/practice/x.ts',
      "import { a } from '../core/net/http-client.ts'",
      'practice may not import',
    ],
    [
      'electron/practice/x.ts',
      "import { Faults } from '../../test/tools/oss-faults.ts'",
      'practice may not import test/tools/oss-faults.ts',
    ],
    ['renderer/x.tsx', "import { a } from '../shared/format/base64.ts'", 'page may not import'],
    ['renderer/x.tsx', "import 'node:fs'", 'page may not import node:'],
    ['renderer/ui/x.tsx', "import { a } from '../queries/core.ts'", 'ui may not import'],
    ['renderer/ui/x.tsx', "import { a } from '../state/ui.ts'", 'ui may not import'],
    ['renderer/ui/x.tsx', "import { a } from '../shell/bridge.ts'", 'ui may not import'],
    ['renderer/ui/x.tsx', "import { a } from '@tanstack/react-query'", 'ui may not import'],
    ['renderer/text/x.ts', "import { a } from '../state/ui.ts'", 'text may not import'],
    ['renderer/shell/x.ts', "import { a } from '../state/ui.ts'", 'shell may not import'],
    ['renderer/queries/x.ts', "import { a } from '../state/ui.ts'", 'queries may not import'],
    ['renderer/state/x.ts', "import { a } from '../ui/name.tsx'", 'state may not import'],
    ['renderer/state/x.ts', "import { a } from '../features/keys/wraps.ts'", 'state may not'],
    ['renderer/features/keys/x.ts', "import { a } from '../../begin.ts'", 'features may not'],
    ['shared/format/x.ts', "import { readFileSync } from 'fs'", 'format may not import node:'],
    ['shared/contract/x.ts', "import { a } from '../format/base64.ts'", 'contract may not import'],
    [
      'electron/desktop/preload.ts',
      "import { a } from 'node:path'",
      'preload may not import node:',
    ],
    ['elsewhere/x.ts', "import { a } from 'zod'", 'in no room'],
  ])('%s: %s', (file, code, words) => {
    const found = importsOf(file, `// import { x } from 'comments-do-not-count'\n${code}`)
    expect(found).toHaveLength(1)
    expect(found.map(offence).join('')).toContain(words)
    expect(found[0]?.line).toBe(1 + code.split('\n').length)
  })

  test.each([
    ['electron/core/worker/worker.ts', "import { a } from '../cipher/ctr.ts'"],
    ['electron/core/store/secrets/keychain-secrets.ts', "import { a } from './text-store.ts'"],
    ['electron/core/store/secrets/open-secrets.ts', "import { a } from './keychain-secrets.ts'"],
    ['electron/cli/x.ts', "import { startPractice } from '../practice/start.ts'"],
    ['renderer/x.tsx', "import { createRoot } from 'react-dom/client'"],
    ['renderer/ui/x.tsx', "import { isChord } from '../shell/platform.ts'"],
    ['electron/desktop/main.ts', "import { a } from './window.ts'"],
  ])('%s may: %s', (file, code) => {
    expect(importsOf(file, code).map(offence)).toEqual([null])
  })

  test.each([
    ["import { key } from '../shared/contract/routes/shapes.ts'", 1],
    ["import { type Key, key } from '../shared/contract/routes/shapes.ts'", 1],
    ["export * from '../shared/contract/routes/shapes.ts'", 1],
    ["import { key } from '../shared/contract/routes/route.ts'", 1],
    ["import { z } from 'zod'", 1],
    ["import type { Key } from '../shared/contract/routes/shapes.ts'", 0],
    ["import { type Key } from '../shared/contract/routes/shapes.ts'", 0],
  ])('the page and zod: %s', (code, count) => {
    const shapes = "import { z } from 'zod'\nimport { a } from './other.ts'"
    const all = [
      ...importsOf('renderer/x.ts', code),
      ...importsOf('shared/contract/routes/shapes.ts', shapes),
      ...importsOf('shared/contract/routes/route.ts', "export { key } from './shapes.ts'"),
      ...importsOf('electron/core/x.ts', shapes),
    ]
    expect(reachedFromPage(all)).toHaveLength(count)
  })

  test('a cycle is found', () => {
    expect(
      cycleIn(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b']],
        ]),
      ),
    ).toEqual(['b', 'c', 'b'])
    expect(
      cycleIn(
        new Map([
          ['a', ['b', 'c']],
          ['b', ['c']],
          ['c', []],
        ]),
      ),
    ).toBeNull()
  })
})

function exists(path: string): boolean {
  return statSync(new URL(path, root), { throwIfNoEntry: false }) !== undefined
}
