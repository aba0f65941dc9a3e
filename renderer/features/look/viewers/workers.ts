/** The part of the browser's trusted types that is used. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (text: string) => string },
  ): { readonly createScriptURL: (text: string) => string }
}

type Policy = ReturnType<TrustedTypes['createPolicy']>
/** One policy a page: a second one of its name is refused. */
let policy: Policy | null = null

/**
 * Starts a worker of our own build. `url`: an asset of the page. No other address is trusted, and
 * the policy of the page refuses workers that are made of text.
 */
export function startWorker(url: string): Worker {
  const types = (window as unknown as { readonly trustedTypes?: TrustedTypes }).trustedTypes
  policy ??= types?.createPolicy('workers', { createScriptURL: ownAsset }) ?? {
    createScriptURL: ownAsset,
  }
  return new Worker(policy.createScriptURL(url), { type: 'module' })
}

function ownAsset(url: string): string {
  const { origin, pathname } = new URL(url, window.location.href)
  if (origin !== window.location.origin || !pathname.startsWith('/assets/'))
    throw new TypeError('not a worker of this page')
  return url
}

/** Sends one message to a new worker and resolves with its answer. Aborting ends the worker. */
export function askWorker<T>(url: string, message: ArrayBuffer, signal: AbortSignal): Promise<T> {
  const worker = startWorker(url)
  return new Promise<T>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<T>) => resolve(data))
    worker.addEventListener('error', () => reject(new Error('the worker failed')))
    signal.addEventListener('abort', () => reject(new Error('left')), { once: true })
    worker.postMessage(message, [message])
  }).finally(() => worker.terminate())
}
