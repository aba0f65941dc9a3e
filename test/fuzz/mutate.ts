import { mutateDer } from './mutate-der.ts'
import type { Random } from './random.ts'

/** The inputs of a mutation besides chance. */
export interface Material {
  readonly random: Random
  /** Inputs that reached something new. */
  readonly corpus: readonly Uint8Array[]
  /** Words of the format. */
  readonly words: readonly string[]
}

/** Longer inputs are cut: what is slow or big at this length is slow or big by itself. */
export const MAX_INPUT = 32_768

type Mutation = (input: Buffer, material: Material) => Buffer

/** A few mutations of `input` on top of each other. The input stays as it is. */
export function mutate(input: Uint8Array, material: Material): Uint8Array {
  let changed: Buffer = Buffer.from(input)
  do changed = material.random.pick(MUTATIONS)(changed, material).subarray(0, MAX_INPUT)
  while (!material.random.chance(3))
  return Uint8Array.from(changed)
}

/** Two places in order, not too far from each other most of the time. */
function range(input: Buffer, { int, chance }: Random): readonly [from: number, to: number] {
  const from = int(input.length + 1)
  const room = input.length - from
  return [from, from + int((chance(4) ? room : Math.min(room, 16)) + 1)]
}

const replaced = (input: Buffer, from: number, to: number, ...by: readonly Uint8Array[]) =>
  Buffer.concat([input.subarray(0, from), ...by, input.subarray(to)])

const EDGES = [0, 1, 2, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x30, 0x31, 0xff]
const WIDE_EDGES = [
  0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
]
const NUMBERS = [
  '0',
  '-1',
  '1',
  '9007199254740991',
  '9007199254740993',
  '18446744073709551616',
  '1e309',
  '0x10',
  '00',
  '1.5',
  '9'.repeat(40),
]
/** Text that is something else to some reader: blanks, marks, halves, escapes. */
const ODD = [
  '\0',
  '\n',
  '\r\n',
  ' ',
  '\t',
  '\u00a0',
  '\ufeff',
  '\u2028',
  '\ud800',
  'é',
  '𝄞',
  '"',
  '\\',
  '\\u0000',
  '\\ud800',
  '%',
  '%zz',
  '&#0;',
  ':',
  ',',
  '{',
  '}',
  '[',
  ']',
  '<',
  '>',
  '__proto__',
  'constructor',
]

const bytewise: Mutation = (input, { random }) => {
  const copy = Buffer.from(input)
  if (copy.length > 0)
    copy[random.int(copy.length)] = random.chance(2) ? random.pick(EDGES) : random.int(256)
  return copy
}
const bitwise: Mutation = (input, { random }) => {
  const copy = Buffer.from(input)
  const at = random.int(copy.length + 1)
  if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << random.int(8))
  return copy
}
const wide: Mutation = (input, { random }) => {
  const four = Buffer.alloc(4)
  const value = random.pick(WIDE_EDGES)
  if (random.chance(2)) four.writeUInt32BE(value)
  else four.writeUInt32LE(value)
  const at = random.int(input.length + 1)
  return replaced(input, at, Math.min(input.length, at + 4), four)
}
const removal: Mutation = (input, { random }) => replaced(input, ...range(input, random))
const truncation: Mutation = (input, { random }) => input.subarray(0, random.int(input.length + 1))
const noise: Mutation = (input, { random }) => {
  const at = random.int(input.length + 1)
  return replaced(input, at, at, random.bytes(1 + random.int(8)))
}
const copyWithin: Mutation = (input, { random }) => {
  const [from, to] = range(input, random)
  const at = random.int(input.length + 1)
  return replaced(input, at, at, input.subarray(from, to))
}
/** The same again and again: what nests or adds up. */
const repetition: Mutation = (input, { random }) => {
  const [from, to] = range(input, random)
  const piece = input.subarray(from, to)
  const times =
    piece.length === 0
      ? 0
      : Math.min(random.pick([2, 10, 100, 5000]), Math.floor(MAX_INPUT / piece.length))
  return replaced(input, to, to, ...Array.from({ length: times }, () => piece))
}
const splice: Mutation = (input, { random, corpus }) => {
  const other = Buffer.from(random.pick(corpus))
  const [from, to] = range(other, random)
  return random.chance(2)
    ? replaced(input, ...range(input, random), other.subarray(from, to))
    : Buffer.concat([input.subarray(0, random.int(input.length + 1)), other.subarray(from)])
}
const word: Mutation = (input, { random, words }) => {
  const text = Buffer.from(
    random.pick(random.chance(3) ? ODD : random.chance(4) ? NUMBERS : [...words, '']),
  )
  const [from, to] = range(input, random)
  return replaced(input, from, random.chance(2) ? from : to, text)
}
const letterCase: Mutation = (input, { random }) => {
  const [from, to] = range(input, random)
  const text = input.toString('latin1', from, to)
  return replaced(
    input,
    from,
    to,
    Buffer.from(random.chance(2) ? text.toUpperCase() : text.toLowerCase(), 'latin1'),
  )
}
/** A line once more, or in another place. */
const lines: Mutation = (input, { random }) => {
  const all = input.toString('latin1').split('\n')
  const line = random.pick(all)
  if (random.chance(2)) all.splice(all.indexOf(line), 1)
  all.splice(random.int(all.length + 1), 0, line)
  return Buffer.from(all.join('\n'), 'latin1')
}
const digits: Mutation = (input, { random }) => {
  const text = input.toString('latin1')
  const found = [...text.matchAll(/\d+/g)]
  if (found.length === 0) return input
  const { 0: number, index } = random.pick(found)
  return replaced(input, index, index + number.length, Buffer.from(random.pick(NUMBERS)))
}
/** Mutates the content of base64, PEM's lines included. */
const base64: Mutation = (input, material) => {
  const found = [...input.toString('latin1').matchAll(/[A-Za-z0-9+/\r\n]{16,}={0,2}/g)]
  if (found.length === 0) return input
  const { 0: text, index } = material.random.pick(found)
  const inside = Buffer.from(text, 'base64')
  const changed = material.random.pick([der, bytewise, bitwise, removal, noise, wide])(
    inside,
    material,
  )
  const again = changed.toString('base64')
  return replaced(
    input,
    index,
    index + text.length,
    Buffer.from(text.includes('\n') ? `\n${again.replace(/.{64}/g, '$&\n')}\n` : again),
  )
}
const der: Mutation = (input, { random }) =>
  mutateDer(input, random, (content) =>
    random.pick([bytewise, bitwise, noise, removal])(content, { random, corpus: [], words: [] }),
  ) ?? bytewise(input, { random, corpus: [], words: [] })

const MUTATIONS: readonly Mutation[] = [
  bytewise,
  bitwise,
  wide,
  removal,
  truncation,
  noise,
  copyWithin,
  repetition,
  splice,
  word,
  word,
  letterCase,
  lines,
  digits,
  base64,
  base64,
  der,
  der,
]
