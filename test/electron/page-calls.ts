import { expect, type Page } from '@playwright/test'
import type { Grant, Transfer, UploadPlan } from '../../shared/contract/models-transfers.ts'
import type { DesktopApp } from './apps.ts'

/**
 * The functions that the preload gives the page, and calls of them as the page would make them. The
 * tests are about the shell, not about the page.
 */
export interface Api {
  send(message: unknown): void
  onMessage(listener: (message: never) => void): void
  pickFiles(): Promise<readonly Grant[] | null>
  pickFolders(): Promise<readonly Grant[] | null>
  pickTarget(): Promise<Grant | null>
  dropped(files: readonly File[]): Promise<readonly Grant[]>
  reveal(path: string): Promise<void>
}
export interface Exposed {
  readonly cipherbucket: Api
}

/** Rejects with the error of the route as JSON. */
export function call<T>(page: Page, name: string, input: unknown): Promise<T> {
  return page.evaluate(
    ([name, input]) =>
      new Promise<T>((resolve, reject) => {
        const api = (window as unknown as Exposed).cipherbucket
        // Far from the numbers the page itself uses.
        const i = 1_000_000_000 + Math.floor(Math.random() * 1_000_000_000)
        api.onMessage(
          (message: {
            t: string
            i: number
            result: { ok: boolean; value: T; error: unknown }
          }) => {
            if (message.t !== 'result' || message.i !== i) return
            if (message.result.ok) resolve(message.result.value)
            else reject(new Error(JSON.stringify(message.result.error)))
          },
        )
        api.send({ t: 'call', i, name, input })
      }),
    [name, input] as const,
  )
}

/**
 * The transfer once its phase is one of those that `phases` names, by default those in which it
 * goes no further.
 */
export async function settled(
  page: Page,
  id: string,
  phases = /^(done|failed|needs-user)$/,
): Promise<Transfer> {
  let transfer: Transfer | undefined
  await expect
    .poll(async () => {
      transfer = (await call<readonly Transfer[]>(page, 'transfers.list', {})).find(
        (one) => one.id === id,
      )
      return transfer?.phase
    })
    .toMatch(phases)
  return transfer as Transfer
}

/** Sets the answers of the next dialogs; null cancels them. */
export function answerDialogs(app: DesktopApp, paths: readonly string[] | null): Promise<void> {
  return app.evaluate(({ dialog }, filePaths) => {
    dialog.showOpenDialog = () =>
      Promise.resolve({ canceled: filePaths === null, filePaths: [...(filePaths ?? [])] })
  }, paths)
}

const BUCKET = 'practice-bucket'

/**
 * Begins the upload of a file to the practice bucket, below `prefix`. Answers with the transfer's
 * id.
 */
export async function upload(
  app: DesktopApp,
  file: string,
  prefix: string,
  partSize: number | null = null,
): Promise<string> {
  const { page } = app
  await answerDialogs(app, [file])
  const grants = await page.evaluate(() => (window as unknown as Exposed).cipherbucket.pickFiles())
  const [id = ''] = await startUpload(page, grants ?? [], prefix, partSize)
  return id
}

/** Starts the upload of chosen files and folders. Resolves with the ids of the transfers. */
export async function startUpload(
  page: Page,
  grants: readonly { readonly id: string }[],
  prefix: string,
  partSize: number | null = null,
): Promise<readonly string[]> {
  const { practice } = await call<{ readonly practice: { readonly profileId: string } }>(
    page,
    'app.info',
    {},
  )
  const plan = await call<UploadPlan>(page, 'uploads.plan', {
    profileId: practice.profileId,
    bucket: BUCKET,
    prefix,
    grants: grants.map(({ id }) => id),
  })
  const input = {
    planId: plan.id,
    keyId: null,
    existing: 'replace',
    decisions: {},
    allowWeak: false,
    partSize,
    parallel: null,
    toKey: null,
    format: null,
  }
  let ids: readonly string[] = []
  // The core refuses while the plan is still counting.
  await expect
    .poll(
      async () =>
        (ids = await call<readonly string[]>(page, 'uploads.start', input).catch(() => [])).length,
    )
    .toBeGreaterThan(0)
  return ids
}

/**
 * Begins the download of an object of the practice bucket into `folder`, as `fileName`. Answers
 * with the transfer's id.
 */
export async function download(
  app: DesktopApp,
  key: string,
  folder: string,
  fileName: string,
  raw = false,
): Promise<string> {
  const { page } = app
  await answerDialogs(app, [folder])
  const target = await page.evaluate(() => (window as unknown as Exposed).cipherbucket.pickTarget())
  const { practice } = await call<{ readonly practice: { readonly profileId: string } }>(
    page,
    'app.info',
    {},
  )
  const input = {
    profileId: practice.profileId,
    bucket: BUCKET,
    keys: [key],
    target: target?.id,
    fileName,
    existing: 'fail',
    raw,
    keyIds: [],
    range: null,
    message: false,
    repair: false,
  }
  const [id = ''] = await call<readonly string[]>(page, 'downloads.start', input)
  return id
}
