import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { fail, ok } from '../../shared/contract/errors.ts'
import { type EventName, type Events } from '../../shared/contract/routes/events.ts'
import { routes, type Handlers } from '../../shared/contract/routes/routes.ts'
import type { Grant } from '../../shared/contract/models-transfers.ts'
import type { Core } from '../../electron/core/app/core.ts'

export interface FakeCore extends Core {
  /** Paths that were granted, in order, with how. */
  readonly granted: {
    readonly how: 'read' | 'write' | 'spool' | 'arriving'
    readonly path: string
  }[]
  /** The messages of open drops, in order. */
  readonly arrived: unknown[][]
  /** Lets go of the last open drop. */
  unwanted(): void
  readonly bugs: unknown[]
  /** How many listeners are attached over all events. */
  listeners(): number
  emit<E extends EventName>(event: E, value: Events[E]): void
}

/**
 * A core that knows no bucket: what a shell does is seen without it. `handlers` replace single
 * answers.
 */
export function fakeCore(handlers: Partial<Handlers> = {}): FakeCore {
  const heard = new Map<EventName, Set<(value: never) => void>>()
  const granted: FakeCore['granted'] = []
  const bugs: unknown[] = []
  const arrived: unknown[][] = []
  let unwanted = (): void => undefined
  const grant = async (how: 'read' | 'write' | 'spool', path: string) => {
    const info = await stat(path).catch(() => null)
    if (info === null) return fail({ code: 'source-unreadable', path, reason: 'ENOENT' })
    granted.push({ how, path })
    const value: Grant = {
      id: `grant-${granted.length}`,
      name: basename(path),
      kind: info.isDirectory() ? 'folder' : 'file',
      size: info.isFile() ? info.size : null,
    }
    return ok(value)
  }
  const silent = Object.fromEntries(
    Object.keys(routes).map((name) => [
      name,
      () => Promise.resolve(fail({ code: 'not-found', what: 'plan', name })),
    ]),
  ) as unknown as Handlers
  return {
    problems: () => [],
    copies: null,
    previews: {
      find: () => null,
      read: () => {
        throw new Error('no preview is open')
      },
    },
    handlers: {
      ...silent,
      'app.info': () =>
        Promise.resolve(
          ok({
            language: null,
            version: '0',
            shell: 'loopback',
            platform: 'linux',
            practice: null,
            problems: [],
          }),
        ),
      ...handlers,
    },
    events: {
      on(event, listener) {
        const set = heard.get(event) ?? new Set()
        heard.set(event, set)
        set.add(listener as (value: never) => void)
        return () => void set.delete(listener as (value: never) => void)
      },
    },
    grants: {
      forReading: (path) => grant('read', path),
      forWriting: (path) => grant('write', path),
      forSpool: (path) => grant('spool', path),
      held: () => new Set<string>(),
      forArriving(folder, things, gone) {
        let count = 0
        unwanted = gone
        granted.push({ how: 'arriving', path: folder })
        return {
          grants: things.map(({ name, kind, size }, i) => ({
            id: `arriving-${i}`,
            name,
            kind,
            size,
          })),
          arrived: ({ root, path, size, modified }) =>
            void ((count += 1), arrived.push(['file', root, path, size, modified])),
          folder: (thing) => void arrived.push(['folder', thing]),
          left: (thing, path) => void arrived.push(['left', thing, path]),
          end: (error) => void arrived.push(['end', error]),
          count: () => count,
        }
      },
    },
    masked(cause) {
      bugs.push(cause)
      return { code: 'unexpected', reference: 'test' }
    },
    close: () => Promise.resolve(),
    granted,
    arrived,
    unwanted: () => unwanted(),
    bugs,
    listeners: () => [...heard.values()].reduce((sum, set) => sum + set.size, 0),
    emit(event, value) {
      for (const listener of heard.get(event) ?? []) listener(value as never)
    },
  }
}
