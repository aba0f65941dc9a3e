import { Failure, type AppError } from '../../shared/contract/errors.ts'
import type {
  Transfer,
  TransferFiles,
  TransferOutcome,
} from '../../shared/contract/models-transfers.ts'
import { ENDED } from '../../shared/contract/transfer-phases.ts'
import { bytes } from '../../shared/contract/sentences/sentences-words.ts'
import type { Context } from './context.ts'
import { exitCodeOf } from './exit-codes.ts'
import { notDone, tellNotSent, type NotDone } from './not-sent.ts'
import type { Output } from './output.ts'

/**
 * Waits for transfers to end, with one line of progress where stderr is a terminal. Ctrl+C cancels
 * the transfers. This throws 'cancelled' after half-done files and uploads are removed.
 */
export async function followTransfers(
  { bridge, call, signal }: Context,
  ids: readonly string[],
): Promise<readonly Transfer[]> {
  const open = new Set(ids)
  const transfers = new Map<string, Transfer>()
  const progress = openProgress()
  try {
    await new Promise<void>((resolve, reject) => {
      const hear = (changed: readonly Transfer[]): void => {
        for (const transfer of changed) {
          if (!open.has(transfer.id) && !transfers.has(transfer.id)) continue
          transfers.set(transfer.id, transfer)
          if (ENDED.has(transfer.phase)) open.delete(transfer.id)
        }
        progress.show([...transfers.values()], ids.length)
        if (open.size === 0) resolve()
      }
      bridge.on('transfers.changed', hear)
      signal.addEventListener('abort', () => reject(new Failure({ code: 'cancelled' })), {
        once: true,
      })
      // Transfers may have changed before anybody listened.
      call('transfers.list', {}).then(hear, reject)
    })
  } catch (cause) {
    if (signal.aborted) await bridge.call('transfers.cancel', { ids: [...open] })
    throw cause
  } finally {
    progress.clear()
  }
  return ids.flatMap((id) => transfers.get(id) ?? [])
}

export const ALREADY_THERE = 'that name already exists'

/**
 * Prints one line per transfer, and for several transfers a count of the failures. Returns the exit
 * code of the first failure. `why`: the reason that is shown for a skipped file. `undone`: files of
 * a batch that failed; each one was reported before.
 */
export function report(
  { output }: Context,
  transfers: readonly Transfer[],
  why = ALREADY_THERE,
  undone: NotDone = notDone(output),
): number {
  let [asked, ofMany] = [0, 0]
  for (const transfer of transfers) {
    const { kind, key, bucket, outcome, error } = transfer
    asked += transfer.files?.total ?? 1
    if (transfer.files !== null) {
      if (kind === 'upload') sayMany(output, transfer, transfer.files, why)
      // Failed files were reported before, each with its reason. So was each object of a download,
      // a copy or a move.
      if (transfer.files.failed > 0 || transfer.phase === 'done') continue
    }
    if (transfer.phase !== 'done' || outcome === null) {
      const failed: AppError = error ?? { code: 'unexpected', reference: 'no outcome' }
      output.failure(failed, { kind, bucket, key })
      // Files left out of a batch were reported before, and the batch does not count them.
      if (transfer.files !== null) ofMany ||= exitCodeOf(failed)
      else undone.add(key ?? transfer.name, exitCodeOf(failed))
      continue
    }
    sayDone(output, transfer, outcome, why)
  }
  if (undone.count() > 0 && asked > 1)
    output.remark(`Not done: ${undone.count()} of ${asked}: ${undone.names()}`)
  return undone.code() || ofMany
}

/**
 * Starts transfers and waits for them, and reports each object as {@link report} does. The objects
 * of a batch are reported as they end, so memory does not grow with their number.
 */
export async function reportEach(
  context: Context,
  start: () => Promise<readonly string[]>,
): Promise<number> {
  const teller = tellNotSent(context.output, {
    why: ALREADY_THERE,
    refusesTaken: true,
    refusesTwo: true,
    done(transfer) {
      const { kind, key, total, outcome } = transfer
      // The marker of a folder became a folder.
      const isFolder = kind === 'download' && key?.endsWith('/') === true && total === 0
      if (outcome !== null && !isFolder) sayDone(context.output, transfer, outcome)
    },
  })
  context.unitEnded.hear = teller.ended
  try {
    const ids = await start()
    return report(context, await followTransfers(context, ids), ALREADY_THERE, teller.undone)
  } finally {
    teller.rest()
  }
}

