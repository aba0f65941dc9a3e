import type { UploadPlan } from '../../../../shared/contract/models-transfers.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { Name } from '../../../ui/name.tsx'
import { iconOf } from '../list/rows.ts'

const LISTED = 6

/** Lists the dropped files: folders with their counts, and the names of files that are left out. */
export function SheetItems({ plan }: { readonly plan: UploadPlan }) {
  const t = useText()
  const q = useQuantities()
  const inside = (item: UploadPlan['items'][number]) => {
    const text = t('objects:sheet.inFolders', {
      files: t('objects:sheet.files', { count: item.files, n: q.count(item.files) }),
      folders: t('objects:sheet.folders', { count: item.folders, n: q.count(item.folders) }),
    })
    return item.emptyFolders === 0
      ? text
      : t('objects:sheet.emptyFolders', {
          count: item.emptyFolders,
          n: q.count(item.emptyFolders),
          text,
        })
  }
  return (
    <>
      <span className="label">{t('objects:sheet.what')}</span>
      <div className="box">
        {plan.items.slice(0, LISTED).map((item, i) => (
          <div className={item.kind === 'folder' ? 'line tall' : 'line'} key={i}>
            <Icon
              name={
                item.kind === 'folder'
                  ? 'folder-fill'
                  : item.kind === 'files'
                    ? 'file'
                    : iconOf(item.name)
              }
              className={item.kind === 'folder' ? 'fold' : ''}
            />
            <span className="grow">
              {item.kind === 'files' ? (
                t('objects:sheet.files', { count: item.files, n: q.count(item.files) })
              ) : (
                <Name text={item.name} />
              )}
              {item.kind === 'folder' && <span className="faint small">{inside(item)}</span>}
            </span>
            <span className="num-w">{q.bytes(item.bytes)}</span>
          </div>
        ))}
        {plan.items.length > LISTED && (
          <div className="line faint small">
            {t('objects:d.andMore', {
              count: plan.items.length - LISTED,
              n: q.count(plan.items.length - LISTED),
            })}
          </div>
        )}
        {plan.missing > 0 && (
          <div className="line small tw-warn">
            <Icon name="alert" size="s" />
            <span className="grow">
              {t('objects:sheet.missing', { count: plan.missing, n: q.count(plan.missing) })}
            </span>
          </div>
        )}
        {plan.leftOutCount > 0 && (
          <details className="left-out">
            <summary className="line small tw-warn">
              <Icon name="alert" size="s" />
              {t('objects:sheet.leftOut', {
                count: plan.leftOutCount,
                n: q.count(plan.leftOutCount),
              })}
            </summary>
            <ul
              tabIndex={0}
              aria-label={t('objects:sheet.leftOut', {
                count: plan.leftOutCount,
                n: q.count(plan.leftOutCount),
              })}
            >
              {plan.leftOut.slice(0, 200).map((one) => (
                <li className="line small" key={one.path}>
                  <span className="grow flex">
                    <Name text={one.path} />
                  </span>
                  <span className="faint">{t(`objects:sheet.reason.${one.reason}`)}</span>
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </>
  )
}
