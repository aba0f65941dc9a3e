import {
  EDITABLE_HEADER,
  HEADER_VALUE,
  MAX_HEADER_VALUE,
} from '../../../../shared/contract/header-rules.ts'
import type { ObjectFacts } from '../../../../shared/contract/models.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'

/** Headers that OSS keeps and gives to whoever downloads the object, as HTTP spells them. */
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

/** One line of own metadata. `id` stays while the line does; `name` is without `x-oss-meta-`. */
export interface MetaRow {
  readonly id: number
  readonly name: string
  readonly value: string
}

/** What stands in the fields. */
export interface HeaderForm {
  readonly standard: Readonly<Record<Standard, string>>
  readonly rows: readonly MetaRow[]
}

/** Why a name or a value cannot be sent; the words are `objects:headers.…`. */
export type NameFault = 'name.empty' | 'name.letters' | 'name.reserved' | 'name.twice'
export type ValueFault = 'value.empty' | 'value.ascii' | 'value.long'
export interface RowFault {
  readonly name: NameFault | null
  readonly value: ValueFault | null
}

export const isEditable = (name: string): boolean => EDITABLE_HEADER.test(META + name)

/**
 * The form of an object as it is. Metadata whose name belongs to an encryption, or that OSS takes
 * from nobody, is not in it, and stays.
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

/** A line more, empty. */
export const withRow = ({ standard, rows }: HeaderForm): HeaderForm => ({
  standard,
  rows: [...rows, { id: Math.max(-1, ...rows.map((row) => row.id)) + 1, name: '', value: '' }],
})

/** A name as it is sent: people copy it with what OSS puts before it, and in capital letters. */
const typedName = (name: string): string => {
  const lower = name.trim().toLowerCase()
  return lower.startsWith(META) ? lower.slice(META.length) : lower
}

/** A line that nothing was typed into. */
const isBlank = ({ name, value }: MetaRow): boolean => name.trim() === '' && value.trim() === ''

/** What differs from `before`, as it is sent: null takes a header off. */
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
 * Why the value cannot be sent; null for one that can, that is as it was, or that takes the header
 * off.
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

/** What is wrong with each line of metadata, by its place. */
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
