import type {
  RewrapLeft,
  RewrapMode,
  RewrapOutcome,
} from '../../../shared/contract/models-rewraps.ts'
import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { bytes } from '../../../shared/contract/sentences/sentences-words.ts'
import { EXIT } from '../exit-codes.ts'
import { tellNotSent } from '../not-sent.ts'
import type { Output } from '../output.ts'

/** Why an object keeps its key, in words, and the exit code that this gives the command. */
const LEFT: Readonly<Record<RewrapLeft, readonly [words: string, code: number]>> = {
  plain: ['not encrypted', EXIT.done],
  'other-key': ['under another key', EXIT.done],
  gone: ['deleted meanwhile', EXIT.done],
  message: ['messages of the KMS Encryption SDK, which keep their CMK', EXIT.usage],
  archived: ['archived; restore them first', EXIT.usage],
  link: ['symbolic links', EXIT.usage],
  'odd-parts': ['large, in parts that OSS does not take again; use --mode fresh', EXIT.usage],
  'java-damage': ['possibly split by a Java SDK; use --mode relay', EXIT.usage],
  'size-differs': ['not as long as the envelope says; use --mode relay', EXIT.usage],
  'sealed-large': ['sealed and above 8 MiB; use --mode relay', EXIT.usage],
  'seal-newer': ['sealed by a later version; use --mode relay', EXIT.usage],
  'not-sealed': ['not sealed; seal them first', EXIT.usage],
  'second-taken': [
    'with another second key; remove the tags cipherbucket.key.1 to .3 first',
    EXIT.usage,
  ],
  'no-room': ['with 10 tags or nearly so; remove some', EXIT.usage],
  'seal-changed': ['changed since they were sealed', EXIT.damaged],
  'seal-moved': ['sealed under another name', EXIT.damaged],
  'unknown-key': ['no key here opens them', EXIT.masterKey],
  damaged: ['damaged envelopes', EXIT.damaged],
}

/** Lines for each reason on a terminal. */
const MOST_NAMED = 20

type Count = Map<string, number>
const more = (count: Count, name: string): number => {
  const now = (count.get(name) ?? 0) + 1
  count.set(name, now)
  return now
}

/** Collects the ends of all objects of a change. Memory does not grow with their number. */
export interface RewrapReport {
  hear(transfer: Transfer): void
  /** Hears of the failures. */
  readonly teller: ReturnType<typeof tellNotSent>
  /** Prints the report. Returns the exit code for objects that keep their key. */
  end(target: string): number
}

/** The words before the counts. */
const WORDS: Readonly<Record<RewrapMode, Readonly<Record<'would' | 'did', string>>>> = {
  relay: { would: 'Would be rewrapped', did: 'Rewrapped' },
  fresh: { would: 'Would be rewrapped', did: 'Rewrapped' },
  second: { would: 'Would get a second key', did: 'Verified, and given a second key' },
}

export function openRewrapReport(output: Output, isDry: boolean, mode: RewrapMode): RewrapReport {
  const teller = tellNotSent(output, { why: '', refusesTaken: false, refusesTwo: false })
  const [did, left, tried, stillOpen]: Count[] = [new Map(), new Map(), new Map(), new Map()]
  let sum = 0
  let [proven, unsummed] = [0, 0]
  const hearOne = ({ key, total, outcome }: Transfer, one: RewrapOutcome): void => {
    more(did as Count, one.did)
    if (one.did === 'rewrapped' || one.did === 'would') sum += total
    if (one.did === 'rewrapped') {
      if (outcome?.checksum === 'matches') proven += 1
      else unsummed += 1
    }
    for (const name of one.tried) more(tried as Count, name)
    for (const name of one.stillOpen) more(stillOpen as Count, name)
    const isNamed = one.why !== null && LEFT[one.why][1] !== EXIT.done
    const says =
      isNamed && one.why !== null && more(left as Count, one.why) <= MOST_NAMED
        ? `Left: ${output.name(key ?? '')} (${LEFT[one.why][0]})`
        : null
    if (one.why !== null && !isNamed) more(left as Count, one.why)
    output.note({ key, ...one, checksum: outcome?.checksum ?? 'absent' }, says)
  }
  return {
    teller,
    hear(transfer) {
      const one = transfer.outcome?.rewrap
      if (transfer.error !== null || one === undefined) teller.ended(transfer)
      else hearOne(transfer, one)
    },
    end(target) {
      const count = (name: RewrapOutcome['did']): number => did?.get(name) ?? 0
      const reasons = [...(left ?? [])] as [RewrapLeft, number][]
      const lines = [
        isDry
          ? `${WORDS[mode].would}: ${count('would')}, ${bytes(sum)}.`
          : `${WORDS[mode].did}: ${count('rewrapped')}, ${bytes(sum)}. Equal CRC-64: ${proven}.`,
        ...(unsummed > 0 ? [`Without a CRC-64 of OSS: ${unsummed}.`] : []),
        `${mode === 'second' ? 'Opened by' : 'Under'} ${output.name(target)} already: ${count('already')}.`,
        ...reasons.map(([why, n]) => `Left: ${n} (${LEFT[why][0]})`),
        `Failed: ${teller.undone.count()}.`,
        ...[...(tried ?? [])].map(
          ([name, n]) =>
            `The old key ${output.name(name)} was tried on ${n} and opens ${stillOpen?.get(name) ?? 0}.`,
        ),
      ]
      const record = {
        dryRun: isDry,
        rewrapped: count('rewrapped'),
        would: count('would'),
        already: count('already'),
        bytes: sum,
        crc64Equal: proven,
        left: Object.fromEntries(reasons),
        failed: teller.undone.count(),
        oldKeys: [...(tried ?? [])].map(([name, n]) => ({
          name,
          tried: n,
          opens: stillOpen?.get(name) ?? 0,
        })),
      }
      output.result({ report: record }, lines.join('\n'))
      if ((stillOpen?.size ?? 0) > 0) return EXIT.damaged
      return Math.max(EXIT.done, ...reasons.map(([why]) => LEFT[why][1]))
    },
  }
}
