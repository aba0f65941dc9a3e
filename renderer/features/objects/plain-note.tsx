import { useQuery } from '@tanstack/react-query'
import { sniffQuery } from '../../queries/objects.ts'
import { ask } from '../../state/work.ts'
import { useRich, useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { useDownload } from './downloads.ts'
import type { EncryptionSectionProps } from './encryption-note.tsx'

/** No envelope in the headers. It may still be a whole message of the Encryption SDK: that is looked for, and offered. */
export function PlainNote({ place, row }: Pick<EncryptionSectionProps, 'place' | 'row'>) {
  const t = useText()
  const rich = useRich()
  const download = useDownload()
  const found = useQuery(sniffQuery(place, row)).data ?? null
  if (found?.state === 'sealed') {
    return (
      <Note kind="sealed" icon="sealed" actions={<Button size="sm" icon="down" onClick={() => void download(place, [row], { raw: false, message: true })}>{t('objects:act.decrypt')}</Button>}>
        {rich('objects:d.message', {})}
      </Note>
    )
  }
  if (found?.state === 'nokey') {
    return <Note kind="warn" icon="nokey" actions={<Button size="sm" onClick={() => ask({ kind: 'add-kms' })}>{t('remote:add.kms')}</Button>}>{rich('objects:d.messageKey', {})}</Note>
  }
  return <Note icon="plain">{rich('objects:d.plain', {})}</Note>
}
