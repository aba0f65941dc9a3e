/**
 * Name of the binding between the page and the double; gone from the page before any script of its
 * own runs.
 */
export const BINDING = '__electronDouble'
/** Stands for a dropped file's path until the double, which knows the path, puts it in. */
export const FILE_MARK = 'double-file:'

export interface PageSide {
  /** The preload as it was bundled. */
  readonly preload: string
  readonly platform: string
  /** Does the shell keep the page apart from the preload's world and from Node? */
  readonly isolated: boolean
}

/**
 * The script that runs before the page's own: `electron` as a preload sees it, then the preload.
 */
export function pageScript(side: PageSide): string {
  return `(${run.toString()})(${JSON.stringify({ ...side, binding: BINDING, mark: FILE_MARK })}, function (require, process, module, exports) {${side.preload}\n})`
}

type Wire = (
  kind: 'send' | 'invoke' | 'next',
  channel: string,
  args: readonly unknown[],
) => Promise<unknown>
type Preload = (
  require: (name: string) => unknown,
  process: unknown,
  module: unknown,
  exports: unknown,
) => void

/** Runs in the page: it may name nothing outside itself. */
function run(
  {
    platform,
    isolated,
    binding,
    mark,
  }: PageSide & { readonly binding: string; readonly mark: string },
  preload: Preload,
): void {
  const page = window as unknown as Record<string, unknown>
  const wire = page[binding] as Wire
  delete page[binding]
  // A preload runs in main frames only.
  if (window !== window.top || location.protocol === 'about:') return

  const listeners = new Map<string, ((event: unknown, ...args: unknown[]) => void)[]>()
  const hear = async (): Promise<void> => {
    for (;;) {
      for (const [channel, args] of (await wire('next', '', [])) as [string, unknown[]][]) {
        for (const listener of listeners.get(channel) ?? []) listener({}, ...args)
      }
    }
  }
  /** Returns a value as it passes the bridge: a frozen copy, whose functions answer copies. */
  const across = (value: unknown): unknown => {
    if (typeof value === 'function') {
      return Object.freeze((...args: unknown[]) => {
        const answer = (value as (...args: unknown[]) => unknown)(...args)
        return answer instanceof Promise
          ? answer.then((told: unknown) => structuredClone(told))
          : across(answer)
      })
    }
    if (typeof value !== 'object' || value === null) return value
    return Object.freeze(
      Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, across(inner)])),
    )
  }
  const electron = {
    contextBridge: {
      exposeInMainWorld: (name: string, api: unknown) =>
        Object.defineProperty(window, name, {
          value: across(api),
          writable: false,
          configurable: false,
          enumerable: true,
        }),
    },
    ipcRenderer: {
      send: (channel: string, ...args: unknown[]) =>
        void wire('send', channel, structuredClone(args)),
      on: (channel: string, listener: (event: unknown, ...args: unknown[]) => void) =>
        void listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
      async invoke(channel: string, ...args: unknown[]) {
        const answer = (await wire('invoke', channel, structuredClone(args))) as {
          readonly value?: unknown
          readonly error?: string
        }
        if (answer.error !== undefined)
          throw new Error(`Error invoking remote method '${channel}': Error: ${answer.error}`)
        return answer.value
      },
    },
    webUtils: { getPathForFile: (file: File) => mark + file.name },
  }
  const require = (name: string): unknown => {
    if (name === 'electron') return electron
    throw new Error(`module not found: ${name}`)
  }
  if (!isolated) page['require'] = require
  const module = { exports: {} }
  preload(require, Object.freeze({ platform }), module, module.exports)
  void hear()
}
