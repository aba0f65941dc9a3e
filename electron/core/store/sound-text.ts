import { Failure } from '../../../shared/contract/errors.ts'
import type { TextStore } from './text-store.ts'

/**
 * Loads the text of this name. Resolves with undefined where something unreadable stands: a folder,
 * a file without permission, a loop of links.
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
 * Loads a text and returns the answer of `read`, or null without a text. A text is set aside and
 * reported when it cannot be read, or when `read` throws or returns null. The app then runs without
 * it, and nothing overwrites it. For texts that the app can do without, never for keys and secrets.
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

/** Reads a JSON object, as `read` of {@link loadSound}. Returns null for one of a later version. */
export function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  const value: unknown = JSON.parse(text)
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject && ((value as { readonly version?: unknown }).version ?? 1) === 1
    ? (value as Record<string, unknown>)
    : null
}
