import {
  EDITABLE_HEADER,
  HEADER_VALUE,
  MAX_HEADER_VALUE,
} from '../../../../shared/contract/header-rules.ts'
import type { ObjectFacts } from '../../../../shared/contract/models.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'

/** Headers that OSS stores and sends with every download, spelled as in HTTP. */
export const STANDARD = [
  'Content-Type',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Language',
  'Cache-Control',
  'Expires',
] as const
export type Standard = (typeof STANDARD)[number]

const META = 'x-oss-meta-'

/** One pair of user metadata. `id` stays for the life of the row. `name` has no `x-oss-meta-`. */
export interface MetaRow {
  readonly id: number
  readonly name: string
  readonly value: string
}

/** The values of the fields. */
export interface HeaderForm {
  readonly standard: Readonly<Record<Standard, string>>
  readonly rows: readonly MetaRow[]
}

/** Why a name or a value cannot be sent. The words are `objects:headers.…`. */
export type NameFault = 'name.empty' | 'name.letters' | 'name.reserved' | 'name.twice'
export type ValueFault = 'value.empty' | 'value.ascii' | 'value.long'
export interface RowFault {
  readonly name: NameFault | null
  readonly value: ValueFault | null
}

export const isEditable = (name: string): boolean => EDITABLE_HEADER.test(META + name)

/**
 * Returns the form of a stored object. Metadata of an encryption, and names that OSS reserves, are
 * left out and stay stored.
 */
export function headerFormOf({ contentType, headers, metadata }: ObjectFacts): HeaderForm {
  const standard = Object.fromEntries(
    STANDARD.map((name) => [
      name,
      name === 'Content-Type' ? contentType : (headers[name.toLowerCase()] ?? ''),
    ]),
  ) as Record<Standard, string>
  return {
    standard,
    rows: Object.entries(metadata)
      .filter(([name]) => isEditable(name))
      .map(([name, value], id) => ({ id, name, value })),
  }
}

/** Another row, without a name and a value. */
export const withRow = ({ standard, rows }: HeaderForm): HeaderForm => ({
  standard,
  rows: [...rows, { id: Math.max(-1, ...rows.map((row) => row.id)) + 1, name: '', value: '' }],
})

/** The name as it is sent. People paste it with OSS's prefix, and in capital letters. */
const typedName = (name: string): string => {
  const lower = name.trim().toLowerCase()
  return lower.startsWith(META) ? lower.slice(META.length) : lower
}

/** True for a row without a name and a value. */
const isBlank = ({ name, value }: MetaRow): boolean => name.trim() === '' && value.trim() === ''

/** The difference from `before`, as it is sent: null removes a header. */
export function changeOf(before: HeaderForm, now: HeaderForm): In<'objects.editHeaders'>['change'] {
  const change: Record<string, string | null> = {}
  for (const name of STANDARD) {
    const value = now.standard[name].trim()
    if (value !== before.standard[name].trim())
      change[name.toLowerCase()] = value === '' ? null : value
  }
  const was = new Map(before.rows.map(({ name, value }) => [name, value]))
  const is = new Map(
    now.rows
      .filter((row) => !isBlank(row))
      .map(({ name, value }) => [typedName(name), value.trim()]),
  )
  for (const name of was.keys()) if (!is.has(name)) change[META + name] = null
  for (const [name, value] of is) if (was.get(name)?.trim() !== value) change[META + name] = value
  return change
}

/**
 * Returns why the value cannot be sent. Null for a value that can, that is unchanged, or that
 * removes the header.
 */
export function valueFault(value: string, was: string | undefined): ValueFault | null {
  const text = value.trim()
  if (text === '' || text === was?.trim()) return null
  return !HEADER_VALUE.test(text)
    ? 'value.ascii'
    : text.length > MAX_HEADER_VALUE
      ? 'value.long'
      : null
}

/** Returns the problem of each metadata row, by its position. */
export function rowFaults(before: HeaderForm, rows: readonly MetaRow[]): readonly RowFault[] {
  const was = new Map(before.rows.map(({ name, value }) => [name, value]))
  const names = rows.map((row) => typedName(row.name))
  return rows.map((row, i) => {
    const name = names[i] ?? ''
    if (isBlank(row)) return { name: null, value: null }
    const value =
      row.value.trim() === '' && was.get(name) !== ''
        ? 'value.empty'
        : valueFault(row.value, was.get(name))
    return { name: nameFault(name, names.indexOf(name) !== i), value }
  })
}

function nameFault(name: string, twice: boolean): NameFault | null {
  if (name === '') return 'name.empty'
  if (!/^[a-z0-9-]+$/.test(name)) return 'name.letters'
  if (!isEditable(name)) return 'name.reserved'
  return twice ? 'name.twice' : null
}
