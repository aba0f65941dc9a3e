import type { MasterKey, Profile } from '../../../shared/contract/models.ts'
import { useSettings } from '../../queries/settings.ts'
import { ask, useWork } from '../../state/work.ts'
import { DiscardEditDialog } from '../edits/discard-edit-dialog.tsx'
import { KeyAddKmsDialog } from '../keys/dialogs/key-add-kms-dialog.tsx'
import { KeyAddProgramDialog } from '../keys/dialogs/key-add-program-dialog.tsx'
import { KeyImportDialog } from '../keys/dialogs/key-import-dialog.tsx'
import { CopyDialog } from '../objects/dialogs/copy-dialog.tsx'
import { DeleteDialog } from '../objects/dialogs/delete-dialog.tsx'
import { HeadersDialog } from '../objects/dialogs/headers-dialog.tsx'
import { MovedDialog } from '../objects/dialogs/moved-dialog.tsx'
import { NewFolderDialog } from '../objects/dialogs/new-folder-dialog.tsx'
import { RenameDialog } from '../objects/dialogs/rename-dialog.tsx'
import { UploadSheet } from '../objects/upload/upload-sheet.tsx'
import { Palette } from '../palette/palette.tsx'
import { ProfileDialog } from '../profiles/profile-dialog.tsx'
import { CancelDialog } from '../transfers/cancel-dialog.tsx'
import { DecideDialog } from '../transfers/decide-dialog.tsx'
import { ReasonDialog } from '../transfers/reason-dialog.tsx'
import { SkippedDialog } from '../transfers/skipped-dialog.tsx'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'

/** Shows the dialog that `ask` opened. */
export function Dialogs({
  profiles,
  keys,
}: {
  readonly profiles: readonly Profile[]
  readonly keys: readonly MasterKey[]
}) {
  const asked = useWork((work) => work.asked)
  const settings = useSettings().data
  const close = () => ask(null)
  switch (asked?.kind) {
    case undefined:
      return null
    case 'delete':
      return <DeleteDialog chosen={asked.chosen} onClose={close} />
    case 'rename':
      return <RenameDialog place={asked.place} objectKey={asked.key} onClose={close} />
    case 'headers':
      return <HeadersDialog place={asked.place} objectKey={asked.key} onClose={close} />
    case 'download-moved':
      return <MovedDialog place={asked.place} objectKey={asked.key} onClose={close} />
    case 'copy':
    case 'move':
      return (
        <CopyDialog
          chosen={asked.chosen}
          move={asked.kind === 'move'}
          profiles={profiles}
          onClose={close}
        />
      )
    case 'new-folder':
      return <NewFolderDialog place={asked.place} onClose={close} />
    case 'upload':
      return settings === undefined ? null : (
        <UploadSheet
          key={asked.planId}
          planId={asked.planId}
          grants={asked.grants}
          profiles={profiles}
          keys={keys}
          settings={settings}
          onClose={close}
        />
      )
    case 'profile':
      return (
        <ProfileDialog
          profile={profiles.find((profile) => profile.id === asked.profileId)}
          onClose={close}
        />
      )
    case 'import-key':
      return (
        <KeyImportDialog
          onClose={close}
          {...(asked.description !== undefined && { description: asked.description })}
          {...(asked.forObject !== undefined && { forObject: asked.forObject })}
        />
      )
    case 'add-kms':
      return <KeyAddKmsDialog onClose={close} />
    case 'add-program':
      return <KeyAddProgramDialog onClose={close} />
    case 'cancel-transfer':
    case 'restart-transfer':
      return <CancelDialog id={asked.id} over={asked.kind === 'restart-transfer'} onClose={close} />
    case 'decide-transfer':
      return <DecideDialog id={asked.id} onClose={close} />
    case 'transfer-reason':
      return <ReasonDialog id={asked.id} onClose={close} />
    case 'discard-edit':
      return <DiscardEditDialog id={asked.id} name={asked.name} onClose={close} />
    case 'palette':
      return <Palette profiles={profiles} onClose={close} />
    case 'transfer-skipped':
      return <SkippedDialog id={asked.id} onClose={close} />
    case 'shortcuts':
      return <ShortcutsDialog onClose={close} />
  }
}
