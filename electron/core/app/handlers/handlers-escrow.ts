import { rm } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { fail, ok, valueOf, type Result } from '../../../../shared/contract/errors.ts'
import type { MasterKey } from '../../../../shared/contract/models.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { attemptedResult } from '../../base/attempt.ts'
import { plainSpelling } from '../../escrow/plain-spelling.ts'
import type { ReadSheet } from '../../escrow/read-sheet.ts'
import type { SheetFiles, SheetPicture } from '../../escrow/sheets.ts'
import { saveSmall } from '../../files/file-sink.ts'
import type { CatalogKey } from '../../keys/catalog/catalog-key.ts'
import { readSmallFile } from '../../store/small-file.ts'
import { pathInFolder } from '../local/path-grants.ts'
import type { HandlersOf, Parts } from '../parts.ts'

/** The most bytes of one picture of a sheet. */
const MAX_PICTURE_BYTES = 64 * 1024 * 1024

type EscrowHandlers = Pick<HandlersOf<'keys'>, 'keys.escrow' | 'keys.unescrow'>

/** Makes the handlers of recovery sheets. `changed`: tells all windows of a changed key. */
export function escrowHandlers(
  { catalog, grants, listKeys }: Parts,
  changed: (result: Result<CatalogKey>) => Promise<Result<MasterKey>>,
): EscrowHandlers {
  const restored = async (
    { payload, passphrase }: ReadSheet,
    restore: NonNullable<In<'keys.unescrow'>['restore']>,
  ): Promise<Result<CatalogKey>> => {
    const facts = await catalog.inspect(payload, '', passphrase)
    if (!facts.ok) return facts
    const { fingerprint } = facts.value
    const listed = (await listKeys()).find(
      (key) => key.fingerprint === fingerprint && key.origin !== 'session',
    )
    const fields = listed === undefined ? restore : { ...listed, use: listed.state }
    return catalog.import({ bytes: payload, passphrase, ...fields })
  }

  return {
    'keys.escrow': ({ id, passphrase, shares, form, language, ...to }) =>
      attemptedResult(async () => {
        const lock = passphrase ?? shares
        if (lock === null || (passphrase !== null && shares !== null))
          return fail({ code: 'bad-request', detail: 'keys.escrow: shares' })
        if (typeof lock !== 'string' && lock.threshold > lock.count)
          return fail({ code: 'bad-request', detail: 'keys.escrow: threshold' })
        const key = (await listKeys()).find((one) => one.id === id)
        if (key === undefined) return fail({ code: 'not-found', what: 'master-key', name: id })
        const path = valueOf(pathInFolder(valueOf(grants.writable(to.target)), to.fileName))
        const { makeSheets } = await import('../../escrow/sheets.ts')
        const files = await makeSheets({
          facts: { ...key, made: new Date().toISOString() },
          lock,
          form,
          language,
          encrypt: async (words) => valueOf(await catalog.sheetPayload(id, words)),
        })
        const savedAs = await saveSheets(files, path, to.existing)
        await changed(await catalog.markSheets(id, savedAs.length))
        return ok({ savedAs, codes: files.codes, checkWords: files.words })
      }),
    'keys.unescrow': ({ pictures, passphrase, restore }, signal) =>
      attemptedResult(async () => {
        const files: SheetPicture[] = []
        for (const picture of pictures) {
          const { path, name } = valueOf(grants.readable(picture))
          files.push({ name, bytes: await readSmallFile(path, MAX_PICTURE_BYTES) })
        }
        const { readSheetFiles } = await import('../../escrow/sheets.ts')
        const read = await readSheetFiles(files)
        const key = await changed(
          await openedWithSpellings(read, passphrase, async (spelling) => {
            const sheet = { ...read, passphrase: spelling }
            const back = restore === null ? null : await restored(sheet, restore)
            if (back !== null && !back.ok) return back
            return catalog.readBack({ bytes: read.payload, passphrase: spelling }, signal)
          }),
        )
        return key.ok ? ok({ key: key.value, checkWords: read.words }) : key
      }),
  }
}

/**
 * Opens a sheet with the passphrase of its shares, or with the typed one as it is and then in lower
 * case with single blanks. Errors  also 'recovery-sheet' false-share.
 */
async function openedWithSpellings(
  sheet: ReadSheet,
  typed: string | null,
  open: (passphrase: string | null) => Promise<Result<CatalogKey>>,
): Promise<Result<CatalogKey>> {
  const isRefused = (result: Result<unknown>): boolean =>
    !result.ok && result.error.code === 'key-import' && result.error.problem === 'wrong-passphrase'
  const opened = await open(sheet.passphrase ?? typed)
  if (!isRefused(opened)) return opened
  if (sheet.passphrase !== null)
    return fail({ code: 'recovery-sheet', problem: 'false-share', detail: '' })
  const plain = plainSpelling(typed ?? '')
  return plain === typed ? opened : open(plain)
}

/**
 * Saves the sheets of one set, and returns their paths. When one cannot be saved, those of the set
 * that are new are removed, because a part of a set is of no use.
 */
async function saveSheets(
  { contents }: SheetFiles,
  path: string,
  existing: In<'keys.escrow'>['existing'],
): Promise<readonly string[]> {
  const { dir, name, ext } = parse(path)
  const saved: string[] = []
  try {
    for (const [i, content] of contents.entries())
      saved.push(
        await saveSmall(
          contents.length === 1 ? path : join(dir, `${name}-${i + 1}${ext}`),
          content,
          existing,
        ),
      )
    return saved
  } catch (cause) {
    if (existing !== 'replace') for (const one of saved) await rm(one, { force: true })
    throw cause
  }
}
