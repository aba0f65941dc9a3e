import { randomUUID } from 'node:crypto'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure, valueOf, type AppError } from '../../../../shared/contract/errors.ts'
import type { TransferId } from '../../../../shared/contract/models.ts'
import type { EditedCopy, EditId } from '../../../../shared/contract/models-edits.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { TROUBLE } from '../../../../shared/contract/transfer-phases.ts'
import { headIfThere } from '../../oss/objects.ts'
import type { ReadFacts } from '../../transfer/run/read-facts.ts'
import { copyName, downloadCopy, type CopyOptions } from './copy-download.ts'
import {
  copyPath,
  lookAtCopy,
  readEditRecord,
  writeEditRecord,
  type EditRecord,
} from './edit-record.ts'
import { editUploadJob, keyOfEdit } from './edit-upload.ts'
import { namesIn, removeCopy, watchCopy, type CopyWatch } from './copy-watch.ts'

/** Writable copies of objects that programs of the system change. See `routes-edits.ts`. */
export interface Edits {
  /** Throws Failure as `edits.start`. */
  start(input: In<'edits.start'>, signal: AbortSignal): Promise<TransferId | null>
  list(): Promise<readonly EditedCopy[]>
  /** Throws Failure as `edits.upload`. */
  upload(id: EditId, signal: AbortSignal): Promise<TransferId>
  discard(id: EditId): Promise<void>
  /** Cancels the uploads, so that no part stays in the bucket. Their copies stay. */
  stopUploads(): Promise<void>
  /**
   * Removes the copies that are as their objects. A changed copy stays for the next start. The
   * queue is closed by then.
   */
  close(): Promise<void>
}

interface EditsOptions extends CopyOptions {
  /** Hears of a damaged record. Clients that connect later are told too. */
  readonly damaged: (error: AppError) => void
  readonly changed: (copies: readonly EditedCopy[]) => void
  readonly masked: (cause: unknown) => void
}

/** Milliseconds between two looks at the facts of a copy. */
const LOOK_EVERY_MS = 500

/**
 * Opens the edited copies, each in a folder of its own. Copies that an earlier start left behind
 * stay if they are changed. The others are removed.
 */
