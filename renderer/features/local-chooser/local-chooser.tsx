import './local-chooser.css'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Grant } from '../../../shared/contract/models-transfers.ts'
import { folderQuery, useGrantPaths } from '../../queries/local.ts'
import { useChooser, type ChooserWant } from '../../shell/chooser.ts'
import { shownName } from '../../text/shown-name.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Checkbox } from '../../ui/controls/checkbox.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { Message } from '../../ui/controls/field.tsx'
import { useProblem } from '../../ui/use-problem.ts'
import { LocalCrumbs } from './local-crumbs.tsx'
import { LocalList } from './local-list.tsx'
import { joinPath, lastName } from './local-paths.ts'

/**
 * Mounted once at the root of the page: answers `choose()` where the shell has no native dialogs.
 */
export function LocalChooser() {
  const request = useChooser((state) => state.request)
  return request === null ? null : <ChooserDialog want={request.want} answer={request.answer} />
}

/** Where the last choice was made, so that the next one begins there. */
let lastFolder: string | null = null

function ChooserDialog({
  want,
  answer,
}: {
  readonly want: ChooserWant
  readonly answer: (grants: readonly Grant[] | null) => void
}) {
  const t = useText()
  const [path, setPath] = useState(lastFolder)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [hidden, showHidden] = useState(false)
  const folder = useQuery({ ...folderQuery(path), placeholderData: keepPreviousData })
  const grant = useGrantPaths(want === 'target')
  const problem = useProblem(folder.error ?? grant.error)
  const here = folder.data?.path ?? ''
  const entries = (folder.data?.entries ?? []).filter(
    (entry) =>
      (hidden || !entry.name.startsWith('.')) && (want === 'files' || entry.kind === 'folder'),
  )
  // Where files are wanted, a folder may be selected on the way, and is not chosen.
  const chosen = entries
    .filter((entry) => selected.has(entry.name) && (want !== 'files' || entry.kind === 'file'))
    .map((entry) => entry.name)
  // Without a selection the folder one stands in is meant, where folders are wanted.
  const paths =
    chosen.length > 0
      ? chosen.map((name) => joinPath(here, name))
      : want === 'files' || here === ''
        ? []
        : [here]

  const open = (next: string | null) => {
    setPath(next)
    setSelected(new Set())
    grant.reset()
  }
  const confirm = (wanted: readonly string[]) => {
    if (wanted.length === 0 || grant.isPending) return
    grant.mutate(wanted, {
      onSuccess: (grants) => {
        lastFolder = here
        answer(grants)
      },
    })
  }
  const into = (name: string) => {
    if (chosen.length > 1) return confirm(paths)
    const entry = entries.find((one) => one.name === name)
    if (entry?.kind === 'folder') open(joinPath(here, name))
    else if (entry !== undefined) confirm([joinPath(here, name)])
  }
  const only = paths.length === 1 ? shownName(lastName(paths[0] ?? '')) : ''
  const verb = () => {
    if (grant.isPending) return t('settings:chooser.busy')
    if (want === 'target') return t('settings:chooser.saveHere', { name: only })
    if (want === 'folders')
      return paths.length === 1
        ? t('settings:chooser.chooseFolder', { name: only })
        : t('settings:chooser.choose')
    return chosen.length === 0
      ? t('settings:chooser.choose')
      : t('settings:chooser.chooseN', { count: chosen.length })
  }
  return (
    <Dialog
      title={t(`settings:chooser.${want}`)}
      subtitle={t('settings:chooser.sub')}
      width={620}
      onClose={() => answer(null)}
      footer={
        <>
          <Checkbox checked={hidden} onChange={showHidden}>
            {t('settings:chooser.hidden')}
          </Checkbox>
          <span className="grow" />
          <Button onClick={() => answer(null)}>{t('common:act.cancel')}</Button>
          <Button
            kind="primary"
            className="chooser-verb"
            disabled={paths.length === 0 || folder.isError}
            busy={grant.isPending}
            onClick={() => confirm(paths)}
          >
            <span className="cut">{verb()}</span>
          </Button>
        </>
      }
    >
      {folder.data !== undefined && (
        <LocalCrumbs path={folder.data.path} parent={folder.data.parent} onOpen={open} />
      )}
      {problem !== null && <Message message={problem} alert />}
      <LocalList
        folder={here}
        entries={entries}
        selected={selected}
        many={want !== 'target'}
        onSelect={setSelected}
        onOpen={into}
        onUp={() => {
          if (folder.data?.parent) open(folder.data.parent)
        }}
      />
      <p className="hint">{t('settings:chooser.hint')}</p>
    </Dialog>
  )
}
