import { useEffect, useState } from 'react'
import { Failure, type AppError } from '../../shared/contract/errors.ts'
import type { Preview } from '../../shared/contract/models-previews.ts'
import { errorOf } from '../text/error-of.ts'
import { call } from './core.ts'

/** Content of up to this many bytes is read whole and verified before anything of it is shown. */
export const WHOLE_BYTES = 10_000_000

/** An object, in the state in which it is listed. */
export interface PreviewedObject {
  readonly profileId: string
  readonly bucket: string
  readonly key: string
  readonly versionId?: string | null
  readonly etag: string
}

export type PreviewState =
  | { readonly phase: 'opening' }
  | { readonly phase: 'open'; readonly preview: Preview }
  | { readonly phase: 'failed'; readonly error: AppError }

const OPENING: PreviewState = { phase: 'opening' }

/**
 * Opens a preview as long as the component shows this object, and ends it afterwards. `attempt`:
 * another number opens it again. `wholeUpTo`: see the route `preview.open`. Null opens none.
 */
export function usePreview(
  object: PreviewedObject | null,
  wholeUpTo = WHOLE_BYTES,
  attempt = 0,
): PreviewState {
  const name = object === null ? '' : JSON.stringify([object, wholeUpTo, attempt])
  const [state, setState] = useState({ name: '', state: OPENING })
  useEffect(() => {
    if (object === null) return undefined
    const control = new AbortController()
    const { signal } = control
    let id: string | null = null
    const { etag: _listed, ...place } = object
    void call('preview.open', { ...place, keyId: null, wholeUpTo }, signal).then(
      (preview) => {
        if (signal.aborted) return void closePreview(preview.id)
        id = preview.id
        setState({ name, state: { phase: 'open', preview } })
      },
      (cause: unknown) => {
        if (!signal.aborted) setState({ name, state: { phase: 'failed', error: errorOf(cause) } })
      },
    )
    return () => {
      control.abort()
      if (id !== null) void closePreview(id)
    }
  }, [name])
  return state.name === name ? state.state : OPENING
}

/**
 * Opens a preview, resolves with what `use` makes of it, and ends the preview in every case.
 * `wholeUpTo`: see the route `preview.open`. Throws Failure, and what `use` throws.
 */
export async function withPreview<T>(
  { etag: _listed, ...object }: PreviewedObject,
  wholeUpTo: number,
  signal: AbortSignal,
  use: (preview: Preview) => Promise<T>,
): Promise<T> {
  const preview = await call('preview.open', { ...object, keyId: null, wholeUpTo }, signal)
  try {
    if (signal.aborted) throw new Failure({ code: 'cancelled' })
    return await use(preview)
  } finally {
    void closePreview(preview.id)
  }
}

/** Ends a preview. One that has ended already is no problem. */
const closePreview = (id: string): Promise<null> => call('preview.close', { id }).catch(() => null)

/** Returns the address of the content of a preview, in every shell. */
export const previewUrl = (id: string): string => `/preview/${id}`

/** Returns why the content of a preview could not be read; null if the content itself is wrong. */
export const previewProblem = (id: string): Promise<AppError | null> =>
  call('preview.problem', { id }).catch(() => null)

/**
 * Reads the first `most` bytes of a preview into memory. `progress`: bytes so far. Throws Failure
 * with the reason of the core.
 */
export async function fetchPreview(
  { id, size }: Pick<Preview, 'id' | 'size'>,
  most: number,
  signal: AbortSignal,
  progress: (bytes: number) => void = () => undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const length = Math.min(size, most)
  const bytes = new Uint8Array(length)
  if (length === 0) return bytes
  let filled = 0
  try {
    const response = await fetch(previewUrl(id), {
      signal,
      headers: { range: `bytes=0-${length - 1}` },
    })
    if (!response.ok || response.body === null) throw new TypeError('no content')
    const reader = response.body.getReader()
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      bytes.set(next.value, filled)
      filled += next.value.length
      progress(filled)
    }
    if (filled < length) throw new TypeError('broken off')
    return bytes
  } catch (cause) {
    if (signal.aborted) throw new Failure({ code: 'cancelled' })
    const problem = await previewProblem(id)
    throw new Failure(problem ?? { code: 'unreachable', host: 'core', reason: String(cause) })
  }
}
