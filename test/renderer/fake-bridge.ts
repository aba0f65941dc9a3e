import type { Bridge } from '../../shared/contract/routes/bridge.ts'
import type { AppError, Result } from '../../shared/contract/errors.ts'
import { fail } from '../../shared/contract/errors.ts'
import type { HostFiles } from '../../shared/contract/routes/host.ts'
import type { Grant } from '../../shared/contract/models-transfers.ts'
import { type EventName, type Events } from '../../shared/contract/routes/events.ts'
import { routes, type Handlers, type RouteName } from '../../shared/contract/routes/routes.ts'
import type { Shell } from '../../renderer/shell/shell.ts'
import { studioData, type FakeData } from './fake-data.ts'
import { fakeHandlers } from './fake-handlers.ts'

/**
 * A core in memory behind the real contract: inputs are parsed by the routes' shapes, as dispatch
 * does.
 */
export interface Fake {
  readonly shell: Shell
  readonly data: FakeData
  /** Replace any of them to make a call fail, wait or answer otherwise. */
  readonly handlers: { -readonly [N in RouteName]: Handlers[N] }
  /** Every call so far. */
  readonly calls: { readonly name: RouteName; readonly input: unknown }[]
  /** The answers of the pickers; null is a cancel. */
  readonly picks: {
    files: readonly Grant[] | null
    folders: readonly Grant[] | null
    target: Grant | null
    dropped: readonly Grant[]
  }
  emit<E extends EventName>(event: E, value: Events[E]): void
  /** Makes one route fail from now on. */
  refuse(name: RouteName, error: AppError): void
}

export const grant = (
  id: string,
  name: string,
  kind: 'file' | 'folder' = 'file',
  size: number | null = null,
): Grant => ({ id, name, kind, size })

export function fakeShell(data: FakeData = studioData()): Fake {
  const listeners = new Map<EventName, Set<(value: never) => void>>()
  const calls: Fake['calls'] = []
  const picks: Fake['picks'] = {
    files: [grant('g1', '签字页.pdf', 'file', 1.2e6)],
    folders: [grant('g2', 'Hafenkontor 交付包 2026-11', 'folder')],
    target: grant('g3', 'Downloads', 'folder'),
    dropped: [grant('g1', '签字页.pdf', 'file', 1.2e6)],
  }
  const emit: Fake['emit'] = (event, value) => {
    for (const listener of listeners.get(event) ?? []) listener(value as never)
  }
  const handlers = fakeHandlers(data, emit)
  const bridge: Bridge = {
    async call(name, input, signal) {
      const parsed = routes[name].input.safeParse(input)
      if (!parsed.success)
        return fail({ code: 'bad-request', detail: `${name}: ${parsed.error.message}` })
      calls.push({ name, input: parsed.data })
      const handler = handlers[name] as (
        value: unknown,
        signal: AbortSignal,
      ) => Promise<Result<never>>
      const result = await handler(parsed.data, signal ?? new AbortController().signal)
      return signal?.aborted === true ? fail({ code: 'cancelled' }) : result
    },
    on(event, listener) {
      const set = listeners.get(event) ?? new Set()
      listeners.set(event, set)
      set.add(listener as (value: never) => void)
      return () => void set.delete(listener as (value: never) => void)
    },
    close: () => listeners.clear(),
  }
  const files: HostFiles = {
    pickFiles: async () => picks.files,
    pickFolders: async () => picks.folders,
    pickTarget: async () => picks.target,
    dropped: async () => picks.dropped,
    dropping: () => ({ grants: Promise.resolve(picks.dropped), arrived: Promise.resolve() }),
    reveal: null,
    dragOut: null,
  }
  return {
    shell: { bridge, files, onLost: () => undefined },
    data,
    handlers,
    calls,
    picks,
    emit,
    refuse(name, error) {
      ;(handlers as Record<RouteName, unknown>)[name] = async () => fail(error)
    },
  }
}