export function openEdits(options: EditsOptions): Edits {
  const { folder, openFile, needs, queue, problem, masked } = options
  const copies = new Map<EditId, CopyWatch>()
  /** Downloads under way, by object. */
  const starting = new Map<string, Promise<TransferId>>()

  const models = (): readonly EditedCopy[] => [...copies.values()].map((copy) => copy.model())
  const tell = (): void => options.changed(models())
  const add = (id: EditId, record: EditRecord, isLeftover: boolean): CopyWatch => {
    const copy = watchCopy({
      id,
      record,
      isLeftover,
      masked,
      lookEveryMs: LOOK_EVERY_MS,
      folder: join(folder, id),
      changed: () => copies.has(id) && tell(),
    })
    copies.set(id, copy)
    return copy
  }
  const remove = async (copy: CopyWatch): Promise<void> => {
    copies.delete(copy.id)
    await copy.remove()
  }
  const find = (id: EditId): CopyWatch => {
    const copy = copies.get(id)
    if (copy === undefined) throw new Failure({ code: 'not-found', what: 'object', name: id })
    return copy
  }
  const phaseOf = (id: TransferId | null) =>
    queue()
      .list()
      .find((one) => one.id === id)?.phase ?? 'done'

  const restore = async (): Promise<void> => {
    for (const id of await namesIn(folder)) {
      const own = join(folder, id)
      const record = await readEditRecord(own)
      if (record === null) await removeCopy(own)
      else if (record === 'damaged')
        options.damaged({ code: 'file-damaged', path: own, kept: null })
      else {
        const copy = add(id, record, true)
        if ((await copy.compare()) !== 'changed') await remove(copy)
      }
    }
    if (copies.size > 0) tell()
  }
  const restored = restore().catch(masked)

  const hand = async (copy: CopyWatch): Promise<void> => {
    const reason = await openFile(copy.path)
    if (reason !== '') problem({ code: 'not-opened', name: copy.record().name })
  }
  /** Writes the record of a whole copy, and has the system open the copy. */
  const begin = async (
    id: EditId,
    { profileId, bucket, key }: In<'edits.start'>,
    name: string,
    facts: ReadFacts,
  ): Promise<void> => {
    const path = copyPath(join(folder, id), name)
    await chmod(path, 0o600)
    const look = await lookAtCopy(path, null)
    const record: EditRecord = {
      version: 1,
      profileId,
      bucket,
      key,
      name,
      etag: facts.etag,
      keyId: facts.keyId,
      content: look?.content ?? null,
    }
    await writeEditRecord(join(folder, id), record)
    const copy = add(id, record, false)
    tell()
    await hand(copy)
  }
  const download = (
    id: EditId,
    input: In<'edits.start'>,
    over: () => void,
  ): Promise<TransferId> => {
    const name = copyName(input.key)
    return downloadCopy(options, input, {
      path: copyPath(join(folder, id), name),
      whole(facts) {
        over()
        begin(id, input, name, facts).catch((cause: unknown) => {
          masked(cause)
          problem({ code: 'not-opened', name })
        })
      },
      failed() {
        over()
        void removeCopy(join(folder, id))
      },
    })
  }
  /** Finds the copy of an object that may be opened again: it is changed, or its object is not. */
  const currentCopy = async (
    { profileId, bucket, key }: In<'edits.start'>,
    signal: AbortSignal,
  ): Promise<CopyWatch | null> => {
    for (const copy of copies.values()) {
      const at = copy.record()
      if (at.profileId !== profileId || at.bucket !== bucket || at.key !== key) continue
      const state = await copy.compare()
      if (state === 'changed') return copy
      if (state === 'gone') continue
      const oss = needs.connections.bucket(profileId, bucket)
      if ((await headIfThere(oss, bucket, key, signal))?.etag === at.etag) return copy
    }
    return null
  }

  return {
    async start(input, signal) {
      await restored
      const known = await currentCopy(input, signal)
      if (known !== null) {
        await hand(known)
        return null
      }
      const object = JSON.stringify([input.profileId, input.bucket, input.key])
      const before = await starting.get(object)
      // A download that needs help is not waited for.
      if (before !== undefined && !TROUBLE.has(phaseOf(before))) return before
      const transferId = download(randomUUID(), input, () => starting.delete(object))
      starting.set(object, transferId)
      transferId.catch(() => starting.delete(object))
      return transferId
    },
    async list() {
      await restored
      await Promise.all([...copies.values()].map((copy) => copy.compare().catch(masked)))
      return models()
    },
    async upload(id, signal) {
      await restored
      const copy = find(id)
      return copy.inTurn(async () => {
        const before = copy.model().transferId
        const phase = phaseOf(before)
        if (before !== null && phase !== 'done') {
          if (!TROUBLE.has(phase)) return before
          await queue().cancel([before])
        }
        using key = valueOf(await keyOfEdit(needs, copy.record(), signal))
        const keyId = key.id
        const job = await editUploadJob(options, copy.record(), copy.path, key, {
          stored: (facts) => void copy.rebase(facts, keyId).catch(masked),
          released: (ended) => {
            if (copy.model().transferId === ended) copy.setTransfer(null)
          },
        })
        const [transferId] = queue().add([job])
        if (transferId === undefined) throw new Error('an upload without a transfer')
        copy.setTransfer(transferId)
        return transferId
      })
    },
    async discard(id) {
      await restored
      const copy = find(id)
      const { transferId } = copy.model()
      if (transferId !== null) await queue().cancel([transferId])
      await copy.inTurn(() => remove(copy))
      tell()
    },
    async stopUploads() {
      await restored
      const ids = models().flatMap(({ transferId }) => transferId ?? [])
      await queue().cancel(ids)
    },
    async close() {
      await restored
      for (const id of await namesIn(folder))
        if (!copies.has(id) && (await readEditRecord(join(folder, id))) === null)
          await removeCopy(join(folder, id))
      for (const copy of copies.values()) {
        const state = await copy.compare().catch((): 'changed' => 'changed')
        if (state === 'changed') copy.leave()
        else await remove(copy)
      }
    },
  }
}
