import type { ExistingRule } from '../../../../shared/contract/models-settings.ts'
import type { UploadPlan } from '../../../../shared/contract/models-transfers.ts'
import { lastOf } from '../../../state/ui.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useRich, useText } from '../../../text/use-text.tsx'
import { Message } from '../../../ui/controls/field.tsx'
import { Segmented } from '../../../ui/controls/segmented.tsx'

const RULES: readonly ExistingRule[] = ['ask', 'skip', 'same', 'newer', 'rename', 'replace']

/** Chooses what happens to existing names, and lists them. */
export function SheetExisting({
  plan,
  value,
  onChange,
  tooMany,
}: {
  readonly plan: UploadPlan
  readonly value: ExistingRule
  readonly onChange: (value: ExistingRule) => void
  readonly tooMany: boolean
}) {
  const t = useText()
  const rich = useRich()
  const q = useQuantities()
  const names = plan.conflicts.map((conflict) => shownName(lastOf(conflict.key)))
  const count = plan.conflictCount
  const what =
    count === 1
      ? 'objects:sheet.conflict1'
      : count === 2
        ? 'objects:sheet.conflict2'
        : 'objects:sheet.conflictMore'
  const then =
    value === 'ask' ? t('objects:sheet.then.ask', { count }) : t(`objects:sheet.then.${value}`)
  return (
    <>
      <span className="label" id="sheet-existing">
        {t('objects:sheet.existing')}
      </span>
      <div className="field">
        <Segmented
          labelledBy="sheet-existing"
          value={value}
          onChange={onChange}
          options={RULES.map((rule) => ({
            value: rule,
            label: t(`objects:existing.${rule}`),
            disabled: tooMany && rule === 'ask',
          }))}
        />
        {count === 0 && (plan.phase === 'counting' || !plan.compared) && (
          <Message
            message={{
              kind: 'ok',
              text: t('objects:sheet.later', {
                rule: value === 'ask' ? t('objects:sheet.then.ask', { count: 2 }) : then,
              }),
            }}
          />
        )}
        {count > 0 && (
          <Message
            message={{
              kind: 'warn',
              text: (
                <>
                  {rich(
                    what,
                    {},
                    {
                      n: q.count(count),
                      first: names[0] ?? '',
                      second: names[1] ?? '',
                      rest: q.count(count - 2),
                    },
                  )}
                  {t('common:space')}
                  {tooMany ? t('objects:sheet.tooMany') : then}
                </>
              ),
            }}
          />
        )}
      </div>
    </>
  )
}
