import type { MasterKey } from '../../../../shared/contract/models.ts'
import { useKeys } from '../../../queries/keys.ts'
import type { KeyAsk } from './key-ask.ts'
import { KeyAccountDialog } from './key-account-dialog.tsx'
import { KeyAddKmsDialog } from './key-add-kms-dialog.tsx'
import { KeyAddProgramDialog } from './key-add-program-dialog.tsx'
import { KeyBackupDialog } from './key-backup-dialog.tsx'
import { KeyDeleteDialog } from './key-delete-dialog.tsx'
import { KeyEditDialog } from './key-edit-dialog.tsx'
import { KeyGenerateDialog } from './key-generate-dialog.tsx'
import { KeyImportDialog } from './key-import-dialog.tsx'
import { KeyRetireDialog } from './key-retire-dialog.tsx'

/** Shows the open dialog of the keys page. */
export function KeyDialogs({
  asked,
  ask,
}: {
  readonly asked: KeyAsk | null
  readonly ask: (what: KeyAsk | null) => void
}) {
  const close = () => ask(null)
  const keys = useKeys().data
  // Reads the key again, because a backup may have been made since the dialog opened.
  const live = (key: MasterKey) => keys?.find((one) => one.id === key.id) ?? key
  switch (asked?.kind) {
    case undefined:
      return null
    case 'generate':
      return <KeyGenerateDialog onClose={close} />
    case 'add-kms':
      return <KeyAddKmsDialog onClose={close} />
    case 'add-program':
      return <KeyAddProgramDialog onClose={close} />
    case 'account':
      return <KeyAccountDialog masterKey={live(asked.key)} onClose={close} />
    case 'import':
      return (
        <KeyImportDialog
          onClose={close}
          {...(asked.description !== undefined && { description: asked.description })}
        />
      )
    case 'backup':
      return (
        <KeyBackupDialog
          masterKey={live(asked.key)}
          fresh={asked.fresh}
          onClose={() => ask(asked.after ?? null)}
        />
      )
    case 'edit':
      return <KeyEditDialog masterKey={live(asked.key)} onClose={close} />
    case 'retire':
      return <KeyRetireDialog masterKey={live(asked.key)} onClose={close} />
    case 'delete':
      return <KeyDeleteDialog masterKey={live(asked.key)} onClose={close} ask={ask} />
  }
}
