import { envelopeHeader, envelopeHeaders, type Group, type Pair } from './envelope-names.ts'
import { isObject } from './envelope-values.ts'

/** The most levels of JSON that are searched. No program nests its answers deeper. */
const MAX_DEPTH = 64

/** The findings in a JSON value: headers that stand together, and texts that may hold headers. */
export interface InJson {
  readonly groups: readonly Group[]
  readonly texts: readonly string[]
  /** The objects on the way, for callers that look for an object of their own. */
  readonly objects: readonly Readonly<Record<string, unknown>>[]
}

/**
 * Finds the envelopes in a JSON value, at any depth. They can be members of an object, or a list of
 * names and values in any form that programs print. Each value can be a text, a number or a list.
 */
export function envelopesInJson(root: unknown): InJson {
  const groups: Group[] = []
  const texts: string[] = []
  const objects: Readonly<Record<string, unknown>>[] = []
  const take = (group: Group): void => {
    if (envelopeHeaders(group).some((named) => named !== null)) groups.push(group)
  }
  const walk = (value: unknown, depth: number): void => {
    if (typeof value === 'string') texts.push(value)
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return
    if (Array.isArray(value)) {
      take(listed(value))
      for (const item of value) walk(item, depth + 1)
      return
    }
    const members = Object.entries(value)
    objects.push(value as Readonly<Record<string, unknown>>)
    take(members.flatMap(([name, inner]) => pairsOf(name, inner)))
    for (const [name, inner] of members) if (envelopeHeader(name) === null) walk(inner, depth + 1)
  }
  walk(root, 0)
  return { groups, texts, objects }
}

/** Returns one member as headers. Some programs list the values of a header. */
export function pairsOf(name: string, value: unknown): readonly Pair[] {
  if (typeof value === 'string') return [[name, value]]
  if (typeof value === 'number') return [[name, String(value)]]
  if (Array.isArray(value))
    return value.flatMap((item) =>
      typeof item === 'string' ? [[name, item] as const] : typed(name, item),
    )
  return typed(name, value)
}

/**
 * Reads a value that a store saved with its type: `{"S": "…"}`. A key description may be such an
 * object itself.
 */
function typed(name: string, value: unknown): readonly Pair[] {
  if (typeof value !== 'object' || value === null) return []
  const [only, ...others] = Object.values(value)
  if (typeof only !== 'string' || others.length > 0) return []
  return envelopeHeader(name)?.kind === 'json' && !isObject(only) ? [] : [[name, only]]
}

/** Reads headers in a list: pairs, objects with a name and a value, or names and values in turn. */
function listed(items: readonly unknown[]): Group {
  const inTurn = items.every((item) => typeof item === 'string') && items.length % 2 === 0
  if (inTurn)
    return items.flatMap((item, i) =>
      i % 2 === 0 ? [[String(item), String(items[i + 1])] as const] : [],
    )
  return items.flatMap((item) => {
    if (Array.isArray(item))
      return typeof item[0] === 'string' && item.length === 2 ? pairsOf(item[0], item[1]) : []
    return typeof item === 'object' && item !== null ? namedValue(Object.entries(item)) : []
  })
}

/**
 * Reads `{"name": "a", "value": "b"}`, whatever the two members are called and whichever comes
 * first.
 */
function namedValue(members: readonly (readonly [string, unknown])[]): readonly Pair[] {
  const name = members.find(
    ([label, value]) =>
      typeof value === 'string' &&
      (/^(?:name|key|header|field|k|n)$/i.test(label) || envelopeHeader(value) !== null),
  )
  if (name === undefined) return []
  const others = members.filter((member) => member !== name)
  const value =
    others.find(([label]) => /^(?:values?|v|val|text|content)$/i.test(label)) ??
    (others.length === 1 ? others[0] : undefined)
  return value === undefined ? [] : pairsOf(String(name[1]), value[1])
}
