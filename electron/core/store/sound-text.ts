import { Failure } from '../../../shared/contract/errors.ts'
import type { TextStore } from './text-store.ts'

/**
 * The text of this name, or undefined where there is something that cannot be read: a folder, a
 * closed file, a loop of links.
 */
export async function readable(texts: TextStore, name: string): Promise<string | null | undefined> {
  try {
    return await texts.load(name)
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code === 'source-unreadable') return undefined
    throw cause
  }
}

/**
 * What `read` makes of the text, null where there is none. One that cannot be read, that `read`
 * answers null for, or throws on, is set aside and told of: the app goes on as without it, and
 * nothing is written over it. For texts that can be done without, never for keys and secrets.
 */
export async function loadSound<T>(
  texts: TextStore,
  name: string,
  read: (text: string) => T | null,
): Promise<T | null> {
  const text = await readable(texts, name)
  if (text === null) return null
  const value = text === undefined ? null : attempt(read, text)
  if (value === null) await texts.setAside(name)
  return value
}

function attempt<T>(read: (text: string) => T | null, text: string): T | null {
  try {
    return read(text)
  } catch {
    return null
  }
}

/** A JSON object, as `read` of {@link loadSound}; one of a later version is none of ours. */
export function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  const value: unknown = JSON.parse(text)
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject && ((value as { readonly version?: unknown }).version ?? 1) === 1
    ? (value as Record<string, unknown>)
    : null
}
