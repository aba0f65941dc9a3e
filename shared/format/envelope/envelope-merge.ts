import {
  envelopeHeaders,
  plainName,
  type Group,
  type Pair,
  type ValueKind,
} from './envelope-names.ts'
import { readValue, type Reading } from './envelope-values.ts'
import { sameDescription } from '../key-description.ts'

/** One envelope in a text: its headers by their real names, and the other headers beside it. */
export interface FoundEnvelope {
  readonly fields: Group
  readonly rest: Group
}

interface Part extends Reading {
  readonly kind: ValueKind
}
interface Draft {
  readonly parts: Map<string, Part>
  readonly rest: Pair[]
}

/**
 * Merges groups of headers into different envelopes. Groups that do not contradict each other are
 * one envelope, printed twice or in two halves. An unreadable value contradicts none. `exact`: the
 * values are as we wrote them.
 */
export function mergedEnvelopes(
  groups: readonly Group[],
  exact: boolean,
): readonly FoundEnvelope[] {
  const drafts: Draft[] = []
  for (const draft of groups.flatMap((group) => draftsOf(group, exact))) {
    const fitting = drafts.find((other) => agree(other.parts, draft.parts))
    if (fitting === undefined) drafts.push(draft)
    else absorb(fitting, draft)
  }
  const whole = drafts.filter(({ parts }) =>
    [...parts.values()].some(({ kind, valid }) => kind === 'bytes' && valid),
  )
  return (whole.length > 0 ? whole : drafts.slice(0, 1)).map(({ parts, rest }) => ({
    fields: [...parts].map(([header, { text }]) => [header, text] as const),
    rest,
  }))
}

/** A name that comes again with another value begins another envelope. */
function draftsOf(group: Group, exact: boolean): readonly Draft[] {
  const names = envelopeHeaders(group)
  const drafts: Draft[] = [{ parts: new Map(), rest: [] }]
  group.forEach(([name, value], i) => {
    const named = names[i] ?? null
    const last = drafts.at(-1)
    if (named === null) return void last?.rest.push([plainName(name), value])
    const part = {
      kind: named.kind,
      ...(exact ? { text: value, valid: true } : readValue(named.kind, value)),
    }
    const one = new Map([[named.header, part]])
    if (last !== undefined && agree(last.parts, one)) absorb(last, { parts: one, rest: [] })
    else drafts.push({ parts: one, rest: [] })
  })
  return drafts.filter(({ parts }) => parts.size > 0)
}

function agree(a: ReadonlyMap<string, Part>, b: ReadonlyMap<string, Part>): boolean {
  // Two envelopes never have one data key. Other differences come from printing or decoding the
  // text.
  if (haveSameValues(a, b)) return true
  return [...b].every(([header, part]) => {
    const other = a.get(header)
    return other === undefined || !other.valid || !part.valid || isSame(other, part)
  })
}

function haveSameValues(a: ReadonlyMap<string, Part>, b: ReadonlyMap<string, Part>): boolean {
  const shared = [...b].flatMap(([header, part]) => {
    const other = a.get(header)
    return part.kind === 'bytes' && part.valid && other?.valid === true ? [isSame(other, part)] : []
  })
  return shared.length > 0 && shared.every(Boolean)
}

function isSame(a: Part, b: Part): boolean {
  if (a.kind === 'json') return sameDescription(a.text, b.text)
  if (a.kind === 'name') return a.text.toLowerCase() === b.text.toLowerCase()
  return a.text === b.text || (a.kind === 'bytes' && (begins(a, b) || begins(b, a)))
}

/** One group holds only the first line of a value that another group holds whole. */
const begins = (short: Part, long: Part): boolean =>
  short.text.length >= 16 && long.text.startsWith(short.text.replace(/=+$/, ''))

function absorb(into: Draft, from: Draft): void {
  for (const [header, part] of from.parts) {
    const known = into.parts.get(header)
    if (
      known?.valid !== true ||
      (part.valid && part.kind === 'bytes' && part.text.length > known.text.length)
    )
      into.parts.set(header, part)
  }
  into.rest.push(
    ...from.rest.filter(
      ([name, value]) => !into.rest.some(([other, known]) => other === name && known === value),
    ),
  )
}
