/** The exports of the module: its memory, and `fold(at, end, out)` over it, in addresses. */
export interface FoldExports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly fold: (at: number, end: number, out: number) => void
}

/**
 * Writes a WebAssembly module with one function, which does this:
 *
 *     do { for (i = 0; i < step; i += 16)
 *            store(out+i, load(at+reach+i) ^ load(at+reach-tap+i) ^ … for every tap)
 *          out += step; at += step } while (at < end)
 *
 * Units  `pages`: of 64 KiB. `step`: bytes, a multiple of 16. `reach`: bytes, no less than any tap.
 * Source  WebAssembly Core 2.0, chapter 5 (binary format); needs its vector instructions.
 */
export function foldModule(
  pages: number,
  reach: number,
  taps: readonly number[],
  step: number,
): Uint8Array<ArrayBuffer> {
  const steps = Array.from({ length: step / 16 }, (_, i) => 16 * i)
  const code = [
    ...LOOP,
    ...steps.flatMap((i) => [
      ...get(OUT),
      ...get(AT),
      ...load(reach + i),
      ...taps.flatMap((tap) => [...get(AT), ...load(reach - tap + i), ...XOR]),
      ...store(i),
    ]),
    ...get(OUT),
    ...constant(step),
    ADD,
    ...set(OUT),
    ...get(AT),
    ...constant(step),
    ADD,
    ...set(AT),
    ...get(AT),
    ...get(END),
    LESS,
    ...AGAIN_IF,
    DONE,
    DONE,
  ]
  return Uint8Array.from([
    ...MAGIC,
    ...section(1, [0x60, ...counted([[I32], [I32], [I32]]), 0]),
    ...section(3, [0]),
    ...section(5, [1, ...unsigned(pages), ...unsigned(pages)]),
    ...section(7, [...name('memory'), 2, 0], [...name('fold'), 0, 0]),
    ...section(10, sized([0, ...code])),
  ])
}

type Bytes = readonly number[]

const MAGIC: Bytes = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
const I32 = 0x7f
/** The parameters, by their numbers. */
const [AT, END, OUT] = [0, 1, 2]

const LOOP: Bytes = [0x03, 0x40]
const AGAIN_IF: Bytes = [0x0d, 0]
const DONE = 0x0b
const ADD = 0x6a
const LESS = 0x49
const XOR: Bytes = [0xfd, 0x51]
const get = (local: number): Bytes => [0x20, local]
const set = (local: number): Bytes => [0x21, local]
/** Loads 16 bytes at any address. The first operand says that the address is not aligned. */
const load = (offset: number): Bytes => [0xfd, 0x00, 0, ...unsigned(offset)]
const store = (offset: number): Bytes => [0xfd, 0x0b, 0, ...unsigned(offset)]
/** Constants are signed. One zero bit in front keeps them positive. */
const constant = (value: number): Bytes => [0x41, (value & 0x7f) | 0x80, ...unsigned(value >> 7)]

/** Writes a number as LEB128. */
function unsigned(value: number): Bytes {
  const low = value & 0x7f
  const rest = value >>> 7
  return rest === 0 ? [low] : [low | 0x80, ...unsigned(rest)]
}

const sized = (bytes: Bytes): Bytes => [...unsigned(bytes.length), ...bytes]
const counted = (items: readonly Bytes[]): Bytes => [...unsigned(items.length), ...items.flat()]
const section = (id: number, ...items: readonly Bytes[]): Bytes => [id, ...sized(counted(items))]
const name = (text: string): Bytes => sized([...Buffer.from(text)])
