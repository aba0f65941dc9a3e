import type { AuditedObject, AuditSums, NamedSums, ObjectSums } from './models-audit.ts'

/** The most names of one table. A hostile server may give any storage class and any time. */
const MOST_NAMES = 1000

export const NO_SUMS: AuditSums = {
  objects: 0,
  bytes: 0,
  findings: {},
  forms: {},
  keys: {},
  classes: {},
  months: {},
}

/** Adds two tables of sums. Names beyond the limit count under ''. */
export function mergedSums(one: AuditSums, other: AuditSums): AuditSums {
  return {
    ...added(one, other),
    findings: mergedNames(one.findings, other.findings),
    forms: mergedNames(one.forms, other.forms),
    keys: mergedNames(one.keys, other.keys),
    classes: mergedNames(one.classes, other.classes),
    months: mergedNames(one.months, other.months),
  }
}

/** Sums up audited objects. */
export function sumsOf(objects: readonly AuditedObject[]): AuditSums {
  const all = { objects: 0, bytes: 0 }
  const tables = {
    findings: table(),
    forms: table(),
    keys: table(),
    classes: table(),
    months: table(),
  }
  for (const { size, form, keyId, storageClass, modified, findings } of objects) {
    all.objects++
    all.bytes += size
    count(tables.forms, form, size)
    count(tables.classes, storageClass, size)
    count(tables.months, modified.slice(0, 7), size)
    if (keyId !== null) count(tables.keys, keyId, size)
    for (const name of new Set(findings.map((one) => one.name))) count(tables.findings, name, size)
  }
  return {
    ...all,
    findings: Object.fromEntries(tables.findings),
    forms: Object.fromEntries(tables.forms),
    keys: Object.fromEntries(tables.keys),
    classes: Object.fromEntries(tables.classes),
    months: Object.fromEntries(tables.months),
  }
}

type Table = Map<string, ObjectSums>

const table = (): Table => new Map()

const added = (one: ObjectSums, other: ObjectSums): ObjectSums => ({
  objects: one.objects + other.objects,
  bytes: one.bytes + other.bytes,
})

function count(names: Table, name: string, bytes: number): void {
  names.set(name, added(names.get(name) ?? { objects: 0, bytes: 0 }, { objects: 1, bytes }))
}

function mergedNames(one: NamedSums, other: NamedSums): NamedSums {
  const names: Table = new Map(Object.entries(one))
  for (const [name, sums] of Object.entries(other)) {
    const place = names.has(name) || names.size < MOST_NAMES ? name : ''
    names.set(place, added(names.get(place) ?? { objects: 0, bytes: 0 }, sums))
  }
  return Object.fromEntries(names)
}
