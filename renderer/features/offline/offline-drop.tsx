import { useQuantities } from '../../text/use-quantities.ts'
import { shownName } from '../../text/shown-name.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Select } from '../../ui/controls/select.tsx'
import { useKeys } from '../../queries/keys.ts'
import { useOffline } from '../../state/offline.ts'
import type { OfflineActs } from './use-offline-acts.ts'

export interface OfflineDropProps {
  readonly acts: OfflineActs
  readonly over: boolean
  readonly onPaste: () => void
}

/** Fills the page while there are no files. */
export function BigDrop({ acts, over, onPaste }: OfflineDropProps) {
  const t = useText()
  return (
    <div
      className={`big-drop drop${over ? ' over' : ''}`}
      role="group"
      data-region="list"
      aria-label={t('offline:zone')}
    >
      <Icon name="offline" className="big" />
      <b className="strong t15">{t('offline:empty.title')}</b>
      <p className="muted">{t('offline:empty.text')}</p>
      <div className="flex">
        <Button kind="primary" busy={acts.pairing} onClick={() => void acts.choose()}>
          {t('offline:choose')}
        </Button>
        <Button onClick={onPaste}>{t('offline:paste')}</Button>
      </div>
      <Taking acts={acts} />
    </div>
  )
}

/** The zone above the list, with the key and the folder beside it. */
export function DropAndTarget({ acts, over, onPaste }: OfflineDropProps) {
  const t = useText()
  return (
    <div className="off-top">
      <div
        className={`drop grow${over ? ' over' : ''}`}
        role="group"
        aria-label={t('offline:zone')}
      >
        <Icon name="download" />
        <b className="strong">{t('offline:drop.title')}</b>
        <span className="small">{t('offline:drop.text')}</span>
        <div className="flex">
          <Button size="sm" busy={acts.pairing} onClick={() => void acts.choose()}>
            {t('offline:choose')}
          </Button>
          <Button size="sm" onClick={onPaste}>
            {t('offline:paste')}
          </Button>
        </div>
        <Taking acts={acts} />
      </div>
      <KeyAndTarget acts={acts} />
    </div>
  )
}

function KeyAndTarget({ acts }: { readonly acts: OfflineActs }) {
  const t = useText()
  const keys = useKeys().data?.filter((key) => key.hasPrivate) ?? []
  const { keyId, target } = useOffline()
  return (
    <div className="off-set">
      <div className="field">
        <span className="label" id="offline-key">
          {t('offline:key')}
        </span>
        <Select
          labelledBy="offline-key"
          icon="key"
          value={keyId}
          onChange={(id) => useOffline.setState({ keyId: id })}
          options={[
            { value: '', label: t('offline:key.match') },
            ...keys.map((key) => ({
              value: key.id,
              text: key.name,
              label: (
                <>
                  {shownName(key.name)}{' '}
                  {key.kind !== 'rsa' && (
                    <span className="faint">
                      {t(key.kind === 'kms' ? 'remote:kind.kms' : 'remote:kind.program')}
                    </span>
                  )}
                </>
              ),
            })),
          ]}
        />
      </div>
      <div className="field">
        <span className="label" id="offline-target">
          {t('offline:target')}
        </span>
        <button
          type="button"
          className="pick"
          aria-labelledby="offline-target offline-folder"
          onClick={() => void acts.chooseTarget()}
        >
          <Icon name="folder" size="s" />
          <span className="grow cut" id="offline-folder">
            {target === null ? (
              <span className="faint">{t('offline:target.none')}</span>
            ) : (
              shownName(target.name)
            )}
          </span>
          {target !== null && <span className="faint small">{t('offline:target.change')}</span>}
        </button>
      </div>
    </div>
  )
}

function Taking({ acts }: { readonly acts: OfflineActs }) {
  const t = useText()
  const q = useQuantities()
  if (acts.taking !== null)
    return (
      <span className="small" role="status">
        {t('offline:taking', { bytes: q.bytes(acts.taking) })}
      </span>
    )
  return acts.pairing ? (
    <span className="small" role="status">
      {t('offline:pairing')}
    </span>
  ) : null
}
