import { CONSTRUCTED, derStart, elementsIn, OCTET_STRING } from '../../shared/format/der.ts'
import type { Random } from './random.ts'

/** One element of DER, its length left out: it is what its content makes it. */
interface Node {
  tag: number
  children: Node[] | null
  content: Buffer
}

const MAX_DEPTH = 12

/**
 * Reads `bytes` as elements one after the other, or returns null. It also reads the content of
 * octet and bit strings, since keys nest there.
 */
function nodesIn(bytes: Buffer, depth = 0): Node[] | null {
  const elements = elementsIn(bytes, { start: 0, end: bytes.length }, 'tolerant')
  return (
    elements?.map(({ tag, start, end }) => {
      const content = bytes.subarray(start, end)
      const isOpen = (tag & CONSTRUCTED) !== 0 || (tag === OCTET_STRING && content.length > 8)
      return {
        tag,
        content,
        children: isOpen && depth < MAX_DEPTH ? nodesIn(content, depth + 1) : null,
      }
    }) ?? null
  )
}

function written({ tag, children, content }: Node): Buffer {
  const inside = children === null ? content : Buffer.concat(children.map(written))
  return Buffer.concat([derStart(tag, inside.length), inside])
}

/** Every list of siblings in a tree. */
function* lists(nodes: Node[]): Generator<Node[]> {
  yield nodes
  for (const { children } of nodes) if (children !== null) yield* lists(children)
}

/** For INTEGER: none, negative, and what counts of anything should not be. */
const NUMBERS = [
  '',
  '00',
  '01',
  '7f',
  'ff',
  '80',
  '010001',
  '00ffff',
  '7fffffff',
  '00ffffffff',
  `7f${'ff'.repeat(7)}`,
  `00${'ff'.repeat(128)}`,
].map((digits) => Buffer.from(digits, 'hex'))
const TAGS = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x16, 0x24, 0x30, 0x31, 0x80, 0xa0, 0xa1,
]

/**
 * DER whose lengths are right again after one element was changed, or null when `bytes` are none.
 */
export function mutateDer(
  bytes: Buffer,
  random: Random,
  change: (content: Buffer) => Buffer,
): Buffer | null {
  const tree = nodesIn(bytes)
  if (tree === null || tree.length === 0) return null
  const all = [...lists(tree)].filter((list) => list.length > 0)
  const list = random.pick(all)
  const at = random.int(list.length)
  const node = list[at]
  if (node === undefined) return null
  const other = () => structuredClone(random.pick(random.pick(all)))
  if (node.tag === 0x02 && random.chance(2)) node.content = random.pick(NUMBERS)
  else
    switch (random.int(8)) {
      case 0:
        list.splice(at, 1)
        break
      case 1:
        list.splice(at, 0, structuredClone(node))
        break
      case 2:
        list[at] = restored(other())
        break
      case 3: {
        // Also into one that is empty.
        const target = random.pick([...lists(tree)])
        target.splice(random.int(target.length + 1), 0, restored(other()))
        break
      }
      case 4:
        node.tag = random.pick(TAGS)
        break
      case 5:
        list.reverse()
        break
      case 6:
        list[at] = { tag: 0x30, content: Buffer.alloc(0), children: [node] }
        break
      default:
        node.content = change(
          node.children === null
            ? Buffer.from(node.content)
            : Buffer.concat(node.children.map(written)),
        )
        node.children = null
    }
  return Buffer.concat(tree.map(restored).map(written))
}

/** A clone's buffers are plain arrays. */
function restored(node: Node): Node {
  return {
    tag: node.tag,
    content: Buffer.from(node.content),
    children: node.children?.map(restored) ?? null,
  }
}
