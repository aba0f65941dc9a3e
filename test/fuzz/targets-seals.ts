import {
  decidingSeal,
  NO_SEAL_YET,
  readSealText,
  writeSealText,
} from '../../electron/core/seals/seal-text.ts'
import { must, mustEqual, SECOND, vectors, type Target } from './target.ts'

interface Seals {
  readonly good: readonly { readonly seal: string }[]
  readonly bad: readonly { readonly texts: readonly string[] }[]
}

/** The input is texts of seals, one a line, in the order in which they decide. */
const seals: Target = {
  name: 'seal',
  words: ['AQEB', 'AgEB', 'AQIB', NO_SEAL_YET, '\n', '=', '_', '-', '+', '/', 'A'],
  limitMs: SECOND,
  seeds(root) {
    const { good, bad } = vectors<Seals>(root, 'seals.json')
    const all = [...good.map(({ seal }) => [seal]), ...bad.map(({ texts }) => texts)]
    return all.map((texts) => Uint8Array.from(Buffer.from(texts.join('\n'))))
  },
  check(input) {
    const texts = Buffer.from(input).toString('utf8').split('\n')
    const readings = texts.map(readSealText)
    readings.forEach((reading, i) => {
      if (reading.kind === 'seal') mustEqual(writeSealText(reading.seal), texts[i], 'another text')
      if (reading.kind !== 'malformed') must(/^[\w-]+$/.test(texts[i] ?? ''), 'other letters')
    })
    const deciding = decidingSeal(texts)
    const first = readings.find(({ kind }) => kind !== 'malformed')
    const rest = texts.every((text) => text === NO_SEAL_YET) ? 'none' : 'malformed'
    mustEqual(deciding.kind, first?.kind ?? rest, 'another text decides')
    if (deciding.kind !== 'seal') return
    mustEqual(deciding.places[0], deciding.seal, 'the deciding seal has no place')
    for (const { content, root } of deciding.places)
      mustEqual([content, root], [deciding.seal.content, deciding.seal.root], 'another seal')
  },
}

/** The reader of seals. */
export const sealTargets: readonly Target[] = [seals]
