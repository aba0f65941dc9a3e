import { useText } from '../../text/use-text.tsx'
import { Empty } from '../../ui/empty.tsx'

/** The file is being opened. */
export function LookLoading({ progress }: { readonly progress?: string }) {
  const t = useText()
  return (
    <div role="status">
      <Empty icon="checking" title={t('look:loading')}>
        {progress === undefined ? t('look:loading.text') : t('look:loading.progress', { progress })}
      </Empty>
    </div>
  )
}