/** Prints the record of one transfer that ended well. */
function sayDone(
  output: Output,
  transfer: Transfer,
  outcome: TransferOutcome,
  why = ALREADY_THERE,
): void {
  const { kind, key, bucket, keyName, total } = transfer
  const { encrypted, checksum, tag, savedAs, skipped, copied, oddCounter = false, seal } = outcome
  const inBucket = kind === 'upload' || kind === 'copy' || kind === 'move'
  if (skipped)
    return output.result(
      { kind, bucket, key, skipped, reason: why },
      `${output.name(transfer.name)} was skipped: ${why} (${output.name(inBucket ? `${bucket}/${key}` : transfer.target)})`,
    )
  const from = inBucket || kind === 'decrypt' ? transfer.name : (key ?? transfer.name)
  const to = inBucket ? `${bucket}/${copied?.key ?? key}` : (savedAs ?? transfer.target)
  const way = copied === undefined ? '' : copied.inside ? ', inside OSS' : ', through this computer'
  const method =
    kind === 'download-raw' || copied !== undefined
      ? `as stored${way}`
      : encrypted
        ? `${kind === 'upload' ? 'encrypted with' : 'opened with'} ${output.name(keyName ?? 'a key')}`
        : 'not encrypted'
  const facts = [bytes(total), method]
  if (checksum === 'matches') facts.push('checksum matches')
  if (tag !== 'none') facts.push(tag === 'verified' ? 'tag verified' : 'not verified')
  if (seal !== undefined) facts.push(seal.state)
  if (tag === 'not-verified') output.remark(`${output.name(to)}: not verified, only a part of it was read.`)
  if (oddCounter) facts.push('unusual counter: some SDKs read ranges of it wrongly')
  const unsummed = inBucket && encrypted && checksum === 'absent'
  if (unsummed) output.remark(noSum(output.name(to)))
  output.result(
    {
      kind,
      bucket,
      key,
      savedAs,
      bytes: total,
      encrypted,
      checksum,
      tag,
      oddCounter,
      skipped: false,
      ...(seal !== undefined && { seal: { state: seal.state, reason: seal.reason } }),
      keyName,
      ...warnings(unsummed),
      ...(copied !== undefined && { inside: copied.inside }),
    },
    `${output.name(from)} → ${output.name(to)}  (${facts.join(', ')})`,
  )
}

/**
 * The warning for a server without CRC-64. OSS reports the CRC-64 of every object. A server that
 * does not is not OSS, or something changes its answers on their way.
 */
const noSum = (what: string): string =>
  `Warning: the server gave no checksum for ${what}, so only its size and its encryption headers were compared. OSS always gives one.`
const warnings = (unsummed: boolean): { readonly warnings?: readonly ['no-checksum'] } =>
  unsummed ? { warnings: ['no-checksum'] } : {}

/** Formats one line for a batch. */
function sayMany(
  output: Output,
  { kind, bucket, key, name, target, done: bytesDone, keyName, outcome }: Transfer,
  files: TransferFiles,
  why: string,
): void {
  const { done, skipped, failed } = files
  const facts = [`${done - skipped} files`, bytes(bytesDone)]
  if (done > skipped) facts.push(`encrypted with ${output.name(keyName ?? 'a key')}`)
  if (skipped > 0) facts.push(`${skipped} skipped: ${why}`)
  if (failed > 0) facts.push(`${failed} failed`)
  const unsummed = outcome?.checksum === 'absent' && !outcome.skipped
  if (unsummed) output.remark(noSum('some of the files'))
  output.result(
    { kind, bucket, prefix: key, bytes: bytesDone, keyName, ...warnings(unsummed), ...files },
    `${output.name(name)} → ${output.name(target)}  (${facts.join(', ')})`,
  )
}

interface Progress {
  show(transfers: readonly Transfer[], count: number): void
  clear(): void
}

function openProgress(): Progress {
  const { stderr } = process
  if (stderr.isTTY !== true) return { show: () => undefined, clear: () => undefined }
  return {
    show(transfers, count) {
      const sum = (of: (transfer: Transfer) => number) =>
        transfers.reduce((total, transfer) => total + of(transfer), 0)
      const [done, total, speed] = [
        sum((t) => t.done),
        sum((t) => t.total),
        sum((t) => t.speed ?? 0),
      ]
      const share = total === 0 ? 0 : Math.floor((100 * done) / total)
      const filled = Math.round(share / 5)
      const many =
        count > 1 ? `${transfers.filter((t) => t.phase === 'done').length} of ${count}  ` : ''
      const left =
        speed > 0
          ? `  ${bytes(Math.round(speed))}/s  ${Math.ceil((total - done) / speed)} s left`
          : ''
      stderr.write(
        `\r\u001b[K${many}[${'█'.repeat(filled)}${'·'.repeat(20 - filled)}] ${share} %  ${bytes(done)} of ${bytes(total)}${left}`.slice(
          0,
          (stderr.columns ?? 80) + 3,
        ),
      )
    },
    clear: () => void stderr.write('\r\u001b[K'),
  }
}
