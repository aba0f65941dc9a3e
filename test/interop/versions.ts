import { VERSION_WALK } from '../practice/version-walk.ts'
import type { Cell } from './cases.ts'
import { cellResult, type CellResult, type Tried } from './cells.ts'
import type { Answer, Peer } from './protocol.ts'

/**
 * Compares the practice server's versions, as foreign clients see them, with those of OSS. Each
 * walk makes and deletes a bucket of its own.
 */
export async function versionCells(peers: readonly Peer[]): Promise<readonly CellResult[]> {
  const cells: CellResult[] = []
  for (const peer of peers.filter(({ hello }) => hello.ops.includes('versions'))) {
    const { name, signatures } = peer.hello
    for (const signature of signatures) {
      const answer = await peer.run('versions', {
        master: null,
        signature,
        key: `versions-${name}-${signature}`,
      })
      cells.push(
        cellResult(cellOf(name, `a walk, signature ${signature.toUpperCase()}`), walked(answer)),
      )
    }
  }
  return cells
}

const cellOf = (writer: string, name: string): Cell => ({
  writer,
  reader: writer,
  format: 'plain',
  group: 'versions',
  name,
})

function walked(answer: Answer): Tried {
  if (!answer.ok)
    return { ok: false, error: answer.error, unsupported: answer.unsupported === true }
  const steps = answer['steps'] as readonly string[]
  const at = VERSION_WALK.findIndex((step, i) => step !== steps[i])
  return at < 0 && steps.length === VERSION_WALK.length
    ? { ok: true }
    : {
        ok: false,
        error: `"${steps[at] ?? ''}", not "${VERSION_WALK[at] ?? ''}"`,
        unsupported: false,
      }
}
