import { join } from 'node:path'
import type { AppError } from '../../../../shared/contract/errors.ts'
import type { CorePorts } from '../core.ts'
import type { Emitter } from '../events.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'
import type { SettingsStore } from '../settings.ts'
import type { CopyOptions } from './copy-download.ts'
import { openEdits, type Edits } from './edits.ts'
import { openOpenedCopies, type OpenedCopies } from './opened-copies.ts'

interface Options extends Pick<CopyOptions, 'needs' | 'queue'> {
  readonly ports: Pick<CorePorts, 'openFile' | 'dataDirectory'>
  readonly needs: JobNeeds
  readonly settings: SettingsStore
  readonly emitter: Emitter
  readonly damaged: (error: AppError) => void
}

/** Opens the copies for programs of the system. Null in a shell that opens no files. */
export async function openCopies({ ports, settings, emitter, damaged, ...rest }: Options): Promise<{
  readonly copies: OpenedCopies | null
  readonly edits: Edits | null
}> {
  const { openFile, dataDirectory } = ports
  if (openFile === undefined) return { copies: null, edits: null }
  const options: Omit<CopyOptions, 'folder'> = {
    ...rest,
    openFile,
    sizes: () => settings.current(),
    problem: (error) => emitter.emit('app.problem', error),
  }
  return {
    copies: await openOpenedCopies({ ...options, folder: join(dataDirectory, 'opened') }),
    edits: openEdits({
      ...options,
      folder: join(dataDirectory, 'edited'),
      damaged,
      changed: (all) => emitter.emit('edits.changed', all),
      masked: (cause) => void rest.needs.masked(cause),
    }),
  }
}
